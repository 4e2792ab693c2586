"""Text from installed pages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rusta_datasets.pages import book_text, source_text

SOURCE = (
    '<html><pre class="rust"><code><a href=#1 id=1 data-nosnippet>1</a><span class="kw">fn </span>main() {\n'
    "<a href=#2 id=2 data-nosnippet>2</a>    let x: &amp;str = &quot;&lt;b&gt;&quot;;\n"
    "<a href=#3 id=3 data-nosnippet>3</a>}\n</code></pre></html>"
)


def test_a_source_page_gives_the_file_as_it_was_written() -> None:
    assert source_text(SOURCE) == 'fn main() {\n    let x: &str = "<b>";\n}\n'


def test_a_book_page_keeps_code_lines_and_drops_buttons_and_scripts() -> None:
    page = (
        "<body><nav>menu</nav><main><h1>Loops</h1><p>Use <code>loop</code>.</p><ul><li>one</li><li>two</li></ul>"
        "<pre><code>let a = 1;\n    let b = 2;\n</code></pre><button>copy</button><script>x()</script></main></body>"
    )
    text = book_text(page)
    assert text.startswith("Loops\nUse loop.\n")
    assert "* one" in text
    assert "let a = 1;\n    let b = 2;\n" in text
    assert not any(word in text for word in ("menu", "copy", "x()"))


def test_pages_without_text_give_none() -> None:
    assert source_text("<html></html>") == ""
    assert book_text("<html></html>") == ""


@given(st.text(max_size=300))
def test_any_text_is_read_without_error(text: str) -> None:
    assert isinstance(source_text(text), str)
    assert isinstance(book_text(f"<main>{text}</main>"), str)
