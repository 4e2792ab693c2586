//! Sums of an invoice. (wrong operator)

#[derive(Debug, Clone)]
pub struct Line {
    pub cents: i64,
    pub count: i64,
}

pub struct Invoice {
    pub lines: Vec<Line>,
    pub rebate_percent: i64,
}

impl Invoice {
    pub fn net(&self) -> i64 {
        let gross: i64 = self.lines.iter().map(|line| line.cents * line.count).sum();
        gross «-¦+» gross * self.rebate_percent / 100
    }

    pub fn tax(&self, percent: i64) -> i64 {
        self.net() * percent / 100
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoice(rebate_percent: i64) -> Invoice {
        let lines = vec![Line { cents: 250, count: 4 }, Line { cents: 1000, count: 1 }];
        Invoice { lines, rebate_percent }
    }

    #[test]
    fn without_a_rebate() {
        assert_eq!(invoice(0).net(), 2000);
    }

    #[test]
    fn a_rebate_makes_it_cheaper() {
        assert_eq!(invoice(10).net(), 1800);
        assert_eq!(invoice(10).tax(20), 360);
    }
}
