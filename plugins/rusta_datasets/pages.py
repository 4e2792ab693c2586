"""Text from installed HTML pages, as bytes a model can learn from: code keeps its lines, prose those of the page."""

from __future__ import annotations

import re
from html import unescape

_LINE_NUMBER = re.compile(r"<a href=#\d+ id=\d+ data-nosnippet>\d+</a>")
_CODE = re.compile(r'<pre class="rust"><code>(.*?)</code></pre>', re.DOTALL)
_MAIN = re.compile(r"<main[^>]*>(.*?)</main>", re.DOTALL)
_SILENT = re.compile(r"<(script|style|svg|button|nav|template)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_ITEM = re.compile(r"<li[^>]*>", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/h[1-6]|/pre|/tr|/ul|/ol)\b[^>]*>(?!\n)", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")


def source_text(html: str) -> str:
    """The Rust file shown by a rustdoc source page; empty if there is none."""
    code = _CODE.search(html)
    return "" if code is None else _plain(_LINE_NUMBER.sub("", code[1]))


def book_text(html: str) -> str:
    """The readable text of an mdBook page; empty if it has no main part."""
    main = _MAIN.search(html)
    if main is None:
        return ""
    shown = _BREAK.sub("\n", _ITEM.sub("* ", _SILENT.sub("", main[1])))
    return _BLANK.sub("\n\n", _plain(shown)).strip() + "\n"


def _plain(html: str) -> str:
    return unescape(_TAG.sub("", html))
