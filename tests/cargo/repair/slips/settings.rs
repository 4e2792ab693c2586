//! Settings from lines of text. (a default that is wrong, text that is not trimmed)
use std::collections::BTreeMap;

pub struct Settings {
    values: BTreeMap<String, String>,
}

impl Settings {
    pub fn parse(text: &str) -> Settings {
        let mut values = BTreeMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, value)) = line.split_once('=') {
                values.insert(name.trim().to_string(), value«.trim()¦».to_string());
            }
        }
        Settings { values }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    pub fn retries(&self) -> u32 {
        self.get("retries").and_then(|text| text.parse().ok()).unwrap_or(3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values() {
        let settings = Settings::parse("# no\nname = rusta\nempty=\n");
        assert_eq!(settings.get("name"), Some("rusta"));
        assert_eq!(settings.get("# no"), None);
        assert_eq!(settings.get("empty"), Some(""));
    }

    #[test]
    fn the_default() {
        assert_eq!(Settings::parse("").retries(), 3);
        assert_eq!(Settings::parse("retries=9").retries(), 9);
    }
}
