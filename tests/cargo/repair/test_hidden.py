"""Errors that vanish because something before them is broken."""

from __future__ import annotations

import pytest

from rusta_cargo.repair.hidden import Order, hidden
from rusta_cargo.repair.project import Package, Project
from rusta_schemas.diagnostic import Category, Diagnostic, Level

PROJECT = Project(
    (
        Package("base", "base", "2021"),
        Package("middle", "middle", "2021", dependencies=("base", "serde")),
        Package("app", "app", "2021", dependencies=("middle",)),
        Package("other", "other", "2021", dependencies=("app", "other")),
    )
)


def error(unit: str) -> Diagnostic:
    return Diagnostic(level=Level.ERROR, category=Category.TYPE, phase=3, message="no", unit=unit)


@pytest.mark.parametrize(
    ("unit", "other", "before"),
    [
        ("app app", "app bin:app", True),
        ("app app", "app test:it", True),
        ("app build:build-script-build", "app app", True),
        ("base base", "app example:e", True),
        ("base base", "middle middle", True),
        ("app bin:app", "app test:it", False),
        ("app test:it", "app app", False),
        ("app app", "app app", False),
        ("app app", "base base", False),
        ("other other", "other test:it", True),
        ("other other", "unknown unknown", False),
        ("", "app app", False),
        ("app app", "", False),
    ],
)
def test_libraries_come_before_what_uses_them(unit: str, other: str, before: bool) -> None:
    assert Order(PROJECT).before(unit, other) is before


def test_what_only_vanishes_is_hidden() -> None:
    known = [error("app bin:app"), error("middle middle"), error("base base")]
    assert hidden(known, [error("middle middle")], Order(PROJECT)) == (known[0],)
    assert hidden(known, [error("base base")], Order(PROJECT)) == (known[0], known[1])
    assert hidden(known, [error("app bin:app")], Order(PROJECT)) == ()
    assert hidden(known, [], Order(PROJECT)) == ()
