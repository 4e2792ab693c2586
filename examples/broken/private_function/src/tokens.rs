/// A piece of an expression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Token {
    Number(f64),
    Symbol(char),
}

/// Cut an expression into tokens; the position of the first bad character is the error.
fn tokenize(text: &str) -> Result<Vec<Token>, usize> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((position, character)) = rest.next() {
        match character {
            ' ' => {}
            '+' | '-' | '*' | '/' | '(' | ')' => tokens.push(Token::Symbol(character)),
            '0'..='9' => {
                let mut end = position + 1;
                while let Some(&(next, '0'..='9' | '.')) = rest.peek() {
                    end = next + 1;
                    rest.next();
                }
                let number = text[position..end].parse().map_err(|_| position)?;
                tokens.push(Token::Number(number));
            }
            _ => return Err(position),
        }
    }
    Ok(tokens)
}
