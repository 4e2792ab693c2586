"""Values of a type that has the name of the expected one."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.namesakes import propose

RESTORED = {
    "of std, through an imported module": """use std::fmt;
pub struct Error;
pub struct W;
impl fmt::Write for W {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        if s.is_empty() { return Err(«fmt::¦»Error); }
        Ok(())
    }
}
""",
    "a variant": """pub mod log {
    pub enum Level { Low, High }
    pub fn at(level: Level) -> bool { matches!(level, Level::High) }
}
pub enum Level { Low }
pub fn f() -> bool { log::at(«log::¦»Level::Low) }
""",
    "a struct with fields, of another file": """pub mod net { pub mod wire { pub struct Head { pub size: u8 } } }
pub struct Head { pub size: u8 }
pub mod read {
    use super::Head;
    pub fn old() -> Head { Head { size: 1 } }
    pub fn new() -> crate::net::wire::Head { «crate::net::wire::¦»Head { size: 2 } }
}
""",
}
SILENT = {
    "types of two names": """pub struct A;
pub struct B;
pub fn f() -> A { B }
""",
    "a local": """pub mod io { pub struct Error; }
pub struct Error;
pub fn f(found: Error) -> io::Error { found }
""",
    "one type with other arguments": """pub fn f(found: Vec<u8>) -> Vec<u16> { found }
""",
}


@pytest.mark.parametrize("name", RESTORED)
def test_it_is_what_the_author_wrote(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("name", SILENT)
def test_it_has_nothing_to_say(name: str) -> None:
    assert_silent(propose, SILENT[name])


def test_it_keeps_to_what_every_proposer_keeps() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT.values()])
