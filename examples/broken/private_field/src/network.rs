use crate::tank::Tank;

/// Tanks that can be levelled out.
#[derive(Debug, Default)]
pub struct Network {
    tanks: Vec<Tank>,
}

impl Network {
    pub fn add(&mut self, tank: Tank) {
        self.tanks.push(tank);
    }

    pub fn find(&mut self, name: &str) -> Option<&mut Tank> {
        self.tanks.iter_mut().find(|tank| tank.name() == name)
    }

    /// Litres in all tanks.
    pub fn total(&self) -> f64 {
        self.tanks.iter().map(|tank| tank.level).sum()
    }

    /// Move `litres` from one tank to another; what does not fit flows back.
    pub fn pump(&mut self, from: &str, to: &str, litres: f64) -> Option<f64> {
        self.find(to)?;
        let given = self.find(from)?.drain(litres);
        let rest = self.find(to)?.fill(given);
        self.find(from)?.fill(rest);
        Some(given - rest)
    }
}
