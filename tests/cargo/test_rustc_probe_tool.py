"""``rustc_probe`` on texts and files, and the standalone files it is there for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from rusta_cargo.lane import CargoLane
from rusta_cargo.models import ProbeArgs, SourceArgs
from rusta_cargo.tools.probing import has_main, rustc_probe
from rusta_conductor.sandbox import Completed

Lay = Callable[..., Path]


def test_a_standalone_file_with_a_module(lay: Lay, bench: Callable) -> None:
    root = lay(
        {
            "one.rs": "mod part;\nfn main() { part::f(1) }\n",
            "part.rs": "pub fn f(_: &str) {}\n",
            "other.txt": "x",
        }
    )
    it = bench(root / "one.rs")
    assert set(it.workspace.base) == {"one.rs", "part.rs"}
    report = it.call(rustc_probe, ProbeArgs(path="one.rs"))
    (found,) = report.diagnostics
    assert found.code == "E0308"
    assert [(span.path, span.start) for span in found.spans if span.primary] == [("one.rs", 30)]
    assert {span.path for note in found.notes for span in note.spans} == {"part.rs"}
    mended = ProbeArgs(path="one.rs", edits=(it.edit("part.rs", "&str", "u8"),))
    assert it.call(rustc_probe, mended).ok
    (root / "part.rs").write_text("")
    assert it.workspace.current_hashes() != it.workspace.base


def test_a_text(lay: Lay, bench: Callable) -> None:
    it = bench(lay({"x.rs": ""}) / "x.rs")
    report = it.call(
        rustc_probe,
        ProbeArgs(source="#![feature(never_type)]\nfn main() { let é: u8 = 1; é = 2; }"),
    )
    assert {d.code for d in report.diagnostics} >= {"E0554"}
    borrow = it.call(rustc_probe, ProbeArgs(source="fn main() { let é: u8 = 1; é = 2; drop(é) }"))
    (found,) = borrow.diagnostics
    assert (found.code, found.spans[0].path, borrow.phase) == ("E0384", "source.rs", 4)
    assert any(r.path == "source.rs" for s in found.suggestions for r in s.replacements)
    assert it.call(rustc_probe, ProbeArgs(source="pub fn f() {}")).command == "rustc --edition 2021 --crate-type=lib -"
    assert it.call(rustc_probe, ProbeArgs(source="pub async fn f() {}", edition="2015")).diagnostics[0].code == "E0670"


def test_a_tree_is_compiled_once(lay: Lay, bench: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the edits are written; another tree, another option, and a file of a crate are asked anew."""
    runs: list[Sequence[str]] = []
    run = CargoLane.run

    def counted(self: CargoLane, argv: Sequence[str], **more: Any) -> Completed:
        runs.append(argv)
        return run(self, argv, **more)

    monkeypatch.setattr(CargoLane, "run", counted)
    source = "fn main() { let a: u8 = 1; let b: u8 = 'x'; }\n"
    it = bench(lay({"x.rs": source}) / "x.rs")
    first = it.call(rustc_probe, ProbeArgs(path="x.rs"))
    assert it.call(rustc_probe, ProbeArgs(path="x.rs")) == first
    assert len(runs) == 1
    small = it.call(rustc_probe, ProbeArgs(path="x.rs", edits=(it.edit("x.rs", "'x'", "2"),)))
    large = it.call(rustc_probe, ProbeArgs(path="x.rs", edits=(it.edit("x.rs", "u8 = 'x'", "u8 = 2"),)))
    assert small.ok
    assert large == small
    assert len(runs) == 2
    it.call(rustc_probe, ProbeArgs(path="x.rs", edition="2018"))
    it.call(rustc_probe, ProbeArgs(path="x.rs", test=True))
    it.call(rustc_probe, ProbeArgs(path="x.rs", edits=(it.edit("x.rs", "'x'", "3"),)))
    assert len(runs) == 5
    crate = {"Cargo.toml": '[package]\nname = "demo"\n', "src/lib.rs": "pub fn f() {}\n"}
    of_crate = bench(lay(crate, "crate"))
    for _ in range(2):
        of_crate.call(rustc_probe, ProbeArgs(path="src/lib.rs"))
    assert len(runs) == 7


def test_its_tests(lay: Lay, bench: Callable) -> None:
    source = "fn f() -> u8 { 1 }\nfn main() {}\n#[test] fn ok() { assert_eq!(f(), 1) }\n"
    source += "#[test] fn bad() { assert_eq!(f(), 2) }\n"
    it = bench(lay({"x.rs": source}) / "x.rs")
    report = it.call(rustc_probe, ProbeArgs(path="x.rs", run_tests=True))
    assert report.passed == ("probe::ok",)
    (failure,) = report.failed
    assert failure.panicked_at is not None
    assert (failure.panicked_at.path, failure.panicked_at.line) == ("x.rs", 4)
    broken = it.call(
        rustc_probe,
        ProbeArgs(path="x.rs", run_tests=True, edits=(it.edit("x.rs", "-> u8", "-> u9"),)),
    )
    assert not broken.compiled
    assert broken.diagnostics[0].code in ("E0412", "E0425")


@pytest.mark.parametrize(
    ("source", "program"),
    [
        (b"fn main() {}", True),
        (b"// fn main\n  pub(crate) async fn main() {}", True),
        (b"#![no_main]\n", True),
        (b'extern "C" fn main() {}', True),
        (b"mod a { fn main() {} }", False),
        (b"mod a {\n    fn main() {}\n}", False),
        (b"mod a { /* } */ const C: char = '}'; const S: &str = \"}\";\nfn main() {}\n}", False),
        (b"fn mainly() {}", False),
        (b"", False),
    ],
)
def test_what_looks_like_a_program(source: bytes, program: bool) -> None:
    assert has_main(source) is program


def test_exactly_one_of_source_and_path() -> None:
    for args in ({}, {"source": "", "path": "a.rs"}):
        with pytest.raises(ValidationError, match="give either 'source' or 'path'"):
            SourceArgs.model_validate(args)
