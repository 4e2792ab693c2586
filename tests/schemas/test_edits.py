"""Edits: what is applied can be taken back byte for byte, and what does not fit is refused."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from rusta_schemas.edits import (
    Edit,
    apply_edits,
    apply_to_files,
    by_path,
    changed_lines,
    diff_edits,
    invert,
    unified_diff,
)
from rusta_schemas.errors import EditError

pieces = st.sampled_from(
    ["", "a", "b", "fn x() {}", "\n", "\r\n", "\r", "\ufeff", "ü", "e\u0301", "🦀", "\u2028", "\x0b", "\x0c",
     "\x85", "\t", "\0", " ", "}\n", "\n\n"]
)  # fmt: skip
texts = st.lists(pieces, max_size=14).map("".join)


def edit(start: int, removed: str, inserted: str, path: str = "f") -> Edit:
    end = start + len(removed.encode())
    return Edit(path=path, start=start, end=end, removed=removed, inserted=inserted)


@st.composite
def edited(draw: st.DrawFn) -> tuple[bytes, list[Edit]]:
    """A text, and edits of it that do not overlap; some touch."""
    parts = draw(st.lists(st.tuples(texts, st.booleans(), texts), max_size=6))
    edits, position = [], 0
    last: tuple[int, int] | None = None
    for old, change, new in parts:
        size = len(old.encode())
        span = (position, position + size)
        if change and span != last:
            edits.append(edit(position, old, new))
            last = span
        position += size
    return "".join(old for old, _, _ in parts).encode(), draw(st.permutations(edits))


@given(edited())
@example((b"xyzq", [edit(0, "xyz", ""), edit(3, "q", "")]))
def test_inverting_takes_everything_back(case: tuple[bytes, list[Edit]]) -> None:
    text, edits = case
    after = apply_edits(text, edits)
    assert apply_edits(after, invert(edits)) == text
    assert apply_edits(apply_edits(after, invert(edits)), invert(invert(edits))) == after


@given(edited())
def test_edits_do_what_they_say(case: tuple[bytes, list[Edit]]) -> None:
    """Against the simplest way: from the end to the beginning."""
    text, edits = case
    expected = text
    for one in sorted(edits, key=lambda e: (e.start, e.end), reverse=True):
        expected = expected[: one.start] + one.inserted.encode() + expected[one.end :]
    assert apply_edits(text, edits) == expected


@given(texts, texts)
def test_a_difference_applied_is_the_new_text(old: str, new: str) -> None:
    edits = diff_edits("f", old.encode(), new.encode())
    assert apply_edits(old.encode(), edits) == new.encode()
    assert apply_edits(new.encode(), invert(edits)) == old.encode()
    assert (edits == ()) == (old == new)


@given(texts, st.data())
def test_a_difference_is_small(text: str, data: st.DataObject) -> None:
    """One inserted character costs one inserted character."""
    at = data.draw(st.integers(0, len(text)))
    edits = diff_edits("f", text.encode(), (text[:at] + "Q" + text[at:]).encode())
    assert [(e.removed, e.inserted) for e in edits] == [("", "Q")]


@pytest.mark.parametrize(
    ("first", "second"),
    [((0, "ab"), (1, "bc")), ((0, "abc"), (1, "b")), ((1, "b"), (1, "b")), ((1, ""), (1, ""))],
)
def test_overlapping_edits_are_refused(first: tuple[int, str], second: tuple[int, str]) -> None:
    with pytest.raises(EditError, match="overlap"):
        apply_edits(b"abcd", [edit(*first, "1"), edit(*second, "2")])


def test_touching_edits_are_fine() -> None:
    assert apply_edits(b"abcd", [edit(2, "c", "C"), edit(1, "b", "B"), edit(1, "", "+")]) == b"a+BCd"


@given(edited(), st.data())
def test_a_changed_text_is_refused(case: tuple[bytes, list[Edit]], data: st.DataObject) -> None:
    text, edits = case
    inside = sorted({i for e in edits for i in range(e.start, e.end)})
    if not inside:
        return
    at = data.draw(st.sampled_from(inside))
    changed = text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]
    with pytest.raises(EditError, match="has changed"):
        apply_edits(changed, edits)
    with pytest.raises(EditError):
        apply_edits(text[:at], edits)


@pytest.mark.parametrize(("start", "end"), [(0, 1), (2, 1), (0, 99)])
def test_a_span_has_the_size_of_the_removed_text(start: int, end: int) -> None:
    with pytest.raises(ValidationError, match="bytes"):
        Edit(path="f", start=start, end=end, removed="ab", inserted="")


@pytest.mark.parametrize("field", ["removed", "inserted"])
def test_half_a_surrogate_pair_is_no_text(field: str) -> None:
    values = {"removed": "", "inserted": "", field: "\ud800"}
    with pytest.raises(ValidationError, match=r"Unicode|surrogates"):
        Edit(path="f", start=0, end=0, **values)


def test_a_changed_part_that_is_not_utf8_is_refused_with_its_place() -> None:
    with pytest.raises(EditError, match="byte 2"):
        diff_edits("f", b"a\n\xff\n", b"a\nb\n")
    kept = diff_edits("f", b"\xff\nold\n", b"\xff\nnew\n")
    assert apply_edits(b"\xff\nold\n", kept) == b"\xff\nnew\n", "elsewhere it does not matter"


def test_several_files() -> None:
    edits = [edit(0, "a", "1", "y"), edit(0, "", "new", "x/n"), edit(1, "b", "2", "y")]
    assert list(by_path(edits)) == ["x/n", "y"]
    after = apply_to_files({"y": b"ab", "z": b"z"}, edits)
    assert after == {"x/n": b"new", "y": b"12"}
    assert apply_to_files(after, invert(edits)) == {"x/n": b"", "y": b"ab"}


@given(texts, texts)
def test_changed_lines(old: str, new: str) -> None:
    before, after = old.encode(), new.encode()
    count = changed_lines(before, after)
    assert (count == 0) == (before == after)
    sizes = len(before.splitlines()), len(after.splitlines())
    assert abs(sizes[0] - sizes[1]) <= count <= sum(sizes)


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [("a\nb\nc\n", "a\nX\nc\n", 1), ("a\n", "a\nb\nc\n", 2), ("a\nb\n", "", 2), ("a\n", "a", 1),
     ("a\r\n", "a\n", 1), ("a\nb\nc\n", "X\nb\nY\n", 2), ("a\nb\n", "X\n", 2)],
)  # fmt: skip
def test_changed_lines_as_a_person_counts(old: str, new: str, count: int) -> None:
    assert changed_lines(old.encode(), new.encode()) == count


PROGRAMS = {
    "git": ["git", "apply", "--whitespace=nowarn", "-p1", "change.diff"],
    "patch": ["patch", "-p1", "--binary", "--silent", "--posix", "-i", "change.diff"],
}
SLOWER = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
lines = st.lists(texts.filter(lambda t: "\0" not in t), min_size=1, max_size=4).map("\n".join)


def applied(program: str, path: str, old: bytes, new: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(old)
        (Path(folder) / "change.diff").write_bytes(unified_diff(path, old, new).encode())
        environment = {"PATH": "/usr/bin:/bin", "GIT_CEILING_DIRECTORIES": str(Path(folder).parent)}
        done = subprocess.run(
            PROGRAMS[program],
            cwd=folder,
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return target.read_bytes()


@pytest.mark.parametrize("program", PROGRAMS)
@SLOWER
@given(lines, lines)
def test_the_real_programs_apply_our_diffs(program: str, old: str, new: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    if old == new or not old or not new:
        return
    assert applied(program, "src/f.rs", old.encode(), new.encode()) == new.encode()


@pytest.mark.parametrize("path", ["a b/c d.rs", "ümlaut/ß.rs", "tab\there", 'quo"te', "back\\slash", "new\nline"])
def test_git_applies_our_diffs_to_strange_names(path: str) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    assert applied("git", path, b"one\ntwo\n", b"one\n2\n") == b"one\n2\n"


def test_no_change_is_no_diff() -> None:
    assert unified_diff("f", b"a\n", b"a\n") == ""
