//! Two modules, one of which uses what the other keeps to itself.

pub mod roman {
    use crate::table;

    /// Roman numerals of 1 to 3999.
    pub fn numeral(mut number: u32) -> String {
        let mut text = String::new();
        for &(value, letters) in table::steps() {
            while number >= value {
                text.push_str(letters);
                number -= value;
            }
        }
        text
    }
}

mod table {
    const STEPS: [(u32, &str); 13] = [
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
        (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ];

    fn steps() -> &'static [(u32, &'static str)] {
        &STEPS
    }
}
