"""Whole repairs of crates whose dependencies are at fault, by the installed command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HEAD = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n\n[workspace]\n\n[dependencies]\n'
LIBRARY = """//! Walks.

pub mod far;

use swift_feet::Walk;
use swift_feet::clock::tick;

#[derive(Walk)]
pub struct Step(pub u32);

pub fn now() -> Step {
    Step(tick())
}
"""
FAR = """pub fn far(steps: &[u32]) -> u32 {
    steps.leap()
}

#[cfg(test)]
mod tests {
    #[test]
    fn threefold() {
        assert_eq!(super::far(&[1, 2]), 9);
    }
}
"""


def test_features_and_imports_come_back(lay: Callable[..., Path], config: str, home: Path) -> None:
    files = {"src/lib.rs": LIBRARY, "src/far.rs": FAR, ".cargo/config.toml": config}
    root = lay({"Cargo.toml": f'{HEAD}swift-feet = "0.3"\n', **files})
    rusta = Path(sys.executable).parent / "rusta"
    command = [str(rusta), "--home", str(home), "repair", str(root), "--apply"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    manifest = (root / "Cargo.toml").read_text()
    assert 'features = ["clock", "derive"]' in manifest or 'features = ["derive", "clock"]' in manifest
    mended = (root / "src/far.rs").read_text()
    assert mended.startswith("use swift_feet::prelude::")
    assert mended.endswith(FAR)
    assert (root / "src/lib.rs").read_text() == LIBRARY
