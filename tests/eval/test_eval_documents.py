"""Extraction of broken examples from pages as mdBook and rustdoc write them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo import find_toolchain
from rusta_eval.documents import BOOKS, INDEX, blocks, has_main, with_main

BORING = (
    '<pre><code class="language-rust {words}"><span class="boring">#![allow(unused)]\n</span>'
    '<span class="boring">fn main() {{\n</span>{code}\n<span class="boring">}}</span></code></pre>'
)


def lay(docs: Path, place: str, text: str) -> None:
    path = docs / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_hidden_lines_entities_and_codes_of_the_error_index(tmp_path: Path) -> None:
    page = BORING.format(words="compile_fail E0308", code="let x: &amp;str = <b>1</b>;")
    lay(tmp_path, "error_codes/E0308.html", page + BORING.format(words="", code="let ok = 1;"))
    (block,) = blocks(tmp_path, INDEX)
    assert block.source == "#![allow(unused)]\nfn main() {\nlet x: &str = 1;\n}\n"
    assert (block.place, block.code, block.edition) == ("error_codes/E0308#0", "E0308", "2015")


@pytest.mark.parametrize(
    ("book", "words", "edition"),
    [
        (INDEX, "compile_fail,E0001,edition2018", "2018"),
        (INDEX, "compile_fail E0001", "2015"),
        ("reference", "compile_fail edition2024", "2024"),
        ("book", "ignore does_not_compile", "2021"),
    ],
)
def test_the_edition_is_the_block_s_else_the_book_s(tmp_path: Path, book: str, words: str, edition: str) -> None:
    lay(tmp_path, f"{book}/a.html", BORING.format(words=words, code="let x = y;"))
    assert [block.edition for block in blocks(tmp_path, book)] == [edition]


def test_what_stands_twice_is_one_block_and_the_printed_book_is_left_out(tmp_path: Path) -> None:
    page = BORING.format(words="does_not_compile", code="let x = y;")
    for name in ("a", "b", "print"):
        lay(tmp_path, f"book/{name}.html", page)
    assert [block.place for block in blocks(tmp_path, "book")] == ["book/a#0"]


def test_rustdoc_s_pages_are_read_from_the_link_that_runs_the_example(tmp_path: Path) -> None:
    code = '#![allow(unused)]\nfn main() {\nlet x: u8 = "a & b";\n}'
    link = f"https://play.example/?code={quote(code)}&amp;edition=2024"
    run = f'<a class="test-arrow" title="Run" href="{link}"></a>'
    page = f'<div class="example-wrap compile_fail"><pre>shown</pre>{run}</div>'
    lay(
        tmp_path,
        "std/x/index.html",
        page + page.replace(" compile_fail", "").replace("shown", "fine"),
    )
    (block,) = blocks(tmp_path, "std")
    assert block.source == code + "\n"
    assert (block.edition, block.code) == ("2024", None)


def test_a_block_without_main_is_wrapped_and_its_crate_attributes_stay_in_front() -> None:
    source = "#![feature(x)]\nextern crate core;\nlet a = 1;"
    assert with_main(source) == "#![feature(x)]\nextern crate core;\nfn main() {\nlet a = 1;\n}\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("fn main() {}", True),
        ("pub fn main() {}", True),
        ("mod m { fn main() {} }", False),
        ("// fn main() {}", False),
        ("fn remain() {}", False),
    ],
)
def test_has_main(source: str, expected: bool) -> None:
    assert has_main(source) is expected


@given(st.text(alphabet="ab{}();\n #!", max_size=60))
def test_wrapping_is_done_once_and_keeps_every_line(source: str) -> None:
    wrapped = with_main(source)
    assert with_main(wrapped) == wrapped
    lines = Counter(wrapped.splitlines())
    lines.subtract({"fn main() {": 1, "}": 1})
    assert +lines - Counter([""]) == Counter(source.splitlines()) - Counter([""])


def test_the_installed_documentation_has_hundreds_of_broken_examples() -> None:
    docs = find_toolchain(Path.cwd()).docs
    if docs is None:
        pytest.skip("the documentation is not installed")
    index = list(blocks(docs, INDEX))
    assert len(index) > 300
    assert len({(block.source, block.edition) for block in index}) == len(index)
    assert sum(block.code is not None for block in index) > 0.8 * len(index)
    assert all(any(True for _ in blocks(docs, book)) for book in BOOKS)
