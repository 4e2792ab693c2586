"""``cargo_test`` on real crates: verdicts, reruns, programs that crash, hang or bring their own harness."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rusta_cargo.libtest import Verdict
from rusta_cargo.models import TestArgs
from rusta_cargo.running import Outcome
from rusta_cargo.tools.testing import cargo_test, majority

Lay = Callable[..., Path]
MANIFEST = '[package]\nname = "demo"\nversion = "1.2.3"\nedition = "2021"\n'
HARNESS = '[[test]]\nname = "own"\nharness = false\n'

LIBRARY = """
//! ```
//! assert_eq!(demo::go(1), 2);
//! ```
/// ```
/// assert_eq!(demo::go(1), 3);
/// ```
/// ```compile_fail
/// demo::nope();
/// ```
pub fn go(x: u32) -> u32 { x + 1 }

#[cfg(test)]
mod tests {
    #[test] fn ok() { assert_eq!(super::go(1), 2); }
    #[test] fn bad() {
        assert_eq!(super::go(1), 3, "ü");
    }
    #[test] #[ignore] fn skipped() {}
    #[test] #[should_panic] fn panics() { panic!("as it should"); }
    #[test] fn surroundings() {
        assert_eq!(std::env::var("CARGO_PKG_VERSION").unwrap(), "1.2.3");
        assert_eq!(std::env::var("CARGO_PKG_VERSION_MINOR").unwrap(), "2");
        assert!(std::path::Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("Cargo.toml").exists());
        assert!(std::path::Path::new("Cargo.toml").exists());
    }
}
"""


def test_every_kind_of_test(lay: Lay, bench: Callable) -> None:
    files = {
        "Cargo.toml": MANIFEST + HARNESS,
        "src/lib.rs": LIBRARY,
        "src/main.rs": "fn main() {}\n#[test] fn in_main() {}\n",
        "tests/own.rs": 'fn main() { println!("own words"); std::process::exit(3) }',
        "tests/it.rs": "#[test] fn it() { demo::go(4); }",
    }
    it = bench(lay(files))
    report = it.call(cargo_test, TestArgs())
    assert report.compiled
    assert not report.ok
    assert report.passed == (
        "demo bin:demo::in_main",
        "demo demo::tests::ok",
        "demo demo::tests::panics",
        "demo demo::tests::surroundings",
        "demo doc::src/lib.rs -",
        "demo doc::src/lib.rs - go #2",
        "demo test:it::it",
    )
    assert report.ignored == ("demo demo::tests::skipped",)
    bad, example, own = report.failed
    assert (bad.name, example.name, own.name) == (
        "demo demo::tests::bad",
        "demo doc::src/lib.rs - go",
        "demo test:own",
    )
    assert bad.message == "assertion `left == right` failed: ü\n  left: 2\n right: 3"
    assert bad.panicked_at is not None
    place = bad.panicked_at
    assert (it.workspace.read_base(place.path)[place.start :]).startswith(b"assert_eq!(super::go(1), 3")
    assert "own words" in own.output

    fewer = it.call(cargo_test, TestArgs(filter="tests::ok", doctests=False))
    assert (fewer.ok, fewer.passed) == (True, ("demo demo::tests::ok",))

    broken = it.call(cargo_test, TestArgs(edits=(it.edit("src/lib.rs", "x + 1", "x + y"),)))
    assert (broken.compiled, broken.ok, broken.passed) == (False, False, ())
    assert [d.code for d in broken.diagnostics] == ["E0425"]


def test_programs_that_end_early(lay: Lay, bench: Callable) -> None:
    tests = """
#[test] fn a() {}
#[test] fn b_aborts() { std::process::abort() }
#[test] fn c_leaves() { std::process::exit(0) }
#[test] fn d_prints() { std::process::Command::new("echo").arg("words").status().unwrap(); }
#[test] fn e() { assert!(false, "plain") }
#[test] #[ignore] fn f() {}
"""
    it = bench(lay({"Cargo.toml": MANIFEST, "src/lib.rs": "", "tests/it.rs": tests}))
    report = it.call(cargo_test, TestArgs())
    assert report.passed == ("demo test:it::a", "demo test:it::d_prints")
    said = {failure.name.rpartition("::")[2]: failure.message for failure in report.failed}
    assert said == {
        "b_aborts": "the test ended the test program: signal 6",
        "c_leaves": "the test ended the test program: exit code 0",
        "e": "plain",
    }
    assert report.ignored == ("demo test:it::f",)


def test_a_test_that_hangs(lay: Lay, bench: Callable) -> None:
    tests = "#[test] fn a() {}\n#[test] fn hangs() { loop {} }\n#[test] fn z() {}\n"
    it = bench(lay({"Cargo.toml": MANIFEST, "src/lib.rs": "", "tests/it.rs": tests}))
    assert it.call(cargo_test, TestArgs(filter="z")).compiled, "warm, so that the time below is the tests' own"
    report = it.call(cargo_test, TestArgs(), timeout_s=8)
    assert report.passed == ("demo test:it::a", "demo test:it::z")
    assert [failure.name for failure in report.failed] == ["demo test:it::hangs"]
    assert report.failed[0].message.startswith("it did not end within")


def test_flaky_tests_are_named(lay: Lay, bench: Callable) -> None:
    """The file that the first run leaves behind lets the later ones pass; it never reaches the real tree."""
    tests = """
#[test] fn flaky() {
    let seen = std::path::Path::new("seen").exists();
    std::fs::write("seen", "").unwrap();
    assert!(seen);
}
#[test] fn never() { panic!("always") }
"""
    root = lay({"Cargo.toml": MANIFEST, "src/lib.rs": "", "tests/it.rs": tests})
    it = bench(root)
    report = it.call(cargo_test, TestArgs(reruns=2))
    assert report.flaky == ("demo test:it::flaky",)
    assert report.passed == ("demo test:it::flaky",)
    assert [failure.name for failure in report.failed] == ["demo test:it::never"]
    once = it.call(cargo_test, TestArgs())
    assert (len(once.failed), once.flaky) == (2, ()), "each call starts from the base"
    assert not (root / "seen").exists()


@pytest.mark.parametrize(
    ("runs", "passes", "flaky", "needed"),
    [
        ("FF", False, False, 2),  # two of three have failed, no third run
        ("FPP", True, True, 3),
        ("FPF", False, True, 3),
        ("P", True, False, 1),
    ],
)
def test_the_majority_decides(runs: str, passes: bool, flaky: bool, needed: int) -> None:
    made: list[str] = []

    def run(_names: object = None) -> Outcome:
        made.append(runs[len(made)])
        verdict = Verdict.OK if made[-1] == "P" else Verdict.FAILED
        return Outcome({"t": verdict}, {"t": "why"} if verdict is Verdict.FAILED else {})

    outcome, unsteady = majority(run, run, 2)
    assert (outcome.verdicts["t"] is Verdict.OK) is passes
    assert (unsteady == {"t"}) is flaky
    assert len(made) == needed


def test_no_tests_at_all(lay: Lay, bench: Callable) -> None:
    report = bench(lay({"Cargo.toml": MANIFEST, "src/lib.rs": ""})).call(cargo_test, TestArgs())
    assert (report.compiled, report.ok, report.note) == (True, True, "there are no tests")


def test_only_some_tests_by_their_full_names(lay: Lay, bench: Callable) -> None:
    files = {
        "Cargo.toml": MANIFEST,
        "src/lib.rs": LIBRARY,
        "tests/it.rs": "#[test] fn ok() { demo::go(4); }\n#[test] fn more() {}\n",
    }
    it = bench(lay(files))
    report = it.call(cargo_test, TestArgs(only=("demo demo::tests::ok", "demo test:it::ok")))
    assert report.passed == ("demo demo::tests::ok", "demo test:it::ok")
    assert not report.failed
    assert report.command == "cargo test -- --exact tests::ok ok"
    examples = it.call(cargo_test, TestArgs(only=("demo doc::src/lib.rs - (line 2)", "demo doc::src/lib.rs - go")))
    assert [test.name for test in examples.failed] == ["demo doc::src/lib.rs - go"]
    assert not examples.passed


def test_the_tests_have_a_limit_of_their_own(lay: Lay, bench: Callable) -> None:
    spin = "pub fn f() {}\n#[test] fn hangs() { loop { std::hint::spin_loop(); } }\n#[test] fn fine() {}\n"
    it = bench(lay({"Cargo.toml": MANIFEST, "src/lib.rs": spin}))
    report = it.call(cargo_test, TestArgs(limit_s=4))
    assert report.passed == ("demo demo::fine",)
    (failure,) = report.failed
    assert failure.name == "demo demo::hangs"
    assert "did not end" in failure.message or "was not run" in failure.message
    assert report.seconds > 0


EXAMPLE = """//! ```
//! assert!(cfg!(foo));
//! let program = std::env::current_exe().unwrap();
//! assert!(std::fs::metadata(program).unwrap().len() < 1 << 20);
//! ```
"""


def test_examples_are_linked_without_debug_information_and_with_the_users_flags(
    bench: Callable, lay: Callable[..., Path]
) -> None:
    config = '[build]\nrustdocflags = ["--cfg", "foo"]\n'
    it = bench(lay({"Cargo.toml": MANIFEST, "src/lib.rs": EXAMPLE, ".cargo/config.toml": config}))
    report = it.call(cargo_test, TestArgs())
    assert [name for name in report.passed if " doc" in name]
    assert report.ok, [test.output for test in report.failed]
