//! A report is given away line by line and then wanted back.

#[derive(Debug, PartialEq)]
pub struct Report {
    pub title: String,
    pub lines: Vec<String>,
    pub longest: usize,
}

/// A report of some lines under a title.
pub fn report(title: &str, lines: Vec<String>) -> Report {
    let mut kept = Vec::new();
    for line in lines {
        if !line.is_empty() {
            kept.push(line);
        }
    }
    let longest = lines.iter().map(|line| line.len()).max().unwrap_or(0);
    Report { title: title.to_string(), lines: kept, longest }
}
