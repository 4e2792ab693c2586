//! Dense matrices in row-major order.

use std::ops::{Add, Mul};

/// `rows` by `columns` values.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix<T> {
    rows: usize,
    columns: usize,
    values: Vec<T>,
}

impl<T: Copy> Matrix<T> {
    /// # Panics
    ///
    /// When the rows are not equally long.
    pub fn from_rows(rows: &[&[T]]) -> Self {
        let columns = rows.first().map_or(0, |row| row.len());
        assert!(rows.iter().all(|row| row.len() == columns), "rows differ in length");
        Self { rows: rows.len(), columns, values: rows.concat() }
    }

    pub fn get(&self, row: usize, column: usize) -> T {
        self.values[row * self.columns + column]
    }

    pub fn transposed(&self) -> Self {
        let mut values = Vec::with_capacity(self.values.len());
        for column in 0..self.columns {
            for row in 0..self.rows {
                values.push(self.get(row, column));
            }
        }
        Self { rows: self.columns, columns: self.rows, values }
    }
}

impl<T: Copy + Default + Add<Output = T> + Mul<Output = T>> Matrix<T> {
    /// The matrix product, or None when the shapes do not fit.
    pub fn times(&self, other: &Self) -> Option<Self> {
        if self.columns != other.rows {
            return None;
        }
        let mut values = Vec::with_capacity(self.rows * other.columns);
        for row in 0..self.rows {
            for column in 0..other.columns {
                let products = (0..self.columns).map(|k| self.get(row, k) * other.get(k, column));
                values.push(products.fold(T::default(), |sum, product| sum + product));
            }
        }
        Some(Self { rows: self.rows, columns: other.columns, values })
    }
}

/// The largest value, or None for an empty matrix.
pub fn largest<T: Copy>(matrix: &Matrix<T>) -> Option<T> {
    let mut values = matrix.values.iter().copied();
    let mut best = values.next()?;
    for value in values {
        if value > best {
            best = value;
        }
    }
    Some(best)
}
