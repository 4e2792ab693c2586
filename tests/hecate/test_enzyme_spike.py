"""The Enzyme spike: its three outcomes, compilers that are stood in for, and the real machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from rusta_hecate.spike import enzyme
from rusta_hecate.spike.enzyme import PATTERNS, Attempt, Spike, investigate

ROOT = Path(__file__).resolve().parents[2]


def spike(*worked: bool) -> Spike:
    attempts = [
        Attempt(f"nightly: {text}", ok, "said | this") for text, ok in zip(PATTERNS.values(), worked, strict=True)
    ]
    return Spike(("stable", "nightly"), ("nothing",), (Attempt("stable: a free function", False, ""), *attempts))


@pytest.mark.parametrize(
    ("worked", "outcome"),
    [((True, True, True), 1), ((True, True, False), 2), ((False, True, False), 2), ((False,) * 3, 3)],
)
def test_exactly_one_of_three_outcomes(worked: tuple[bool, ...], outcome: int) -> None:
    found = spike(*worked)
    assert found.outcome == outcome
    text = found.to_markdown()
    assert f"**Outcome {outcome}.**" in text
    assert "said \\| this" in text, "a bar would end the cell"
    assert ("Plan B" in text) == (outcome == 3)


@pytest.mark.parametrize(
    ("script", "outcome", "said"),
    [
        ("echo 'error: no Enzyme here' >&2; exit 1", 3, "error: no Enzyme here"),
        ("printf '#!/bin/sh\\necho agrees\\n' > proof; chmod +x proof", 1, "agrees"),
        (
            "if grep -q 'd_object(' proof.rs; then exit 1; fi; printf '#!/bin/sh\\nexit 0\\n' > proof; chmod +x proof",
            2,
            "",
        ),
    ],
)
def test_what_a_compiler_does_decides(
    script: str, outcome: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell script stands in for rustc: it fails, it makes a program that succeeds, or it fails on trait objects."""
    compiler = tmp_path / "rustc"
    compiler.write_text(
        f'#!/bin/sh\ncase "$1" in --version) echo rustc 9.9; exit;; --print) echo {tmp_path}; exit;; esac\n{script}\n'
    )
    compiler.chmod(0o755)
    monkeypatch.setattr(enzyme, "_toolchains", lambda: {"made-up": str(compiler)})
    found = investigate()
    assert found.outcome == outcome
    assert found.found[0].startswith("rustc 9.9: no libEnzyme")
    assert said in found.attempts[0].said


def test_a_machine_without_a_compiler_is_the_third_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enzyme, "_toolchains", dict)
    assert investigate().outcome == 3


@pytest.mark.slow
def test_the_notebook_is_what_this_machine_says() -> None:
    notebook = (ROOT / "docs" / "explanation" / "enzyme-spike.md").read_text("utf-8")
    assert f"**Outcome {investigate().outcome}.**" in notebook
