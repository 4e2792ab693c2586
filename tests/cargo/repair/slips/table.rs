//! Rows of a table as text. (a wrong separator)

pub struct Table {
    pub rows: Vec<Vec<String>>,
}

impl Table {
    pub fn line(&self, row: usize) -> String {
        self.rows[row].join("«, ¦,»")
    }

    pub fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }

    pub fn shown(&self) -> String {
        let lines: Vec<String> = (0..self.rows.len()).map(|row| self.line(row)).collect();
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table { rows: vec![vec!["a".into(), "b".into(), "c".into()], vec!["d".into()]] }
    }

    #[test]
    fn one_line() {
        assert_eq!(table().line(0), "a, b, c");
        assert_eq!(table().width(), 3);
    }

    #[test]
    fn all_lines() {
        assert_eq!(table().shown(), "a, b, c\nd");
    }
}
