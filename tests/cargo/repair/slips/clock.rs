//! Durations as people write them. (wrong constant)

const SECONDS_PER_MINUTE: u64 = 60;
const SECONDS_PER_HOUR: u64 = «3600¦6300»;
const SECONDS_PER_DAY: u64 = 86400;

/// `93784` is `1d 2h 3m 4s`.
pub fn shown(seconds: u64) -> String {
    let days = seconds / SECONDS_PER_DAY;
    let hours = seconds % SECONDS_PER_DAY / SECONDS_PER_HOUR;
    let minutes = seconds % SECONDS_PER_HOUR / SECONDS_PER_MINUTE;
    let rest = seconds % SECONDS_PER_MINUTE;
    let parts = [(days, "d"), (hours, "h"), (minutes, "m"), (rest, "s")];
    let words: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_there_is_shown() {
        assert_eq!(shown(61), "1m 1s");
        assert_eq!(shown(172_800), "2d");
    }

    #[test]
    fn hours() {
        assert_eq!(shown(7200), "2h");
        assert_eq!(shown(93_784), "1d 2h 3m 4s");
    }
}
