//! Jobs by their turn. (first for last)
use std::collections::VecDeque;

#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub name: String,
    pub urgent: bool,
}

#[derive(Default)]
pub struct Queue {
    waiting: VecDeque<Job>,
}

impl Queue {
    pub fn add(&mut self, name: &str, urgent: bool) {
        let job = Job { name: name.to_string(), urgent };
        if urgent {
            self.waiting.«push_front¦push_back»(job);
        } else {
            self.waiting.push_back(job);
        }
    }

    pub fn next(&mut self) -> Option<String> {
        self.waiting.pop_front().map(|job| job.name)
    }

    pub fn peek(&self) -> Option<&Job> {
        self.waiting.front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_come_first_served() {
        let mut queue = Queue::default();
        queue.add("wash", false);
        queue.add("cook", false);
        assert_eq!(queue.peek().unwrap().name, "wash");
        assert_eq!(queue.next().as_deref(), Some("wash"));
        assert_eq!(queue.next().as_deref(), Some("cook"));
        assert_eq!(queue.next(), None);
    }

    #[test]
    fn what_is_urgent_goes_first() {
        let mut queue = Queue::default();
        queue.add("wash", false);
        queue.add("fire", true);
        assert_eq!(queue.next().as_deref(), Some("fire"));
    }
}
