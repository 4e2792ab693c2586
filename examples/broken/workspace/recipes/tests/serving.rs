use recipes::Recipe;
use units::Measure;

#[test]
fn a_recipe_grows_with_its_guests() {
    let pancakes = Recipe::new(2).with("milk", Measure::Cups(1.0)).with("oil", Measure::Teaspoons(2.0));
    let party = pancakes.serving(6);
    assert_eq!(party.people, 6);
    assert_eq!(party.ingredients[0].1, Measure::Cups(3.0));
    assert_eq!(party.ingredients[1].1.millilitres(), 30.0);
}
