//! Recipes: what goes in, for how many people.

use units::Measure;

/// A list of ingredients for a number of people.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    pub people: u32,
    pub ingredients: Vec<(String, Measure)>,
}

impl Recipe {
    pub fn new(people: u32) -> Self {
        Self { people, ingredients: Vec::new() }
    }

    pub fn with(mut self, name: &str, measure: Measure) -> Self {
        self.ingredients.push((name.to_string(), measure));
        self
    }

    /// The same recipe for another number of people.
    pub fn serving(&self, people: u32) -> Recipe {
        let factor = f64::from(people) / f64::from(self.people);
        let ingredients = self
            .ingredients
            .iter()
            .map(|(name, measure)| (name.clone(), measure.scaled(factor)))
            .collect();
        Recipe { people, ingredients }
    }
}
