"""The tools give the same answers on every rung of the sandbox ladder that this machine has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rusta_cargo.models import CheckArgs, ProbeArgs, ReadArgs, TestArgs
from rusta_cargo.tools.checking import cargo_check
from rusta_cargo.tools.probing import rustc_probe
from rusta_cargo.tools.reading import read_span
from rusta_cargo.tools.testing import cargo_test
from rusta_conductor.errors import ToolError
from rusta_conductor.sandbox import Rung, probe_rungs

Lay = Callable[..., Path]
FILES = {
    "Cargo.toml": '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "pub fn f() -> u8 { 1 }\n#[test] fn t() { assert_eq!(f(), 1) }\n",
}


@pytest.mark.parametrize("rung", [Rung.OVERLAY, Rung.BWRAP_COPY, Rung.LANDLOCK])
def test_the_same_on_every_rung(rung: Rung, lay: Lay, bench: Callable, home: Path) -> None:
    if rung not in {report.rung for report in probe_rungs(home) if report.ok}:
        pytest.skip(f"this machine has no {rung}")
    it = bench(lay(FILES), rung=rung)
    plain = CheckArgs(targets="default")
    broken = plain.model_copy(update={"edits": (it.edit("src/lib.rs", "{ 1 }", "{ x }"),)})
    for _ in range(2):
        assert it.call(cargo_check, plain).ok
        (found,) = it.call(cargo_check, broken).diagnostics
        assert [(s.path, s.start) for s in found.spans] == [("src/lib.rs", 19)]
    report = it.call(cargo_test, TestArgs())
    assert (report.ok, report.passed) == (True, ("demo demo::t",))
    failed = it.call(cargo_test, TestArgs(edits=(it.edit("src/lib.rs", "{ 1 }", "{ 2 }"),))).failed[0]
    assert failed.panicked_at is not None
    assert (failed.panicked_at.path, failed.panicked_at.line) == ("src/lib.rs", 2)
    assert it.call(rustc_probe, ProbeArgs(path="src/lib.rs", run_tests=True)).ok


def test_without_a_sandbox_only_reading_works(lay: Lay, bench: Callable) -> None:
    it = bench(lay(FILES), rung=Rung.NONE)
    assert it.call(read_span, ReadArgs(path="src/lib.rs", end=3)).text == "pub"
    with pytest.raises(ToolError, match="no command is run here"):
        it.call(cargo_check, CheckArgs())
