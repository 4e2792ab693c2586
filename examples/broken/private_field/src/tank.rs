/// A tank that never holds more than its capacity.
#[derive(Debug, Clone)]
pub struct Tank {
    name: String,
    level: f64,
    capacity: f64,
}

impl Tank {
    pub fn new(name: &str, capacity: f64) -> Self {
        Self { name: name.to_string(), level: 0.0, capacity }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Litres in the tank.
    pub fn level(&self) -> f64 {
        self.level
    }

    /// Litres that still fit.
    pub fn room(&self) -> f64 {
        self.capacity - self.level
    }

    /// Pour in; what does not fit comes back.
    pub fn fill(&mut self, litres: f64) -> f64 {
        let taken = litres.min(self.room());
        self.level += taken;
        litres - taken
    }

    /// Let out; what is not there cannot come.
    pub fn drain(&mut self, litres: f64) -> f64 {
        let given = litres.min(self.level);
        self.level -= given;
        given
    }
}
