use private_helper::roman::numeral;

#[test]
fn years_are_written() {
    assert_eq!(numeral(1994), "MCMXCIV");
    assert_eq!(numeral(2024), "MMXXIV");
    assert_eq!(numeral(9), "IX");
}
