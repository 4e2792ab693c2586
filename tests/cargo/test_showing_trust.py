"""What a person is told of the trust in a patch: one number, and a sentence where the other one matters."""

from __future__ import annotations

import pytest

from rusta_cargo.cli.showing import show
from rusta_conductor.cli.console import Console
from rusta_conductor.domain import Result
from rusta_schemas.base import JsonObject


def shown(verbatim: float | None, capsys: pytest.CaptureFixture[str]) -> str:
    bundle: JsonObject = {
        "k_lines": 1, "k_files": 1, "risk": "low", "confidence": 0.97, "risk_reasons": [], "anchors": [], "episode": "e",
        "proof": {"sandbox": "bwrap", "steps": [], "flaky": []},
    }  # fmt: skip
    show(Result("repaired", "import it", {"bundle": bundle, "mended": [], "diff": "", "verbatim": verbatim}), Console())
    return capsys.readouterr().out


def test_the_confidence_is_always_told(capsys: pytest.CaptureFixture[str]) -> None:
    for verbatim in (None, 0.1, 0.9):
        assert "risk low, confidence 0.97" in shown(verbatim, capsys)


def test_an_unlikely_wording_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert "perhaps not as you would write it: 3 in 10 such patches are" in shown(0.31, capsys)


@pytest.mark.parametrize("verbatim", [None, 0.5, 0.96])
def test_a_likely_wording_needs_no_words(verbatim: float | None, capsys: pytest.CaptureFixture[str]) -> None:
    assert "perhaps" not in shown(verbatim, capsys)
