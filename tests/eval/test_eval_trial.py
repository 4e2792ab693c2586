"""Cases from end to end: the real product, the real baselines, the judge, one record."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from rusta_cargo import find_toolchain
from rusta_eval.canaries import canaries, missed
from rusta_eval.cases import Case, Strike, case_id, compile_text, write_json
from rusta_eval.compiler import faults_of
from rusta_eval.crates import Crate, prepare, read_tree, record_of
from rusta_eval.lab import Lab
from rusta_eval.measures import right
from rusta_eval.mutants import Plan, mutants_of
from rusta_eval.report import as_text, make_report
from rusta_eval.trial import Settings, run_case

SOURCE = """fn main() {
    let total = 0;
    for n in 0..3 {
        total += n;
    }
    println!("{total}");
}
"""
LIB = """//! Counts.

/// How many even numbers there are among `numbers`.
pub fn evens(numbers: &[u32]) -> usize {
    let mut count = 0;
    for number in numbers {
        if number % 2 == 0 {
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::evens;

    #[test]
    fn two_of_three() {
        assert_eq!(evens(&[1, 2, 4]), 2);
    }
}
"""


def a_file(source: str = SOURCE) -> Case:
    return Case(case_id(source), "index", "x#0", "2021", "E0384", "borrow", "m", source=source)


@pytest.fixture
def crate(tmp_path: Path) -> Crate:
    """A prepared crate, as :func:`prepare` leaves one."""
    folder = tmp_path / "crates" / "counted-1.0.0-abcdef01"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "lib.rs").write_text(LIB)
    (folder / "Cargo.toml").write_text(
        '[package]\nname = "counted"\nversion = "1.0.0"\nedition = "2021"\n\n[workspace]\n'
    )
    made = Crate("counted-1.0.0", str(folder), True, "", {"tests::two_of_three": 1})
    write_json(record_of(folder), asdict(made))
    return made


@pytest.fixture
def measured(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def run(case: Case, **settings: Any) -> dict[str, Any]:
        chosen = Settings(**{"budget": {"probes": 30.0, "wall": 60.0}, **settings})
        out, cache = str(tmp_path / "out"), str(tmp_path / "cache")
        record = run_case(case, chosen, out, cache, str(tmp_path / "out" / "work" / "slot-0"))
        return dict(json.loads(json.dumps(record)))  # what is written is all there is

    return run


def test_a_file_is_repaired_judged_and_held_beside_both_baselines(
    measured: Callable[..., dict[str, Any]],
) -> None:
    record = measured(a_file())
    product = record["product"]
    assert (product["outcome"], product["fixed"], product["wrong"]) == ("repaired", True, False)
    assert (product["lines"], product["files"], product["exact"]) == (1, 1, None)
    assert product["anchors"] == product["resolved"] >= 1
    assert product["rank"] >= 1
    assert "suggestions" in product["proposers"]
    won = [trial for trial in product["trials"] if trial["won"]]
    assert [trial["proposer"] for trial in won] == product["proposers"]
    assert 0 < product["confidence"] <= 1
    assert product["probes"] >= len(product["trials"])
    assert record["greedy"]["fixed"]
    assert record["cargo_fix"]["fixed"]
    assert record["greedy"]["checks"] >= 2
    again = measured(a_file())
    assert again["greedy"]["cached"]
    assert "fixed" in as_text(make_report("one", [again], {}))


def test_what_compiles_already_is_a_fault_of_the_harness(
    measured: Callable[..., dict[str, Any]],
) -> None:
    record = measured(a_file("fn main() {}\n"), baselines=False)
    assert record["product"]["harness"]
    assert "greedy" not in record


def test_a_budget_that_runs_out_is_no_offer(measured: Callable[..., dict[str, Any]]) -> None:
    record = measured(a_file(), baselines=False, budget={"probes": 1.0})
    assert record["product"]["outcome"] == "parked"
    assert (record["product"]["offered"], record["product"]["wrong"]) == (False, False)
    assert not record["product"]["harness"]


@pytest.mark.slow
def test_a_mutant_is_struck_in_a_copy_and_its_original_is_known(
    measured: Callable[..., dict[str, Any]], crate: Crate, tmp_path: Path
) -> None:
    at = LIB.index("mut count")
    strike = Strike("src/lib.rs", at, at + len("mut "), "", "drop_mut")
    case = Case("m1", "mutants", "o", "", "E0384", "borrow", "m", crate=crate.folder, strike=strike)
    record = measured(case)
    assert (Path(crate.folder) / "src" / "lib.rs").read_text() == LIB
    assert (record["product"]["fixed"], record["product"]["exact"]) == (True, True)
    assert right(record)
    assert record["operator"] == "drop_mut"
    assert record["greedy"]["exact"]
    assert record["greedy"]["proof_seconds"] > 0
    [compiled] = tmp_path.rglob("target/debug/deps/libcounted-*.rlib")
    again = measured(replace(case, id="m2"), baselines=False)
    assert again["product"]["exact"]
    assert list(compiled.parent.glob("libcounted-*.rlib")) == [compiled], "the developer's build is of the sound crate"


@pytest.mark.slow
def test_mutants_stop_the_build_and_behaviour_fails_a_test(crate: Crate, tmp_path: Path) -> None:
    toolchain, cache = find_toolchain(tmp_path), tmp_path / "cache"
    for kind in ("build", "behaviour"):
        plan = Plan(seed=5, count=2, kind=kind)
        cases = mutants_of(crate, plan, toolchain, cache)
        assert len(cases) == 2
        assert mutants_of(crate, plan, toolchain, cache) == cases
        (kept,) = (cache / "mutants").glob(f"*-{kind}-*")
        kept.unlink()
        assert mutants_of(crate, plan, toolchain, cache) == cases  # made anew, the same
        for case in cases:
            assert case.strike is not None
            text = LIB.encode()
            broken = text[: case.strike.start] + case.strike.text.encode() + text[case.strike.end :]
            options = ("--crate-type=lib", "--emit=metadata", "--error-format=json", "src/lib.rs")
            with Lab(Path(crate.folder), tmp_path / "lab", toolchain, ()) as lab:
                lab.lay({"src/lib.rs": broken})
                done = lab.rustc(*options, "-o", str(lab.scratch / "x.rmeta"))
            assert done.ok is (kind == "behaviour"), case.origin
            assert bool(faults_of(done.stderr)) is (kind == "build")


def test_a_crate_is_prepared_without_what_is_not_here(tmp_path: Path) -> None:
    source = tmp_path / "raw-0.1.0"
    (source / "src").mkdir(parents=True)
    (source / "tests").mkdir()
    (source / "benches").mkdir()
    (source / "src" / "lib.rs").write_text(LIB)
    (source / "tests" / "good.rs").write_text("#[test]\nfn works() { assert_eq!(raw::evens(&[]), 0) }\n")
    (source / "tests" / "bad.rs").write_text("use nowhere::x;\n#[test]\nfn never() { x() }\n")
    (source / "benches" / "b.rs").write_text("use criterion::x;\n")
    (source / "Cargo.toml").write_text(
        '[package]\nname = "raw"\nversion = "0.1.0"\nedition = "2021"\n\n[dev-dependencies]\n'
        'nowhere = "1"\ncriterion = "0.3"\n\n[features]\nfancy = []\n\n[[bench]]\nname = "b"\nharness = false\n'
    )
    registry = tmp_path / "registry"
    registry.mkdir()
    toolchain = find_toolchain(tmp_path)
    crate = prepare(source, toolchain, tmp_path / "cache", registry)
    assert crate.ok, crate.why
    assert crate.tests == {"tests::two_of_three": 1, "works": 1}
    assert sorted(read_tree(Path(crate.folder))) == ["Cargo.toml", "src/lib.rs", "tests/good.rs"]
    assert prepare(source, toolchain, tmp_path / "cache", registry) == crate
    assert (source / "tests" / "bad.rs").exists()


def test_a_crate_whose_tests_fail_is_not_used(tmp_path: Path) -> None:
    source = tmp_path / "bad-0.1.0"
    (source / "src").mkdir(parents=True)
    (source / "src" / "lib.rs").write_text("#[test]\nfn no() { panic!() }\n")
    (source / "Cargo.toml").write_text('[package]\nname = "bad"\nversion = "0.1.0"\n')
    registry = tmp_path / "registry"
    registry.mkdir()
    crate = prepare(source, find_toolchain(tmp_path), tmp_path / "cache", registry)
    assert (crate.ok, crate.why) == (False, "its tests fail: no")


def test_the_canaries_are_broken_in_the_way_that_is_written_down(tmp_path: Path) -> None:
    toolchain = find_toolchain(tmp_path)
    cases = canaries(tmp_path, toolchain)
    assert len(cases) >= 8
    assert len({case.category for case in cases}) >= 8
    for case in cases:
        source = (Path(case.crate) / "src" / "lib.rs").read_text()
        ok, faults = compile_text(toolchain, '#![crate_type = "lib"]\n' + source, "2021")
        if case.category == "tests":
            assert ok
        else:
            assert case.code in {fault.code for fault in faults}, case.origin
            assert case.category in {fault.category for fault in faults}, case.origin


@pytest.mark.slow
def test_what_a_canary_misses_is_told(measured: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    (case,) = [c for c in canaries(tmp_path, find_toolchain(tmp_path)) if c.origin.endswith("/lost_mut")]
    good = measured(case, baselines=False)
    assert missed([good]) == []
    worse = measured(case, baselines=False, without=("suggestions", "mutability"))
    (told,) = missed([worse])
    assert told.startswith("canary/lost_mut: abstained instead of repaired") or worse["product"]["fixed"]
