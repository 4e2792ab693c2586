"""Trees of the search: replacements, identity, line endings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair.tree import BASE, BadReplacement, TreeState, replace_in, uses_crlf
from rusta_schemas.diagnostic import Replacement
from rusta_schemas.edits import apply_to_files, invert

FILES = {"src/lib.rs": "fn größe() {}\n".encode(), "src/a.rs": b"mod x;\r\nmod y;\r\n"}


def read(path: str) -> bytes:
    return FILES[path]


def put(start: int, end: int, text: str, path: str = "src/lib.rs") -> Replacement:
    return Replacement(path=path, start=start, end=end, text=text)


@st.composite
def texts_and_replacements(draw: st.DrawFn) -> tuple[bytes, list[Replacement]]:
    """A text and replacements on its character boundaries that do not overlap."""
    text = draw(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=40))
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6).map(lambda x: x[: len(x) // 2 * 2])))
    offsets = [len(text[:place].encode()) for place in places]
    inserted = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=8)
    pairs = zip(offsets[::2], offsets[1::2], strict=True)
    return text.encode(), [put(a, b, draw(inserted)) for a, b in pairs]


@given(texts_and_replacements())
def test_a_replacement_changes_its_spans_and_nothing_else(
    case: tuple[bytes, list[Replacement]],
) -> None:
    source, replacements = case
    expected, position = b"", 0
    for item in replacements:
        expected += source[position : item.start] + item.text.encode()
        position = item.end
    assert replace_in(source, replacements) == expected + source[position:]


@given(texts_and_replacements())
def test_the_edits_of_a_tree_lead_there_and_back(case: tuple[bytes, list[Replacement]]) -> None:
    source, replacements = case
    base = {"src/lib.rs": source}.__getitem__
    tree = BASE.replace(replacements, base)
    edits = tree.edits(base)
    after = apply_to_files({"src/lib.rs": source}, edits)
    assert after.get("src/lib.rs", source) == tree.source("src/lib.rs", base)
    if edits:
        assert apply_to_files(after, invert(edits))["src/lib.rs"] == source


def test_insertions_at_one_place_keep_their_order() -> None:
    assert replace_in(b"ab", [put(1, 1, "x"), put(1, 1, "y")]) == b"axyb"


@pytest.mark.parametrize(
    ("replacements", "why"),
    [
        ([put(0, 99, "")], "outside"),
        ([put(6, 5, "")], "outside"),
        ([put(6, 6, "")], "inside a character"),
        ([put(0, 5, ""), put(3, 7, "")], "overlap"),
        ([put(0, 0, "\ud800")], "Unicode"),
    ],
)
def test_a_replacement_that_does_not_fit_is_refused(replacements: list[Replacement], why: str) -> None:
    with pytest.raises(BadReplacement, match=why):
        BASE.replace(replacements, read)


def test_new_lines_take_the_endings_of_the_file() -> None:
    tree = BASE.replace([put(8, 8, "mod z;\nmod w;\r\n", "src/a.rs")], read)
    assert tree.overrides["src/a.rs"] == b"mod x;\r\nmod z;\r\nmod w;\r\nmod y;\r\n"
    assert uses_crlf(FILES["src/a.rs"])
    assert not uses_crlf(FILES["src/lib.rs"])
    assert replace_in(b"a\n", [put(1, 1, "\r\nb")]) == b"a\nb\n"


def test_equal_contents_have_one_identity_however_they_were_reached() -> None:
    one = BASE.replace([put(0, 2, "pub fn")], read)
    other = BASE.replace([put(0, 0, "pub ")], read)
    assert one.identity == other.identity != BASE.identity


def test_a_tree_that_is_the_base_again_is_the_base() -> None:
    there = BASE.replace([put(0, 0, "pub ")], read)
    back = there.replace([put(0, 4, "")], read)
    assert back == TreeState({})
    assert back.identity == BASE.identity
    assert back.edits(read) == ()


def test_spans_refer_to_the_present_text() -> None:
    there = BASE.replace([put(0, 0, "pub ")], read)
    further = there.replace([put(4, 6, "const fn")], read)
    assert further.source("src/lib.rs", read) == "pub const fn größe() {}\n".encode()
    assert further.lines(read) == 1
