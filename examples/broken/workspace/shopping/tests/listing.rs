use recipes::Recipe;
use shopping::list;
use units::Measure;

#[test]
fn equal_ingredients_are_added() {
    let bread = Recipe::new(4).with("water", Measure::Cups(1.0)).with("oil", Measure::Tablespoons(1.0));
    let soup = Recipe::new(4).with("water", Measure::Millilitres(760.0));
    let needed = list(&[bread, soup]);
    assert_eq!(needed["water"], 1000.0);
    assert_eq!(needed["oil"], 15.0);
}
