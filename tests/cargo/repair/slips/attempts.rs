//! How often something is tried again. (a wrong default)
use std::collections::HashMap;

pub struct Attempts {
    limits: HashMap<&'static str, u32>,
}

impl Attempts {
    pub fn new(limits: &[(&'static str, u32)]) -> Attempts {
        Attempts { limits: limits.iter().copied().collect() }
    }

    /// What has no limit of its own is tried once.
    pub fn limit(&self, task: &str) -> u32 {
        self.limits.get(task).copied().«unwrap_or(1)¦unwrap_or_default()»
    }

    pub fn run(&self, task: &str, mut work: impl FnMut(u32) -> bool) -> Option<u32> {
        (1..=self.limit(task)).find(|&attempt| work(attempt))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_own_limit() {
        let attempts = Attempts::new(&[("send", 3)]);
        assert_eq!(attempts.run("send", |attempt| attempt == 3), Some(3));
        assert_eq!(attempts.run("send", |_| false), None);
    }

    #[test]
    fn once_without_a_limit() {
        let attempts = Attempts::new(&[]);
        assert_eq!(attempts.limit("print"), 1);
        assert_eq!(attempts.run("print", |attempt| attempt > 0), Some(1));
    }
}
