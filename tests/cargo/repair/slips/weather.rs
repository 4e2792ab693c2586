//! Measurements of a week. (first for last, a wrong start of a search)

pub struct Week {
    days: Vec<i32>,
}

impl Week {
    pub fn new(days: &[i32]) -> Week {
        Week { days: days.to_vec() }
    }

    pub fn warmest(&self) -> i32 {
        let mut best = «i32::MIN¦0»;
        for &day in &self.days {
            if day > best {
                best = day;
            }
        }
        best
    }

    /// How much warmer it is at the end.
    pub fn change(&self) -> Option<i32> {
        Some(self.days.last()? - self.days.first()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warm_week() {
        assert_eq!(Week::new(&[3, 14, 9]).warmest(), 14);
        assert_eq!(Week::new(&[3, 14, 9]).change(), Some(6));
    }

    #[test]
    fn a_week_of_frost() {
        assert_eq!(Week::new(&[-7, -3, -12]).warmest(), -3);
    }
}
