//! Temperature series from a weather station.

/// What a day was like, in degrees Celsius.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Day {
    pub low: f64,
    pub high: f64,
}

impl Day {
    pub fn swing(&self) -> f64 {
        self.high - self.low
    }

    pub fn is_frosty(&self) -> bool {
        self.low < 0.0
    }
}

/// Group readings into days of `per_day` each; an incomplete last day counts.
pub fn days(readings: &[f64], per_day: usize) -> Vec<Day> {
    readings
        .chunks(per_day.max(1))
        .map(|day| {
            let low = day.iter().copied().fold(f64::INFINITY, f64::min)
            let high = day.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            Day { low, high }
        })
        .collect()
}

/// The longest run of frosty days.
pub fn longest_frost(days: &[Day]) -> usize {
    days.split(|day| !day.is_frosty()).map(<[Day]>::len).max().unwrap_or(0)
}

pub fn to_fahrenheit(celsius: f64) -> f64 {
    celsius * 9.0 / 5.0 + 32.0
}
