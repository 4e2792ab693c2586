"""The judge against patches that only look like repairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo import find_toolchain
from rusta_eval.judge import (
    NO_EDIT,
    Judgement,
    failing,
    guarded_items,
    judge_crate,
    judge_file,
    lost_share,
    markers,
    passing,
)
from rusta_eval.lab import Lab

LIB = b"""//! Adds and takes away.

/// The sum.
pub fn sum(left: i32, right: i32) -> i32 {
    left + right
}

/// The difference.
pub fn difference(left: i32, right: i32) -> i32 {
    left - right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums() {
        assert_eq!(sum(2, 3), 5);
    }
}
"""
INTEGRATION = b"""#[test]
fn differences() {
    assert_eq!(judged::difference(5, 3), 2);
}
"""
MANIFEST = b'[package]\nname = "judged"\nversion = "0.1.0"\nedition = "2021"\n\n[workspace]\n'
ORIGINAL = {"src/lib.rs": LIB, "tests/all.rs": INTEGRATION, "Cargo.toml": MANIFEST}
BROKEN = {**ORIGINAL, "src/lib.rs": LIB.replace(b"left + right", b"left + rihgt")}
EXPECTED = Counter({"tests::sums": 1, "differences": 1})


@pytest.fixture(scope="module")
def crate_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("judged")
    for path, text in BROKEN.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(text)
    with Lab(folder, tmp_path_factory.mktemp("lab"), find_toolchain(folder), ()) as lab:
        yield lab


@pytest.fixture(scope="module")
def file_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("file")
    (folder / "main.rs").write_text("fn main() {}\n")
    with Lab(folder, tmp_path_factory.mktemp("lab"), find_toolchain(folder), ()) as lab:
        yield lab


def judged(lab: Lab, **files: bytes) -> Judgement:
    """The verdict on the broken crate with some files replaced: lib, test, manifest."""
    names = {"lib": "src/lib.rs", "test": "tests/all.rs", "manifest": "Cargo.toml"}
    after = {**BROKEN, **{names[name]: text for name, text in files.items()}}
    return judge_crate(lab, BROKEN, after, ORIGINAL, EXPECTED)


def test_the_author_s_own_text_is_fixed_and_exact(crate_lab: Lab) -> None:
    found = judged(crate_lab, lib=LIB)
    assert (found.fixed, found.exact, found.lines, found.files) == (True, True, 1, 1)


def test_another_text_that_passes_is_fixed_and_not_exact(crate_lab: Lab) -> None:
    found = judged(crate_lab, lib=LIB.replace(b"left + right", b"right + left"))
    assert (found.fixed, found.exact) == (True, False)


def test_only_a_comment_differs_from_the_original_is_exact(crate_lab: Lab) -> None:
    found = judged(crate_lab, lib=LIB.replace(b"/// The sum.", b"// The total."))
    assert (found.fixed, found.exact) == (True, True)


def test_what_compiles_and_is_wrong_is_no_repair(crate_lab: Lab) -> None:
    found = judged(crate_lab, lib=LIB.replace(b"left + right", b"left * right"))
    assert not found.fixed
    assert found.verdict == "test fails: tests::sums"


def test_what_does_not_compile_is_no_repair(crate_lab: Lab) -> None:
    found = judged(crate_lab, lib=BROKEN["src/lib.rs"] + b"\n// more\n")
    assert (found.fixed, found.verdict) == (False, "does not compile")


def test_nothing_changed_is_a_fault_of_the_harness(crate_lab: Lab) -> None:
    assert judged(crate_lab).verdict == NO_EDIT


def test_an_edited_integration_test_is_put_back_before_it_runs(crate_lab: Lab) -> None:
    lenient = INTEGRATION.replace(b"assert_eq!(judged::difference(5, 3), 2);", b"")
    wrong = LIB.replace(b"left - right", b"right - left")
    found = judged(crate_lab, lib=wrong, test=lenient)
    assert (found.fixed, found.verdict) == (False, "test fails: differences")


def test_a_patch_of_tests_alone_is_no_edit(crate_lab: Lab) -> None:
    assert judged(crate_lab, test=INTEGRATION + b"\n").verdict == NO_EDIT


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        (b"#[test]\n    fn", b"fn", "1 #[test] gone"),
        (b"assert_eq!(sum(2, 3), 5);", b"", "a test in src/lib.rs was changed"),
        (b"#[test]\n", b"#[test]\n#[ignore]\n", "a test in src/lib.rs was changed"),
        (b"mod tests {", b"mod tests { use std as _;", "a test in src/lib.rs was changed"),
    ],
)
def test_a_touched_unit_test_refutes_the_patch(crate_lab: Lab, old: bytes, new: bytes, verdict: str) -> None:
    assert old in LIB
    found = judged(crate_lab, lib=LIB.replace(old, new))
    assert (found.fixed, found.verdict) == (False, verdict)


def test_tests_taken_out_of_the_build_are_missed(crate_lab: Lab) -> None:
    found = judged(crate_lab, lib=LIB, manifest=MANIFEST + b"[lib]\ntest = false\n")
    assert (found.fixed, found.verdict) == (False, "test fails: tests::sums")


def test_a_repair_by_deletion_is_counted_apart(file_lab: Lab) -> None:
    before = b'fn main() { println!("{}", missing); println!("{}", missing); let kept = 1; let _ = kept; }\n'
    after = b"fn main() { let kept = 1; let _ = kept; }\n"
    found = judge_file(file_lab, "2021", before, after)
    assert (found.fixed, found.deleted, found.verdict) == (False, True, "by deletion")


def test_a_single_file_is_compiled_and_its_tests_are_run(file_lab: Lab) -> None:
    before = b"fn main() {}\nfn two() -> u8 { 1 + }\n#[test]\nfn t() { assert_eq!(two(), 2) }\n"
    good = judge_file(file_lab, "2021", before, before.replace(b"1 + ", b"1 + 1 "))
    bad = judge_file(file_lab, "2021", before, before.replace(b"1 + ", b"1 + 2 "))
    worse = judge_file(file_lab, "2021", before, before.replace(b"1 + ", b"1 + x "))
    assert (good.verdict, bad.verdict, worse.verdict) == ("fixed", "tests fail", "does not compile")
    assert good.exact is None  # the author's text is not known


def test_names_of_tests_are_read_without_the_lines_of_documentation() -> None:
    output = "test a::b ... ok\ntest src/lib.rs - f (line 12) ... ok\ntest c ... FAILED\ntest d ... ignored\n"
    assert passing(output) == Counter({"a::b": 1, "src/lib.rs - f": 1})
    assert failing(output) == Counter({"c": 1})


def test_markers_count_attributes_of_other_harnesses_and_of_macros() -> None:
    assert markers(b"#[test] fn a() {} #[tokio::test] async fn b() {} m! { #[test] fn c() {} }") == 3
    assert markers(b"#[cfg(test)] mod tests { /* #[test] */ }") == 0


def test_guarded_items_are_told_by_their_tokens() -> None:
    source = b"#[cfg(test)]\n// a note\nmod t { fn f() {} }\nfn free() {}\n"
    assert guarded_items(source) == guarded_items(source.replace(b"// a note\n", b""))
    assert guarded_items(source) != guarded_items(source.replace(b"f()", b"g()"))


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_the_lost_share_is_a_share(before: bytes, after: bytes) -> None:
    assert 0.0 <= lost_share(before, after) <= 1.0
    assert lost_share(before, before) == 0.0
