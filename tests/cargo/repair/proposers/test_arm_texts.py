"""Arms of new variants that say something where their siblings say something."""

from __future__ import annotations

import pytest
from conformance import assert_restored, candidates, check_proposer, pair

from rusta_cargo.repair.proposer import GUESS
from rusta_cargo.repair.proposers.match_arms import propose

FAULTS = """
    use std::fmt;
    #[derive(Debug)]
    pub enum Fault {{ {variants} }}
    impl fmt::Display for Fault {{
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{
            match self {{
                {arms}
            }}
        }}
    }}
"""

RESTORED = {
    "named field": FAULTS.format(
        variants="Empty, Unknown(String), Late { days: u32, limit: u32 }",
        arms="""Fault::Empty => f.write_str("nothing is there"),
                Fault::Unknown(name) => write!(f, "what is {name}?"),«
                Fault::Late { days, limit } => write!(f, "late: {days}, {limit}"),¦»""",
    ),
    "an error that is told by itself": FAULTS.format(
        variants="Absent(String), Number(std::num::ParseIntError), Time(std::time::SystemTimeError)",
        arms="""Self::Absent(what) => write!(f, "{what} is absent"),
                Self::Number(cause) => write!(f, "{cause}"),«
                Self::Time(cause) => write!(f, "{cause}"),¦»""",
    ),
    "places listed after the text": FAULTS.format(
        variants="Closed(String), Missing, Depth(usize)",
        arms="""Fault::Closed(door) => write!(f, "{} will not open", door),
                Fault::Missing => write!(f, "it is not there"),«
                Fault::Depth(depth) => write!(f, "depth {}", depth),¦»""",
    ),
    "shown for programmers": """
        #[derive(Debug)]
        pub struct Point(pub i32, pub i32);
        pub enum Shape { Circle { radius: f64 }, Line(Point, Point), Dot { at: Point } }
        pub fn text(shape: &Shape) -> String {
            match shape {
                Shape::Circle { radius } => format!("round, {radius} wide"),
                Shape::Line(from, to) => format!("from {from:?} to {to:?}"),«
                Shape::Dot { at } => format!("dot: {at:?}"),¦»
            }
        }
    """,
    "the first letter": """
        pub enum Side { Left, Right, Top }
        pub fn letter(side: &Side) -> char {
            match side {
                Side::Left => 'L',
                Side::Right => 'R',«
                Side::Top => 'T',¦»
            }
        }
    """,
}
# Nothing is printed, or the siblings agree on a text of their own.
WITHOUT = [
    """
    pub enum Job { Sleep(u32), Wake(u32), Turn(u32) }
    pub fn cost(job: &Job) -> u32 {
        match job { Job::Sleep(times) => times * 2, Job::Wake(times) => times * 3 }
    }
    """,
    """
    pub enum Kind { Small, Large, Huge }
    pub fn name(kind: &Kind, out: &mut Vec<String>) {
        match kind { Kind::Small => out.push("s".to_string()), Kind::Large => out.clear() }
    }
    """,
    """
    pub enum Kind { Small, Large, Huge }
    pub fn long(kind: Kind) -> bool {
        match kind { Kind::Small => false, Kind::Large => true }
    }
    """,
]


@pytest.mark.parametrize("name", RESTORED)
def test_the_new_arm_uses_its_own_fields(name: str) -> None:
    assert_restored(propose, RESTORED[name])


def test_what_it_says_is_a_guess() -> None:
    best = candidates(propose, pair(RESTORED["named field"])[0])[0]
    assert GUESS in best.risk


@pytest.mark.parametrize("source", WITHOUT)
def test_no_text_where_none_is_printed(source: str) -> None:
    made = [part.text for item in candidates(propose, source) for part in item.replacements]
    assert not any('"turn' in text or '"huge' in text or "'h" in text for text in made)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *WITHOUT])
