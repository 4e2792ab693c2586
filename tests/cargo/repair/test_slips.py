"""Small libraries with one slip each, as people make them: the product puts back exactly what was there.

``slips/NAME.rs`` holds «right¦wrong» where the slip is. What is laid has the wrong text; the repair must be the right one,
byte for byte. The libraries in ``undetermined/`` fail a test that does not say what is meant: nothing is offered for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n\n[workspace]\n'
_CHANGE = re.compile("«([^¦»]*)¦([^»]*)»")
HERE = Path(__file__).parent
SLIPS = sorted((HERE / "slips").glob("*.rs"))
UNDETERMINED = sorted((HERE / "undetermined").glob("*.rs"))
# The others take as long and are run with the slow tests.
QUICK_SLIPS = {"ring_buffer", "dial", "settings"}
QUICK_UNDETERMINED = {"fallback"}
Lay = Callable[..., Path]
Repair = Callable[..., Any]


def marked(files: list[Path], quick: set[str]) -> list[Any]:
    return [pytest.param(file, id=file.stem, marks=() if file.stem in quick else pytest.mark.slow) for file in files]


@pytest.mark.parametrize("file", marked(SLIPS, QUICK_SLIPS))
def test_a_slip_is_put_right(lay: Lay, repair: Repair, file: Path) -> None:
    text = file.read_text("utf-8")
    right, wrong = _CHANGE.sub(r"\1", text), _CHANGE.sub(r"\2", text)
    assert right != wrong
    ran = repair(lay({"Cargo.toml": MANIFEST, "src/lib.rs": wrong}), behaviour=True)
    assert ran.outcome == "repaired", ran.summary
    assert ran.after("src/lib.rs").decode() == right
    assert ran.data["bundle"]["proof"]["green"]


@pytest.mark.parametrize("file", marked(UNDETERMINED, QUICK_UNDETERMINED))
def test_what_the_tests_do_not_determine_is_not_offered(lay: Lay, repair: Repair, file: Path) -> None:
    ran = repair(lay({"Cargo.toml": MANIFEST, "src/lib.rs": file.read_text("utf-8")}), behaviour=True)
    assert ran.outcome == "abstained", ran.data.get("diff")
    assert "bundle" not in ran.data


def test_every_slip_is_there_once() -> None:
    assert {file.stem for file in SLIPS} >= QUICK_SLIPS
    assert {file.stem for file in UNDETERMINED} >= QUICK_UNDETERMINED
    for file in SLIPS:
        assert _CHANGE.search(file.read_text("utf-8")), file
