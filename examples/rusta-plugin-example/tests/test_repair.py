"""A crate that only its team's table can repair as it was meant: real episodes, with this plugin and without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rusta_plugin_example import plugin

from rusta_conductor.home import Home
from rusta_schemas.bundle import PatchBundle
from rusta_schemas.edits import apply_to_files

if TYPE_CHECKING:
    from rusta_conductor.domain import Result
    from rusta_conductor.host import PluginHost

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

/// As printers tell it that name the dots first.
pub fn load_reversed(text: &str) -> Profile {
    let Profile { speed, dots } = load_profile(text);
    Profile { speed: dots, dots: speed }
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
    assert_eq!(faster("200, 200", "300, 300"), Profile { speed: 300, dots: 300 });
}
"""
MANIFEST = '[package]\nname = "printer"\nversion = "0.1.0"\nedition = "2021"\n'
TABLE = '[renames]\nread_settings = "load_profile"\n'

MEANT = LIBRARY.replace("read_settings", "load_profile")


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    """Somebody renamed ``read_settings``, and missed two uses. Two functions fit, and no test tells them apart."""
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


@pytest.fixture
def repair(plugin_host: Callable[..., PluginHost], crate: Path, rusta_home: Path) -> Callable[..., Result]:
    """Runs a repair episode on the crate, with rusta's own plugin and those given."""

    def run(*plugins: object) -> Result:
        import rusta_cargo.plugin
        from rusta_conductor import sessions

        host = plugin_host(rusta_cargo.plugin, *plugins)
        with sessions.start(host, Home(rusta_home), "repair", {"path": str(crate)}) as session:
            result = session.run().result
        assert result is not None
        return result

    return run


def patched(result: Result) -> str:
    """The library as the bundle of the episode leaves it."""
    bundle = PatchBundle.model_validate(result.data["bundle"])
    return apply_to_files({"src/lib.rs": LIBRARY.encode()}, bundle.edits)["src/lib.rs"].decode()


def assert_not_meant(result: Result) -> None:
    """No repair, or a guess that took the other function."""
    assert result.outcome != "repaired" or patched(result) != MEANT


def test_without_the_table_nobody_knows(repair: Callable[..., Result]) -> None:
    assert_not_meant(repair())


def test_the_table_repairs_what_the_compiler_cannot(repair: Callable[..., Result]) -> None:
    result = repair(plugin)
    assert result.outcome == "repaired"
    assert patched(result) == LIBRARY.replace("read_settings", "load_profile")


def test_a_wrong_table_stops_nobody_else(repair: Callable[..., Result], crate: Path) -> None:
    (crate / "rusta-renames.toml").write_text("renames = 1")
    assert_not_meant(repair(plugin))
