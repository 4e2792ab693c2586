//! `key = value` configuration files with `#` comments.

use std::collections::BTreeMap;

/// A parsed file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Config {
    values: BTreeMap<String, String>,
}

/// A line that is neither empty, nor a comment, nor a setting.
#[derive(Debug, PartialEq, Eq)]
pub struct BadLine {
    pub number: usize,
    pub text: String,
}

impl Config {
    /// Parse a whole file; a key that comes twice keeps its last value.
    pub fn parse(text: &str) -> Result<Config, BadLine> {
        let mut values = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            let line = without_comment(line).trim();
            if line.is_empty() {
                continue;
            }
            let Some((key, value)) = line.split_once('=') else {
                return Err(BadLine { number: index + 1, text: line.to_string() });
            };
            values.insert(key.trim().to_string(), value.trim().to_string());
        }
        Ok(Config { values })
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// The value of `key`, or `fallback` when the file does not set it.
    pub fn get_or(&self, key: &str, fallback: &str) -> String {
        match self.values.get(key) {
            Some(value) => value.clone(),
            None => fallback,
        }
    }

    /// The value of `key` as a switch.
    pub fn flag(&self, key: &str) -> bool {
        matches!(self.get(key), Some("1" | "on" | "true" | "yes"))
    }
}

fn without_comment(line: &str) -> &str {
    line.split('#').next().unwrap_or("")
}
