"""A field that a pattern binds twice."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.repeated_fields import propose

RESTORED = {
    "let": "pub struct P { x: i32, y: i32 }\npub fn f(p: P) -> i32 { let P { x: a, «y¦x»: b } = p; a + b }\n",
    "a variant": """pub enum E { Move { dx: i32, dy: i32 }, Stop }
pub fn f(e: E) -> i32 { match e { E::Move { dx: a, «dy¦dx»: b } => a - b, E::Stop => 0 } }
""",
    "by the name that is bound": """pub struct R { w: i32, h: i32, depth: i32, far: i32 }
pub fn f(p: R) -> i32 { let R { w, h: height, «depth¦h»: dep, .. } = p; w + height + dep }
""",
    "a parameter": "pub struct P { x: i32, y: i32 }\npub fn f(P { x: left, «y¦x»: right }: &P) -> i32 { left * right }\n",
}
SILENT = [
    "pub struct P { x: i32, y: i32 }\npub fn f(p: P) -> i32 { let P { x: a } = p; a }",
    "pub struct P { x: i32 }\npub fn f() -> P { P { x: 1, x: 2 } }",
    "pub struct P { x: i32 }\npub fn f(p: P) -> i32 { let P { z: a } = p; a }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
