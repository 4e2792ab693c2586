"""Crates made for measuring: of a given size, with a place whose fault can be switched on and off."""

from __future__ import annotations

from pathlib import Path

MANIFEST = '[package]\nname = "sample"\nversion = "0.1.0"\nedition = "2021"\n\n[lib]\npath = "src/lib.rs"\n'
TESTS = """\
#[cfg(test)]
mod tests {
    #[test]
    fn adds() {
        assert!(super::marked(2) >= 2);
    }
}
"""
GOOD, BAD = "let total: u64 = base;", 'let total: u64 = "base";'


def function(number: int) -> str:
    """One function of 12 lines; no two are alike."""
    return f"""\
/// Sums what lies between two marks, step {number}.
pub fn between_{number}(values: &[u64], low: u64, high: u64) -> Option<u64> {{
    let mut sum: u64 = {number};
    for (index, value) in values.iter().enumerate() {{
        if *value >= low && *value < high {{
            sum = sum.checked_add(value.wrapping_mul(index as u64 + {number}))?;
        }}
    }}
    let label = format!("{{low}}..{{high}} of {{}}", values.len());
    (label.len() > 3).then_some(sum)
}}

"""


def source(lines: int, variant: int, *, broken: bool) -> str:
    """About ``lines`` lines of library code. ``variant`` changes one constant, so that no two texts are equal."""
    head = f"pub fn marked(base: u64) -> u64 {{\n    {BAD if broken else GOOD}\n    total + {variant}\n}}\n\n"
    return head + "".join(function(number) for number in range(max(1, lines // 12))) + TESTS


def write_sample(folder: Path, lines: int, *, broken: bool = True) -> Path:
    """Write the crate into ``folder`` and return it."""
    (folder / "src").mkdir(parents=True)
    (folder / "Cargo.toml").write_text(MANIFEST, "utf-8")
    (folder / "src" / "lib.rs").write_text(source(lines, 0, broken=broken), "utf-8")
    return folder
