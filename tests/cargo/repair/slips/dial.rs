//! Lines of a text that are not too long. (a remainder of a negative number, a hidden parameter)

pub struct Dial {
    pub size: i32,
    pub place: i32,
}

impl Dial {
    pub fn turn(&mut self, steps: i32) -> i32 {
        self.place = «(self.place + steps).rem_euclid(self.size)¦(self.place + steps) % self.size»;
        self.place
    }

    pub fn distance(&self, goal: i32) -> i32 {
        let way = (goal - self.place).abs();
        way.min(self.size - way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forward() {
        let mut dial = Dial { size: 10, place: 8 };
        assert_eq!(dial.turn(3), 1);
        assert_eq!(dial.distance(9), 2);
    }

    #[test]
    fn backward() {
        let mut dial = Dial { size: 10, place: 2 };
        assert_eq!(dial.turn(-5), 7);
        assert_eq!(dial.turn(-20), 7);
    }
}
