//! Reading of a command line. The suggestion that the compiler is surest of makes this compile, and wrong.

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
    command.read_options(words);
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
    fn read_options<'w>(&mut self, words: impl Iterator<Item = &'w str>) {
        for word in words.take_while(|word| *word != "--") {
            match word.strip_prefix("--") {
                Some(option) => self.options.push(split(option)),
                None => self.files.push(word.to_string()),
            }
        }
    }

    pub fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(option, _)| option == name)
    }

    /// The value of the last option of this name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.options.iter().rev().find(|(option, _)| option == name)?.1.as_deref()
    }
}
