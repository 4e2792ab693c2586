//! A moving average over the last few readings of a sensor.

use std::collections::VecDeque;

/// The mean of the last `width` readings.
#[derive(Debug, Clone)]
pub struct MovingAverage {
    width: usize,
    window: VecDeque<f64>,
    sum: f64,
}

impl MovingAverage {
    /// # Panics
    ///
    /// When `width` is 0.
    pub fn new(width: usize) -> Self {
        assert!(width > 0, "a window needs room for one reading");
        Self { width, window: VecDeque::with_capacity(width), sum: 0.0 }
    }

    /// Take a reading in and return the new mean.
    pub fn push(&self, reading: f64) -> f64 {
        let mut sum = self.sum + reading;
        if self.window.len() == self.width {
            sum -= self.window.front().copied().unwrap_or(0.0);
            self.window.pop_front();
        }
        self.window.push_back(reading);
        self.sum = sum;
        self.mean()
    }

    pub fn mean(&self) -> f64 {
        if self.window.is_empty() {
            return 0.0;
        }
        self.sum / self.window.len() as f64
    }

    pub fn is_full(&self) -> bool {
        self.window.len() == self.width
    }
}

/// Smooth a whole series.
pub fn smooth(readings: &[f64], width: usize) -> Vec<f64> {
    let mut average = MovingAverage::new(width);
    readings.iter().map(|&reading| average.push(reading)).collect()
}
