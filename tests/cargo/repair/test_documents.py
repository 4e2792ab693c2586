"""Documentation by key: pages of a folder made here, and those of the installed toolchain where it has any."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair.documents import (
    _rules,
    as_key,
    find_document,
    key_of,
    reference_key,
)
from rusta_cargo.repair.html_text import plain_text
from rusta_cargo.toolchain import Toolchain, find_toolchain
from rusta_schemas.anchor import make_anchor
from rusta_schemas.diagnostic import Category, Diagnostic, Level

VERSION = "rustc 1.95.0\nrelease: 1.95.0\nhost: x86_64-unknown-linux-gnu"
PAGE = """<!DOCTYPE html><body><nav>Menü</nav><main>
<h1 id="tokens"><a href="#tokens">Tokens</a></h1>
<p>Größe &amp; more.</p>
<h2 id="delimiters"><a>Delimiters</a></h2>
<p>They come
in pairs.</p>
<h3 id="inner">Inner</h3><p>Deep.</p>
<h2 id="next">Next</h2><p>Other.</p>
</main></body>"""


@pytest.fixture
def made(tmp_path: Path) -> Toolchain:
    docs = tmp_path / "share" / "doc" / "rust" / "html"
    pages = {
        "reference/tokens.html": PAGE,
        "error_codes/E0001.html": "<main><h1>Error code E0001</h1>\n<p>Wrong.</p></main>",
        "rustc/lints/listing/warn-by-default.html": '<main><h2 id="unused-mut">unused-mut</h2><p>No need.</p></main>',
        "error_codes/E0002.html": "no main part",
    }
    for path, text in pages.items():
        (docs / path).parent.mkdir(parents=True, exist_ok=True)
        (docs / path).write_text(text, encoding="utf-8")
    return Toolchain(tmp_path, VERSION)


def test_an_error_code_has_its_page(made: Toolchain) -> None:
    found = find_document(made, "E0001")
    assert found is not None
    assert (found.origin, found.path) == ("rust-docs 1.95.0", "error_codes/E0001.html")
    assert found.text == "Error code E0001\n\nWrong."
    assert found.data[found.start : found.end].startswith(b"<h1>")


def test_a_section_ends_at_the_next_heading_of_its_rank(made: Toolchain) -> None:
    found = find_document(made, "reference:tokens.html#delimiters")
    assert found is not None
    assert found.title == "Delimiters"
    assert found.text == "Delimiters\n\nThey come in pairs.\n\nInner\n\nDeep."
    cited = found.data[found.start : found.end].decode()
    assert cited.startswith('<h2 id="delimiters"')
    assert cited.endswith("<p>Deep.</p>")


def test_a_lint_is_found_in_the_listings(made: Toolchain) -> None:
    found = find_document(made, "lint:unused_mut")
    assert found is not None
    assert found.text == "unused-mut\n\nNo need."


@pytest.mark.parametrize(
    "key",
    [
        "E9999",
        "E0002",
        "lint:no_such",
        "reference:tokens.html#gone",
        "reference:gone.html",
        "other:x",
    ],
)
def test_what_is_not_there_is_not_invented(made: Toolchain, key: str) -> None:
    assert find_document(made, key) is None


def test_an_anchor_notices_that_the_page_changed(made: Toolchain) -> None:
    found = find_document(made, "reference:tokens.html#delimiters")
    assert found is not None
    anchor = make_anchor(found.origin, found.path, found.data, found.start, found.end)
    assert anchor.holds(found.data)
    assert not anchor.holds(found.data.replace(b"pairs", b"threes"))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("E0308", "E0308"),
        ("unused_mut", "lint:unused_mut"),
        ("lint:unused_mut", "lint:unused_mut"),
        ("reference:items/functions.html#functions", "reference:items/functions.html#functions"),
        ("clippy::len_zero", None),
        ("reference:../../../etc/passwd", None),
        ("E1", None),
        ("", None),
    ],
)
def test_keys_are_normalised(text: str, key: str | None) -> None:
    assert as_key(text) == key


def fault(message: str, code: str | None = None, category: Category = Category.SYNTAX) -> Diagnostic:
    return Diagnostic(level=Level.ERROR, code=code, category=category, phase=1, message=message)


def test_a_syntax_error_leads_to_the_reference() -> None:
    key = key_of(fault("expected `;`, found `let`"))
    assert key is not None
    assert key.startswith("reference:statements.html")
    assert key_of(fault("this file contains an unclosed delimiter")) == "reference:tokens.html#delimiters"
    assert key_of(fault("linking failed", category=Category.OTHER)) is None
    assert key_of(fault("mismatched types", "E0308", Category.TYPE)) == "E0308"
    assert reference_key("something else entirely") is None


def installed() -> Toolchain:
    toolchain = find_toolchain(Path(__file__).parent)
    if toolchain.docs is None:
        pytest.skip("the documentation is not installed")
    return toolchain


def test_every_rule_leads_to_a_section_that_is_installed() -> None:
    toolchain = installed()
    missing = [key for _, key in _rules() if find_document(toolchain, key) is None]
    assert missing == []


@pytest.mark.parametrize("code", ["E0308", "E0382", "E0502", "E0277", "E0425"])
def test_common_codes_have_their_page(code: str) -> None:
    found = find_document(installed(), code)
    assert found is not None
    assert code in found.title
    assert len(found.text) > 100
    assert "#![allow(unused)]" not in found.text


def test_without_pages_the_compiler_explains(tmp_path: Path) -> None:
    real = find_toolchain(Path(__file__).parent)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "rustc").write_text(f'#!/bin/sh\nexec {real.tool("rustc")} "$@"\n')
    (tmp_path / "bin" / "rustc").chmod(0o755)
    found = find_document(Toolchain(tmp_path, real.version), "E0308")
    assert found is not None
    assert found.origin == f"rustc --explain {real.release}"
    assert "mismatched" in found.text.lower() or "type" in found.text


def test_code_keeps_its_lines_and_loses_the_hidden_ones() -> None:
    hidden = '<span class="boring">{}</span>'
    code = f"{hidden.format('fn main() {{')}let a = 1;\n  b &lt; c;\n{hidden.format('}}')}"
    assert plain_text(f"<pre><code>{code}</code></pre>") == "    let a = 1;\n      b < c;"
    assert plain_text("<ul><li>one</li><li>two <code>x</code></li></ul>") == "* one\n\n* two x"
    assert plain_text("<script>evil()</script><p>good</p>") == "good"


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert isinstance(plain_text(text), str)
