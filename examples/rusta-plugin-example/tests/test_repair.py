"""A crate that only its team's table can repair, with the installed rusta and without the plugin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

LIBRARY = """\
//! Settings of a printer.

/// Pages a minute and dots an inch.
#[derive(Debug, PartialEq)]
pub struct Profile {
    pub speed: u32,
    pub dots: u32,
}

pub fn load_profile(text: &str) -> Profile {
    let mut numbers = text.split(',').map(|part| part.trim().parse().unwrap_or(0));
    Profile { speed: numbers.next().unwrap_or(0), dots: numbers.next().unwrap_or(0) }
}

/// The faster one of two.
pub fn faster(one: &str, other: &str) -> Profile {
    let (one, other) = (read_settings(one), read_settings(other));
    if other.speed > one.speed { other } else { one }
}
"""
TESTS = """\
use printer::{faster, Profile};

#[test]
fn the_faster_one_wins() {
    assert_eq!(faster("20, 600", "30, 300"), Profile { speed: 30, dots: 300 });
}
"""
MANIFEST = '[package]\nname = "printer"\nversion = "0.1.0"\nedition = "2021"\n'
TABLE = '[renames]\nread_settings = "load_profile"\n'


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    """Somebody renamed ``read_settings``, and missed two uses. The compiler sees no likeness, so it suggests nothing."""
    files = {
        "Cargo.toml": MANIFEST,
        "Cargo.lock": 'version = 4\n\n[[package]]\nname = "printer"\nversion = "0.1.0"\n',
        "src/lib.rs": LIBRARY,
        "tests/printing.rs": TESTS,
        "rusta-renames.toml": TABLE,
    }
    for name, content in files.items():
        path = tmp_path / "printer" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path / "printer"


def repair(crate: Path, home: Path, plugins: str) -> dict[str, Any]:
    """What ``rusta repair --json`` says, with only these plugins."""
    if "example" not in metadata.entry_points(group="rusta").names:
        pytest.skip("the plugin is not installed; pip install -e .")
    environ = {**os.environ, "RUSTA_HOME": str(home), "RUSTA_PLUGINS": plugins}
    rusta = str(Path(sys.executable).with_name("rusta"))
    done = subprocess.run(
        [rusta, "repair", str(crate), "--json"], env=environ, capture_output=True, text=True
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_the_table_repairs_what_the_compiler_cannot(crate: Path, rusta_home: Path) -> None:
    without = repair(crate, rusta_home, "cargo")
    assert without["bundle"] is None
    found = repair(crate, rusta_home, "cargo,example")
    assert found["diff"].count("\n+") == 2
