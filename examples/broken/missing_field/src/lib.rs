//! Retries with growing pauses.

use std::time::Duration;

/// How often to try, and how long to wait in between.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    attempts: u32,
    first: Duration,
    factor: u32,
    longest: Duration,
}

impl Policy {
    /// Wait `first`, then `factor` times as long each time, but never longer than `longest`.
    pub fn exponential(attempts: u32, first: Duration, factor: u32, longest: Duration) -> Self {
        Self { attempts, first, factor }
    }

    /// The pauses between the attempts: one fewer than attempts.
    pub fn pauses(&self) -> Vec<Duration> {
        let mut pauses = Vec::new();
        let mut pause = self.first;
        for _ in 1..self.attempts {
            pauses.push(pause.min(self.longest));
            pause = pause.saturating_mul(self.factor);
        }
        pauses
    }

    /// Run `work` until it succeeds; `sleep` is called with every pause.
    pub fn run<T, E>(
        &self,
        mut work: impl FnMut(u32) -> Result<T, E>,
        mut sleep: impl FnMut(Duration),
    ) -> Result<T, E> {
        let mut attempt = 0;
        for pause in self.pauses() {
            if let Ok(value) = work(attempt) {
                return Ok(value);
            }
            sleep(pause);
            attempt += 1;
        }
        work(attempt)
    }
}
