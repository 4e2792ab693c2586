"""Pages cut into pieces: offsets are bytes of the file, and they agree with what the repair domain cites."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_docs.html_text import plain_text
from rusta_docs.pages import cut

PAGE = """<!DOCTYPE html><body><nav><h2 id="menu">Menü</h2></nav><main>
<div class="rule" id="r-tok"><a>[tok]</a></div>
<h1 id="tokens"><a href="#tokens">Tökens</a></h1>
<p>Größe &amp; more.</p>
<h2 id="delimiters"><a>Delimiters</a></h2>
<p>Pairs.</p>
<div class="rule" id="r-tok.inner"><a>[tok.inner]</a></div>
<p>Inner rule.</p>
<h3 id="deep">Deep</h3><p>Down.</p>
<h2 id="next">Next</h2><p>Other.</p>
</main></body>"""


def test_sections_own_parts_and_wholes() -> None:
    page = PAGE.encode()
    found = {piece.fragment: piece for piece in cut(page) if piece.kind == "section"}
    assert list(found) == ["tokens", "delimiters", "deep", "next"]
    assert found["deep"].headings == ("Tökens", "Delimiters", "Deep")
    delimiters = found["delimiters"]
    assert plain_text(page[delimiters.start : delimiters.own_end].decode()) == "Delimiters\n\nPairs.\n\nInner rule."
    assert page[delimiters.start : delimiters.end].endswith(b"<p>Down.</p>")
    assert page[found["tokens"].start : found["tokens"].end].endswith(b"<p>Other.</p>")


def test_rules_reach_to_the_next_rule_or_heading() -> None:
    page = PAGE.encode()
    rules = {piece.fragment: piece for piece in cut(page) if piece.kind == "rule"}
    assert plain_text(page[rules["r-tok.inner"].start : rules["r-tok.inner"].end].decode()) == "Inner rule."
    assert "Größe" in plain_text(page[rules["r-tok"].start : rules["r-tok"].end].decode())


@pytest.mark.parametrize("page", [b"", b"<html>gone</html>", b"</main><main>", b"<main></main>", b"\xff\xfe"])
def test_pages_without_a_main_part_have_at_most_an_empty_one(page: bytes) -> None:
    assert [piece for piece in cut(page) if piece.kind != "page"] == []


@given(
    st.lists(st.tuples(st.integers(1, 6), st.text("aä<&", max_size=6)), max_size=8),
    st.binary(max_size=30),
)
def test_pieces_are_ordered_and_inside(headings: list[tuple[int, str]], noise: bytes) -> None:
    body = "".join(f'<h{n} id="x{i}">{text}</h{n}><p>{text}</p>' for i, (n, text) in enumerate(headings))
    page = noise + b"<main>" + body.encode() + b"</main>"
    pieces = cut(page)
    assert all(0 <= p.start <= p.own_end <= p.end <= len(page) for p in pieces)
    assert [p.start for p in pieces] == sorted(p.start for p in pieces)


def test_offsets_do_not_depend_on_what_follows() -> None:
    page = PAGE.encode()
    longer = page.replace(b"<p>Other.</p>", b"<p>Other, and much more of it.</p>")
    before = {p.fragment: (p.start, p.own_end) for p in cut(page) if p.fragment in ("delimiters", "deep")}
    after = {p.fragment: (p.start, p.own_end) for p in cut(longer) if p.fragment in ("delimiters", "deep")}
    assert before == after


def test_an_items_page_has_its_members(installed: Path) -> None:
    page = (installed / "std/option/enum.Option.html").read_bytes()
    found = {piece.fragment: piece for piece in cut(page)}
    assert found[""].title == "std::option::Option"
    assert found["method.unwrap_or"].title == "Option::unwrap_or"
    text = plain_text(page[found["method.unwrap_or"].start : found["method.unwrap_or"].end].decode())
    assert "pub" in text
    assert "default" in text
    assert "variant.Some" in found
    assert "method.clone" not in found
    assert "method.clone" in {piece.fragment for piece in cut(page, everything=True)}
