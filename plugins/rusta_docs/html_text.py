"""Plain text from the installed HTML documentation, by one pass over its tags.

The normal form: blocks are separated by an empty line; prose has single spaces; code stands indented by four spaces and
keeps its lines; list items begin with ``* ``. Left out: hidden lines of examples, scripts, pictures, buttons, the links
that stand beside headings, and the labels of the Reference's rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<[!?][^>]*(?:>|\Z)|<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
_BLOCKS = frozenset({
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "blockquote", "table", "tr", "dt", "dd", "div",
    "section", "details", "summary",
})  # fmt: skip
_SILENT = frozenset({"script", "style", "svg", "button", "template"})
_SILENT_CLASSES = frozenset({
    "boring", "doc-anchor", "rule", "anchor", "since", "rightside", "src", "hideme", "sub-heading", "tooltip", "stab",
    "item-info",
})  # fmt: skip
_CLASS = re.compile(r"\bclass\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})
_CELL_GAP = " | "
_INVISIBLE = {0x200B: None, 0xAD: None}


@dataclass(frozen=True)
class Block:
    """One block of text. ``kind`` is "code", "heading", "item" or "text"; ``classes`` those of a piece of code."""

    kind: str
    text: str
    classes: str = ""


def plain_text(html: str) -> str:
    """The readable text of a piece of a page, in the normal form."""
    return "\n\n".join(shown(block) for block in blocks(html))


def shown(block: Block) -> str:
    """A block as it stands in the normal form."""
    if block.kind == "code":
        return "\n".join(f"    {line}".rstrip() for line in block.text.split("\n"))
    return f"* {block.text}" if block.kind == "item" else block.text


def blocks(html: str) -> list[Block]:
    """The blocks of a piece of a page, in their order. Never raises: what is no tag is text."""
    reader = _Reader()
    at = 0
    for tag in _TAG.finditer(html):
        if tag.start() > at:
            reader.data(html[at : tag.start()])
        at = tag.end()
        if tag[2] is not None:
            reader.tag(tag[2].lower(), tag[1] == "/", tag[3])
    reader.data(html[at:])
    return reader.end()


class _Reader:
    def __init__(self) -> None:
        self._found: list[Block] = []
        self._current: list[str] = []
        self._kind = "text"
        self._code = 0
        self._classes = ""
        # The silent element that is open, and how deep elements of its name are nested in it.
        self._silent, self._depth = "", 0

    def data(self, text: str) -> None:
        if not self._silent:
            self._current.append(unescape(text) if "&" in text else text)

    def tag(self, name: str, closes: bool, attributes: str) -> None:
        if self._silent:
            if name == self._silent:
                self._depth += -1 if closes else 1
                if self._depth == 0:
                    self._silent = ""
            return
        if name in _VOID:
            if name == "br":
                self._current.append("\n")
            return
        if not closes and self._is_silent(name, attributes):
            self._silent, self._depth = name, 1
        elif name == "pre":
            self._flush()
            self._code = max(0, self._code + (-1 if closes else 1))
            if not closes:
                self._classes = _classes(attributes)
        elif name == "code" and self._code and not closes:
            self._classes = f"{self._classes} {_classes(attributes)}".strip()
        elif name in ("td", "th") and closes and not self._code:
            self._current.append(_CELL_GAP)
        elif name in _BLOCKS and (not self._code or name == "div"):
            if self._code:  # rustdoc puts where-clauses into a block of their own
                self._current.append("" if closes else "\n")
                return
            self._flush()
            if not closes:
                self._kind = "heading" if name[0] == "h" and name[1:].isdecimal() else self._kind
                self._kind = "item" if name in ("li", "dt") else self._kind

    def _is_silent(self, name: str, attributes: str) -> bool:
        return name in _SILENT or (
            "class" in attributes and not _SILENT_CLASSES.isdisjoint(_classes(attributes).split())
        )

    def _flush(self) -> None:
        while self._current and (self._current[-1] is _CELL_GAP or not self._current[-1].strip()):
            self._current.pop()  # the gap behind the last cell of a row
        text = "".join(self._current).translate(_INVISIBLE)
        self._current = []
        if self._code:
            lines = [line.rstrip() for line in text.strip("\n").splitlines()]
            text = "\n".join(lines).rstrip()
            if text.strip():
                self._found.append(Block("code", text, self._classes))
        else:
            text = " ".join(text.split())
            if not text:
                return  # the kind is still waiting for its text: <li><p>…
            self._found.append(Block(self._kind, text))
        self._kind = "text"

    def end(self) -> list[Block]:
        self._flush()
        return self._found


def _classes(attributes: str) -> str:
    found = _CLASS.search(attributes)
    return (found[1] or found[2] or "") if found else ""
