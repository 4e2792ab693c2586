use std::collections::BTreeMap;

/// Places and the roads between them, each with its length.
#[derive(Debug, Default)]
pub struct Graph {
    roads: BTreeMap<String, Vec<(String, u32)>>,
}

impl Graph {
    /// Add a road that can be used both ways.
    pub fn connect(&mut self, one: &str, other: &str, length: u32) {
        for (from, to) in [(one, other), (other, one)] {
            self.roads.entry(from.to_string()).or_default().push((to, length));
        }
    }

    /// The neighbours of a place with their distance.
    pub fn neighbours(&self, place: &str) -> &[(String, u32)] {
        self.roads.get(place).map_or(&[], Vec::as_slice)
    }
}
