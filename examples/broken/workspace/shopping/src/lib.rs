//! Shopping lists out of recipes.

use std::collections::BTreeMap;

use recipes::Recipe;

/// Millilitres of every ingredient that all recipes need together.
pub fn list(recipes: &[Recipe]) -> BTreeMap<String, f64> {
    let mut needed = BTreeMap::new();
    for (name, measure) in recipes.iter().flat_map(|recipe| &recipe.ingredients) {
        *needed.entry(name.clone()).or_insert(0.0) += measure.millilitres();
    }
    needed
}
