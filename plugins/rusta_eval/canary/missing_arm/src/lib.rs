//! A little machine; one of its instructions is not carried out, and what it should do nobody can read off the rest.

#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    Push(i64),
    Add,
    Drop,
}

/// Runs a program and gives the stack, or None when it runs dry.
pub fn run(program: &[Op]) -> Option<Vec<i64>> {
    let mut stack = Vec::new();
    for op in program {
        match op {
            Op::Push(value) => stack.push(*value),
            Op::Add => {
                let right = stack.pop()?;
                let left: i64 = stack.pop()?;
                stack.push(left + right);
            }
        }
    }
    Some(stack)
}
