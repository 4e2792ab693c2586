//! Leap years and weekdays, in one file without a manifest: `rusta repair single_file.rs`.

/// Does the year have a 29th of February (Gregorian calendar)?
fn is_leap(year: u32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(month: u32, year: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The day of the year, from 1.
fn day_of_year(year: u32, month: u32, day: u32) -> u32 {
    let total = day;
    for earlier in 1..month {
        total += days_in(earlier, year);
    }
    total
}

/// Monday is 0. Counted from Monday, the first of January of the year 1.
fn weekday(year: u32, month: u32, day: u32) -> u32 {
    let past = year - 1;
    (past * 365 + past / 4 - past / 100 + past / 400 + day_of_year(year, month, day) - 1) % 7
}

fn main() {
    const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    for (year, month, day) in [(1969, 7, 20), (2000, 2, 29), (2015, 5, 15)] {
        println!("{year}-{month:02}-{day:02} {}", NAMES[weekday(year, month, day) as usize]);
    }
}

#[cfg(test)]
mod tests {
    use super::{day_of_year, is_leap, weekday};

    #[test]
    fn centuries_are_special() {
        assert!(is_leap(2000) && is_leap(2024));
        assert!(!is_leap(1900) && !is_leap(2023));
    }

    #[test]
    fn the_year_has_a_last_day() {
        assert_eq!(day_of_year(2023, 12, 31), 365);
        assert_eq!(day_of_year(2024, 12, 31), 366);
    }

    #[test]
    fn the_first_steps_on_the_moon_were_on_a_sunday() {
        assert_eq!(weekday(1969, 7, 20), 6);
    }
}
