"""Every error code of the installed compiler has a class, and messages without a code get a sensible one."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.taxonomy import classify, known_codes
from rusta_cargo.toolchain import find_toolchain
from rusta_schemas.diagnostic import Category


def test_every_installed_code_has_a_class() -> None:
    docs = find_toolchain(Path("/")).docs
    if docs is None:
        pytest.skip("the documentation is not installed")
    installed = {path.stem for path in (docs / "error_codes").glob("E[0-9][0-9][0-9][0-9].html")}
    assert len(installed) > 400
    assert installed - known_codes() == set()


def test_a_code_has_one_class_only() -> None:
    text = (files("rusta_cargo") / "data" / "error_classes.toml").read_text()
    codes = [code for entry in tomllib.loads(text)["class"] for code in entry["codes"].split()]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"E\d{4}", code) for code in codes)


@pytest.mark.parametrize(
    ("code", "category", "phase"),
    [
        ("E0308", Category.TYPE, 3),
        ("E0277", Category.TRAIT, 3),
        ("E0382", Category.MOVE, 4),
        ("E0499", Category.BORROW, 4),
        ("E0597", Category.LIFETIME, 4),
        ("E0106", Category.LIFETIME, 2),
        ("E0425", Category.NAME, 2),
        ("E0603", Category.VISIBILITY, 2),
        ("E0616", Category.VISIBILITY, 3),
        ("E0765", Category.SYNTAX, 1),
        ("E0004", Category.TYPE, 4),
        ("unused_mut", Category.LINT, 5),
        ("clippy::len_zero", Category.LINT, 5),
        ("E9999", Category.OTHER, 3),
    ],
)
def test_codes(code: str, category: Category, phase: int) -> None:
    fault = classify(code, "whatever")
    assert (fault.category, fault.phase) == (category, phase)


@pytest.mark.parametrize(
    ("message", "category", "phase"),
    [
        ("expected `;`, found `let`", Category.SYNTAX, 1),
        ("this file contains an unclosed delimiter", Category.SYNTAX, 1),
        ("cannot find macro `printn` in this scope", Category.NAME, 2),
        ("no rules expected the token `,`", Category.SYNTAX, 2),
        ("lifetime may not live long enough", Category.LIFETIME, 4),
        ("future cannot be sent between threads safely", Category.TRAIT, 3),
        ("linking with `cc` failed: exit status: 1", Category.OTHER, 6),
        ("internal compiler error: unexpected", Category.OTHER, 0),
    ],
)
def test_messages_without_a_code(message: str, category: Category, phase: int) -> None:
    fault = classify(None, message)
    assert (fault.category, fault.phase) == (category, phase)


def test_without_a_place_it_is_no_syntax_error() -> None:
    assert classify(None, "failed to parse manifest", placed=False).phase == 0


@given(st.none() | st.text(max_size=12), st.text(), st.booleans())
def test_anything_has_a_class(code: str | None, message: str, placed: bool) -> None:
    assert 0 <= classify(code, message, placed=placed).phase <= 6
