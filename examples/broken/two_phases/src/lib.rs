//! Change in coins: the second fault shows itself only when the first is gone.

use std::cmp::Revers as Descending;

/// Coins of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stack {
    pub value: u32,
    pub count: u32,
}

impl Stack {
    pub fn total(self) -> u32 {
        self.value * self.count
    }
}

/// The fewest coins for `amount`, by dynamic programming; None when the values cannot make it.
pub fn change(amount: u32, values: &[u32]) -> Option<Vec<Stack>> {
    let size = amount as usize + 1;
    let mut fewest: Vec<Option<u32>> = vec![None; size];
    let mut last = vec![0; size];
    fewest[0] = Some(0);
    for sum in 1..size {
        for &value in values {
            let before = sum.checked_sub(value as usize).and_then(|rest| fewest[rest]);
            if let Some(coins) = before {
                if value > 0 && fewest[sum].map_or(true, |known| coins + 1 < known) {
                    fewest[sum] = Some(coins + 1);
                    last[sum] = value;
                }
            }
        }
    }
    fewest[size - 1]?;
    Some(stacks(&last))
}

/// Walk back from the full amount and stack equal coins.
fn stacks(last: &[u32]) -> Vec<Stack> {
    let mut found: Vec<Stack> = Vec::new();
    let rest = last.len() - 1;
    while rest > 0 {
        let value = last[rest];
        match found.iter_mut().find(|stack| stack.value == value) {
            Some(stack) => stack.count += 1,
            None => found.push(Stack { value, count: 1 }),
        }
        rest -= value as usize;
    }
    found.sort_by_key(|stack| Descending(stack.value));
    found
}
