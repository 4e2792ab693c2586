//! A grid of numbers. (indices the wrong way round)

#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    cells: Vec<Vec<i32>>,
}

impl Grid {
    pub fn new(cells: Vec<Vec<i32>>) -> Grid {
        Grid { cells }
    }

    pub fn transposed(&self) -> Grid {
        let rows = self.cells.len();
        let columns = self.cells.first().map_or(0, Vec::len);
        let mut turned = vec![vec![0; rows]; columns];
        for row in 0..rows {
            for column in 0..columns {
                turned[column][row] = self.cells«[row][column]¦[column][row]»;
            }
        }
        Grid { cells: turned }
    }

    pub fn row_sum(&self, row: usize) -> i32 {
        self.cells[row].iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_columns() {
        let grid = Grid::new(vec![vec![1, 2], vec![3, 4]]);
        assert_eq!(grid.transposed(), Grid::new(vec![vec![1, 3], vec![2, 4]]));
        let wide = Grid::new(vec![vec![1, 2, 3], vec![4, 5, 6]]);
        assert_eq!(wide.transposed(), Grid::new(vec![vec![1, 4], vec![2, 5], vec![3, 6]]));
    }

    #[test]
    fn sums() {
        assert_eq!(Grid::new(vec![vec![1, 2], vec![3, 4]]).row_sum(1), 7);
    }
}
