"""The words of diagnostics and effects, which logs, memories and statistics are keyed by."""

from __future__ import annotations

import subprocess
import sys

import pytest

from rusta_schemas.diagnostic import Applicability, Category, Diagnostic, Level, Span
from rusta_schemas.effects import Effect
from rusta_schemas.observation import Observation, Status


def test_the_taxonomy() -> None:
    assert {str(category) for category in Category} == {
        "borrow", "trait", "type", "move", "visibility", "syntax", "lint", "name", "lifetime", "other",
    }  # fmt: skip


def test_applicabilities_stand_surest_first() -> None:
    assert [str(a) for a in Applicability] == [
        "MachineApplicable", "MaybeIncorrect", "HasPlaceholders", "Unspecified",
    ]  # fmt: skip


def test_lasting_effects() -> None:
    assert [str(effect) for effect in Effect if effect.lasting] == ["write", "device", "network"]
    assert [str(effect) for effect in Effect if not effect.lasting] == ["read", "sandbox"]


@pytest.mark.parametrize("status", Status)
def test_only_ok_is_ok(status: Status) -> None:
    assert Observation(verb="a", status=status, summary="").ok == (status is Status.OK)


def test_the_primary_span_is_the_first_primary_one() -> None:
    def span(start: int, primary: bool) -> Span:
        return Span(
            path="a",
            start=start,
            end=9,
            line=1,
            column=1,
            end_line=1,
            end_column=1,
            primary=primary,
        )

    spans = (span(1, False), span(2, True), span(3, True))
    found = Diagnostic(level=Level.ERROR, category=Category.TYPE, phase=1, message="m", spans=spans)
    assert found.primary == spans[1]
    none = Diagnostic(level=Level.ERROR, category=Category.TYPE, phase=1, message="m", spans=spans[:1])
    assert none.primary is None


def test_declarations_load_without_pydantic() -> None:
    code = "import sys, rusta_schemas.effects; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
