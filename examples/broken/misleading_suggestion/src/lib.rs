//! Reading of a command line. The compiler's suggestion makes this compile, and wrong.

/// Options, and what comes after them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    pub options: Vec<(String, Option<String>)>,
    pub files: Vec<String>,
}

/// Read `--name` and `--name=value` up to `--`; everything after it is a file, whatever it looks like.
pub fn parse(line: &str) -> CommandLine {
    let mut command = CommandLine::default();
    let words = line.split_whitespace();
    for word in words {
        if word == "--" {
            break;
        }
        match word.strip_prefix("--") {
            Some(option) => command.options.push(split(option)),
            None => command.files.push(word.to_string()),
        }
    }
    command.files.extend(words.map(str::to_string));
    command
}

fn split(option: &str) -> (String, Option<String>) {
    match option.split_once('=') {
        Some((name, value)) => (name.to_string(), Some(value.to_string())),
        None => (option.to_string(), None),
    }
}

impl CommandLine {
    pub fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(option, _)| option == name)
    }

    /// The value of the last option of this name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.options.iter().rev().find(|(option, _)| option == name)?.1.as_deref()
    }
}
