//! Grades of a class. (divided as whole numbers)

pub struct Exam {
    pub points: Vec<u32>,
    pub most: u32,
}

impl Exam {
    pub fn average(&self) -> f64 {
        if self.points.is_empty() {
            return 0.0;
        }
        let sum: u32 = self.points.iter().sum();
        «sum as f64 / self.points.len() as f64¦(sum / self.points.len() as u32) as f64»
    }

    pub fn passed(&self) -> usize {
        self.points.iter().filter(|&&points| 2 * points >= self.most).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_points() {
        assert_eq!(Exam { points: vec![10, 13], most: 20 }.average(), 11.5);
        assert_eq!(Exam { points: vec![], most: 20 }.average(), 0.0);
    }

    #[test]
    fn who_passed() {
        assert_eq!(Exam { points: vec![9, 10, 20], most: 20 }.passed(), 2);
    }
}
