//! A cooperative scheduler: every tick it starts what is due.

/// Something to be done every `period` ticks.
#[derive(Debug, Clone)]
pub struct Job {
    pub name: String,
    pub period: u64,
}

/// Jobs and the order in which they were started.
#[derive(Debug, Default)]
pub struct Scheduler {
    jobs: Vec<Job>,
    started: Vec<(u64, String)>,
    tick: u64,
}

impl Scheduler {
    pub fn add(&mut self, name: &str, period: u64) -> &mut Self {
        self.jobs.push(Job { name: name.to_string(), period: period.max(1) });
        self
    }

    /// Advance one tick and start every job that is due.
    pub fn step(&mut self) {
        self.tick += 1;
        for job in &self.jobs {
            if self.tick % job.period == 0 {
                self.start(&job.name);
            }
        }
    }

    pub fn run(&mut self, ticks: u64) {
        for _ in 0..ticks {
            self.step();
        }
    }

    fn start(&mut self, name: &str) {
        self.started.push((self.tick, name.to_string()));
    }

    /// How often `name` was started.
    pub fn count(&self, name: &str) -> usize {
        self.started.iter().filter(|(_, started)| started == name).count()
    }

    pub fn last(&self) -> Option<(u64, &str)> {
        self.started.last().map(|(tick, name)| (*tick, name.as_str()))
    }
}
