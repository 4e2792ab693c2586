//! Looks up the longer of two names, and does not say whose name it hands out.

/// The longer one; the first among equals.
pub fn longer(left: &str, right: &str) -> &str {
    if right.len() > left.len() {
        right
    } else {
        left
    }
}
