"""Loops with `while` and no condition."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.bare_loops import propose

RESTORED = {
    "code behind it": """pub fn f() -> u32 {
    let mut n = 0;
    «loop¦while» {
        n += 1;
        if n > 3 { break; }
    }
    n
}
""",
    "the last statement": """pub fn f(mut n: u32) {
    «loop¦while» {
        n += 1;
        if n > 3 { break; }
    }
}
""",
    "one in the other, with a label": """pub fn f(mut n: u32) -> u32 {
    'outer: «loop¦while» {
        «loop¦while» {
            n += 1;
            if n > 3 { break 'outer; }
        }
    }
    n
}
""",
}
SILENT = {
    "a condition": """pub fn f(mut n: u32) { while n > 3 n -= 1; }
""",
    "a body that is not closed": """pub fn f(mut n: u32) { while n > 3 { n -= 1; }
""",
    "an if": """pub fn f(n: u32) -> u32 { if { n } n }
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
