"""What is no repair: deletion, hidden or weakened tests, emptied bodies, places that are not the author's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair.guards import Change, deleted_share, place_refusal, refusals

SOURCE = b"""//! A crate.

mod parts;

/// Adds.
///
/// ```
/// assert_eq!(demo::add(1, 2), 3);
/// ```
pub fn add(a: u32, b: u32) -> u32 {
    a + b
}

pub fn sub(a: u32, b: u32) -> u32 {
    if b > a {
        return 0;
    }
    a - b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds() {
        let sum = add(1, 2);
        assert_eq!(sum, 3);
    }

    #[test]
    #[should_panic(expected = "boom")]
    fn panics() {
        panic!("boom");
    }
}
"""


WHOLE_TEST = """    #[test]
    fn adds() {
        let sum = add(1, 2);
        assert_eq!(sum, 3);
    }
"""


def why(old: str, new: str, source: bytes = SOURCE, path: str = "src/lib.rs") -> list[str]:
    """The refusals of replacing ``old`` by ``new``."""
    assert source.count(old.encode()) == 1, f"{old!r} stands {source.count(old.encode())} times"
    return refusals([Change(path, source, source.replace(old.encode(), new.encode()))])


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (WHOLE_TEST, "", "gone"),
        ("    #[test]\n    fn adds", "    fn adds", "gone"),
        ("fn adds", "fn renamed", "gone"),
        ("    #[test]\n    fn adds", "    #[test]\n    #[ignore]\n    fn adds", "hidden by #[ignore]"),
        ("    #[test]\n    fn adds", '    #[test]\n    #[cfg(feature = "x")]\n    fn adds', "hidden by #[cfg]"),
        ("    #[test]\n    fn adds", "    #[test]\n    #[should_panic]\n    fn adds", "hidden by #[should_panic]"),
        ("#[cfg(test)]", "#[cfg(all(test, unix))]", "hidden by #[cfg]"),
        ("assert_eq!(sum, 3)", "assert_eq!(sum, 4)", "an assertion"),
        ("        assert_eq!(sum, 3);\n", "", "an assertion"),
        ("let sum = add(1, 2);\n        assert_eq!(sum, 3);", "", "an assertion"),
        ('panic!("boom");', "", None),
        ("/// ```\n/// assert_eq!(demo::add(1, 2), 3);\n/// ```\n", "", "documentation test"),
        ("/// ```\n/// assert", "/// ```ignore\n/// assert", "documentation test"),
        ("mod parts;\n", "", "taken out of the build"),
        ("//! A crate.\n", "//! A crate.\n#![cfg(any())]\n", "#![cfg]"),
        ("pub fn sub", "#[cfg(any())]\npub fn sub", "hidden by #[cfg]"),
        ("    a + b\n", "", "emptied"),
        ("    a + b\n", "    todo!()\n", "emptied"),
        ("    a + b\n", '    unimplemented!("later {}", 1);\n', "emptied"),
    ],
)  # fmt: skip
def test_what_hides_an_error_is_refused(old: str, new: str, reason: str | None) -> None:
    found = why(old, new)
    if reason is None:  # a body that did nothing but panic may be emptied: nothing is lost
        assert found == []
    else:
        assert any(reason in text for text in found), found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a + b", "a.wrapping_add(b)"),
        ("pub fn add", "pub const fn add"),
        ("use super::*;", "use super::add;"),
        ("let sum = add(1, 2);", "let sum: u32 = add(1, 2);"),
        ("    if b > a {\n        return 0;\n    }\n", ""),
        ("/// Adds.", "/// Adds two numbers."),
        ("    a - b\n", "    todo!();\n    a - b\n"),
        ("mod parts;\n", "mod parts;\nmod more;\n"),
        ("#[test]\n    fn adds", "#[inline]\n    #[test]\n    fn adds"),
    ],
)
def test_a_change_that_mends_is_not_refused(old: str, new: str) -> None:
    assert why(old, new) == []


def test_most_of_a_file_may_not_be_deleted() -> None:
    cut = SOURCE[: SOURCE.index(b"pub fn sub")]
    assert deleted_share(SOURCE, cut) > 0.25
    assert any("deleted" in text for text in refusals([Change("src/lib.rs", SOURCE, cut)]))


def test_code_in_comments_is_deleted_code() -> None:
    body = SOURCE.replace(b"pub fn sub", b"/* pub fn sub").replace(b"    a - b\n}\n", b"    a - b\n}*/\n")
    assert deleted_share(SOURCE, body) > 0.2


def test_comments_are_no_code() -> None:
    commented = b"// one\n// two\n// three\n// four\n// five\nfn a() {}\n"
    assert deleted_share(commented, b"fn a() {}\n") == 0
    assert refusals([Change("a.rs", commented, b"fn a() {}\n")]) == []


def test_a_small_deletion_in_a_small_file_is_no_deletion_of_code() -> None:
    assert refusals([Change("a.rs", b"pub fn main() {}\n", b"fn main() {}\n")]) == []


def test_a_test_that_a_macro_declares_counts_too() -> None:
    source = b"make! {\n    #[test]\n    fn inside() { one(); two(); three(); }\n}\n" + SOURCE
    assert any("#[test]" in text for text in why("    #[test]\n    fn inside", "    fn inside", source))


def test_attributes_of_frameworks_declare_tests() -> None:
    source = b"#[tokio::test]\nasync fn waits() { assert!(true); }\n" + SOURCE
    assert why("assert!(true)", "", source)
    assert why("#[tokio::test]\n", "", source)


def test_a_broken_file_is_judged_all_the_same() -> None:
    broken = SOURCE.replace(b"a + b", b"a + ")
    assert why("assert_eq!(sum, 3)", "assert_eq!(sum, 9)", broken)
    assert why("a + ", "a + b", broken) == []


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("src/lib.rs", False),
        ("Cargo.toml", False),
        ("member/src/tests/mod.rs", False),
        ("src/tests.rs", False),
        ("tests/all.rs", True),
        ("member/tests/deep/mod.rs", True),
        ("Cargo.lock", True),
        ("vendor/serde/src/lib.rs", True),
        ("target/debug/build/x/out/gen.rs", True),
        (".cargo/config.toml", True),
        ("src/data.json", True),
        ("../other/src/lib.rs", True),
        ("/usr/lib/rustlib/src/lib.rs", True),
        ("src//lib.rs", True),
    ],
)
def test_only_the_author_s_own_source_may_change(path: str, refused: bool) -> None:
    assert (place_refusal(path, ("", "member")) is not None) == refused


def test_an_integration_test_that_does_not_compile_may_be_mended_but_not_its_assertions() -> None:
    path, broken = "tests/all.rs", frozenset({"tests/all.rs"})
    fine = Change(path, SOURCE, SOURCE.replace(b"a + b", b"b + a"))
    bent = Change(path, SOURCE, SOURCE.replace(b"assert_eq!(sum, 3)", b"assert_eq!(sum, 9)"))
    assert refusals([fine]) != []
    assert refusals([fine], broken=broken) == []
    assert refusals([bent], broken=broken) != []
    assert place_refusal("tests/other.rs", ("",), broken) is not None


def test_a_file_may_not_disappear() -> None:
    assert refusals([Change("src/lib.rs", SOURCE, None)])
    assert refusals([Change("src/new.rs", None, b"fn f() {}\n")]) == []


@given(st.integers(0, len(SOURCE)), st.text(max_size=12))
def test_guards_judge_any_text(place: int, text: str) -> None:
    changed = SOURCE[:place] + text.encode("utf-8", "replace") + SOURCE[place:]
    assert isinstance(refusals([Change("src/lib.rs", SOURCE, changed)]), list)
    assert refusals([Change("src/lib.rs", SOURCE, SOURCE)]) == []


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_guards_judge_any_bytes(before: bytes, after: bytes) -> None:
    share = deleted_share(before, after)
    assert 0 <= share <= 1
    assert isinstance(refusals([Change("a.rs", before, after)]), list)
    assert refusals([Change("a.rs", before, before)]) == []


@given(st.lists(st.sampled_from(["adds", "panics"]), min_size=1, unique=True), st.booleans())
def test_no_test_can_be_taken_away(names: list[str], whole: bool) -> None:
    text = SOURCE.decode()
    for name in names:
        start = text.index(f"    fn {name}(")
        end = text.index("    }\n", start) + 6
        text = text[:start] + ("" if whole else f"    fn {name}() {{}}\n") + text[end:]
    found = refusals([Change("src/lib.rs", SOURCE, text.encode())])
    if whole or "adds" in names:
        assert found


@pytest.mark.parametrize(
    ("before", "after", "fine"),
    [
        ("#[cfg(unknown())]", "#[cfg(unix)]", True),
        ("#[cfg(unknown(unix))]", "#[cfg(not(unix))]", True),
        ("#[cfg(all(unknown()))]", "#[cfg(all())]", True),
        ("#[cfg(unknown())]", "#[cfg(any())]", False),
        ("#[cfg(not(unix))]", "#[cfg(unix)]", False),
        ("#[cfg(any(unix, windows))]", "#[cfg(windows)]", False),
    ],
)
def test_a_condition_that_there_is_not_may_be_mended(before: str, after: str, fine: bool) -> None:
    item = "pub fn f() -> u8 {\n    1\n}\npub fn g() -> u8 {\n    f() + 1\n}\n"
    change = Change("src/lib.rs", f"{before}\n{item}".encode(), f"{after}\n{item}".encode())
    assert (refusals([change]) == []) is fine


def test_a_module_that_is_declared_twice_may_lose_one_declaration() -> None:
    twice, once = b"mod parts;\nmod parts;\n", b"mod parts;\n"
    assert refusals([Change("src/lib.rs", twice, once)]) == []
    platforms = b"#[cfg(unix)]\nmod parts;\n#[cfg(windows)]\nmod parts;\n"
    assert refusals([Change("src/lib.rs", platforms, b"#[cfg(unix)]\nmod parts;\n")]) != []


def test_a_module_without_a_file_may_be_declared_under_another_name() -> None:
    change = [Change("src/lib.rs", b"mod lex;\npub fn f() {}\n", b"mod scan;\npub fn f() {}\n")]
    assert refusals(change, files=("src/lib.rs", "src/scan.rs")) == []
    for there in ("src/lex.rs", "src/lex/mod.rs", "src/lib/lex.rs"):
        assert refusals(change, files=("src/lib.rs", "src/scan.rs", there)) != []
    named = [Change("src/lib.rs", b'#[path = "a.rs"]\nmod lex;\n', b"mod scan;\n")]
    assert refusals(named, files=("src/lib.rs", "src/a.rs")) != []


@pytest.mark.parametrize(
    ("before", "after", "fine"),
    [
        ("#![cfg_attr(test deny(warnings))]\n", "#![cfg_attr(test, deny(warnings))]\n", True),
        ("#[cfg_attr(test inline)]\n", "#[cfg_attr(test, inline)]\n", True),
        ("#![cfg_attr(test, deny(warnings))]\n", "#![cfg_attr(unix, deny(warnings))]\n", False),
        ("#![deny(warnings)]\n", "#![cfg_attr(test, deny(warnings))]\n", False),
        ("#[inline]\n", "#[cfg(test)]\n", False),
    ],
)
def test_a_sign_in_a_condition_may_be_mended(before: str, after: str, fine: bool) -> None:
    """The words of the condition stay, so it hides no more than it was meant to."""
    item = "pub fn f() -> u8 {\n    1\n}\npub fn g() -> u8 {\n    f() + 1\n}\n"
    change = Change("src/lib.rs", f"{before}{item}".encode(), f"{after}{item}".encode())
    assert (refusals([change]) == []) is fine
