"""Text from HTML: nothing is lost that a reader sees, nothing is shown that is markup."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_docs.html_text import blocks, plain_text

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Zs", "Zl", "Zp", "Cs")),
    min_size=1,
    max_size=12,
)
TAGS = st.sampled_from(["em", "strong", "code", "a", "span"])


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert isinstance(plain_text(text), str)


@given(st.lists(WORDS, min_size=1, max_size=8), TAGS)
def test_escaped_words_come_back_and_no_tag_is_left(words: list[str], tag: str) -> None:
    html = "<p>" + " ".join(f"<{tag}>{escape(word)}</{tag}>" for word in words) + "</p>"
    assert plain_text(html) == " ".join(words)


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_paragraphs_are_blocks_of_their_own(words: list[str]) -> None:
    html = "".join(f"<div><p>{escape(word)}</p></div>\n" for word in words)
    assert plain_text(html) == "\n\n".join(words)


@given(st.lists(st.text("abc <>&\"'", min_size=1, max_size=20).filter(str.strip), min_size=1, max_size=5))
def test_code_keeps_its_lines(lines: list[str]) -> None:
    html = "<pre><code>" + "\n".join(escape(line) for line in lines) + "</code></pre>"
    assert plain_text(html) == "\n".join(f"    {line}".rstrip() for line in lines)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a &amp; b &lt;T&gt; &#39;c&#39; &nbsp;d</p>", "a & b <T> 'c' d"),
        ('<p title="a > b">shown</p>', "shown"),
        ("<p>one<br>two</p>", "one two"),
        ("<!-- hidden --><p>seen</p>", "seen"),
        ("<script>evil()</script><style>p{}</style><p>good</p>", "good"),
        ("<ul><li>one</li><li><p>two</p></li></ul>", "* one\n\n* two"),
        ("<ul><li>a<pre><code>x\n  y</code></pre></li></ul>", "* a\n\n    x\n      y"),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>", "A | B\n\n1 | 2"),
        ('<div class="rule" id="r-x"><a><span>[x]</span></a></div><p>text</p>', "text"),
        ('<h2>Name<a class="doc-anchor">§</a></h2>', "Name"),
        ('<pre><code><span class="boring">fn main() {\n</span>let a = 1;\n<span class="boring">}</span></code></pre>',
         "    let a = 1;"),
        ('<p>a<span class="boring">x<span>y</span>z</span>b</p>', "ab"),
    ],
)  # fmt: skip
def test_the_normal_form(html: str, text: str) -> None:
    assert plain_text(html) == text


def test_blocks_know_what_they_are() -> None:
    found = blocks('<h2>T</h2><p>p</p><ul><li>i</li></ul><pre><code class="language-rust compile_fail">c</code></pre>')
    assert [(block.kind, block.text) for block in found] == [
        ("heading", "T"),
        ("text", "p"),
        ("item", "i"),
        ("code", "c"),
    ]
    assert "compile_fail" in found[3].classes
