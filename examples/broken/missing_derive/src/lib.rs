//! Traffic counts by road and direction.

use std::collections::HashMap;

/// Where a car was going.
#[derive(Debug, Clone, Copy)]
pub enum Direction {
    North,
    East,
    South,
    West,
}

impl Direction {
    pub fn opposite(self) -> Direction {
        match self {
            Direction::North => Direction::South,
            Direction::East => Direction::West,
            Direction::South => Direction::North,
            Direction::West => Direction::East,
        }
    }
}

/// A log of the cars that passed one sensor.
#[derive(Debug, Default)]
pub struct Counter {
    passed: Vec<(u32, Direction)>,
}

impl Counter {
    /// A car passed at `second`.
    pub fn pass(&mut self, second: u32, direction: Direction) {
        self.passed.push((second, direction));
    }

    /// Cars that went in `direction`.
    pub fn towards(&self, direction: Direction) -> usize {
        self.passed.iter().filter(|(_, other)| *other == direction).count()
    }

    /// The surplus of cars in `direction` over those that came back.
    pub fn net(&self, direction: Direction) -> i64 {
        self.towards(direction) as i64 - self.towards(direction.opposite()) as i64
    }

    /// Cars by minute.
    pub fn by_minute(&self) -> HashMap<u32, usize> {
        let mut minutes = HashMap::new();
        for (second, _) in &self.passed {
            *minutes.entry(second / 60).or_insert(0) += 1;
        }
        minutes
    }
}
