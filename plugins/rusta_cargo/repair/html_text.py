"""Plain text from the installed HTML documentation."""

from __future__ import annotations

from html.parser import HTMLParser

_BLOCKS = ("p", "h1", "h2", "h3", "h4", "h5", "li", "blockquote", "table", "tr", "dt", "dd", "div")
_SILENT = ("script", "style", "svg")


def plain_text(html: str) -> str:
    """The readable text of a piece of a page. Code keeps its lines and stands indented; hidden lines are left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[str] = []
        self._current: list[str] = []
        self._code = 0
        self._silent: list[str] = []
        self._spans: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag == "span":
            hidden = dict(attrs).get("class") == "boring"
            self._spans.append(hidden)
        elif tag == "pre":
            self._flush()
            self._code += 1
        elif tag in _BLOCKS and not self._code:
            self._flush()
            if tag == "li":
                self._current.append("* ")

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()
        elif tag == "span" and self._spans:
            self._spans.pop()
        elif tag == "pre" and self._code:
            self._flush()
            self._code -= 1
        elif tag in _BLOCKS and not self._code:
            self._flush()

    def handle_data(self, data: str) -> None:
        if not self._silent and not any(self._spans):
            self._current.append(data)

    def _flush(self) -> None:
        text = "".join(self._current)
        self._current = []
        if self._code:
            lines = text.strip("\n").splitlines()
            block = "\n".join(f"    {line}".rstrip() for line in lines)
        else:
            block = " ".join(text.split())
        if block.strip() and block != "*":
            self._blocks.append(block)

    def text(self) -> str:
        self._flush()
        return "\n\n".join(self._blocks)
