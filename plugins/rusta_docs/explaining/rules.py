"""The rule behind a message: which passages tell it, and which of their words are quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Protocol

from rusta_docs.collections import data_file
from rusta_docs.models import Passage
from rusta_schemas.diagnostic import Category, Diagnostic

# Of the passages that a table names, so many are quoted beside the error's own page.
MOST_RULES = 2
_QUOTE = 420
_ENOUGH = 120
# The paragraph that is quoted stands at the beginning of a page, or the first one does.
_SOON = 4
_CODE = re.compile(r"E\d{4}")
# Paragraphs that say nothing by themselves: labels, productions of the grammar, and what leads to an example.
_LABEL = re.compile(
    r"^(?:Note|Example|Syntax|Lexer|Edition differences?|Tests? with this rule|Filename:|Listing \d|Run code)"
    r"|^\S+$|→|^(?:Erroneous|Wrong|Faulty)? ?code example.*:$|^(?:For example|Examples?|Or)\b.*:$|^Erroneous code",
    re.IGNORECASE,
)


class Looks(Protocol):
    """Anything that has documentation by key."""

    def lookup(self, key: str) -> Passage | None: ...


def keys_for(diagnostics: Iterable[Diagnostic]) -> tuple[str, ...]:
    """The keys under which the explanations of these messages look, each once."""
    found: dict[str, None] = {}
    for diagnostic in diagnostics:
        for key in (*own_keys(diagnostic), *rule_keys(diagnostic)):
            found.setdefault(key)
    return tuple(found)


def own_keys(diagnostic: Diagnostic) -> tuple[str, ...]:
    """The page of the message's own code: of an error code, of a lint."""
    code = diagnostic.code
    if code is None:
        return ()
    if _CODE.fullmatch(code) or code.startswith("clippy::"):
        return (code,)
    return (f"lint:{code}",)


def rule_keys(diagnostic: Diagnostic) -> tuple[str, ...]:
    """Where the rule behind the message is told, the best place first; never empty."""
    table = rules()
    if diagnostic.code in table["codes"]:
        return tuple(table["codes"][diagnostic.code])
    if diagnostic.code is None or diagnostic.category is Category.SYNTAX:
        for pattern, key in _by_message():
            if pattern.search(diagnostic.message):
                return (key,)
    return tuple(table["categories"][diagnostic.category.value])


@cache
def rules() -> dict[str, Any]:
    """The table: ``codes`` and ``categories`` to keys, and ``message``, patterns with a key each."""
    return dict(data_file("rules.toml"))


@cache
def _by_message() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(rule["pattern"]), rule["key"]) for rule in rules()["message"])


def quote(passage: Passage) -> str:
    """The most telling paragraphs of a passage, word for word as its text has them.

    The table ``quotes`` names how the first of them begins; else it is the first that says something by itself. Code
    and headings are passed over at the beginning, and paragraphs are never cut. The answer is one run of the text, so
    that it can be found again by searching for it.
    """
    paragraphs = passage.text.split("\n\n")
    telling = [n for n, text in enumerate(paragraphs) if _tells(text, passage)]
    begins: str | None = rules()["quotes"].get(passage.key)
    start = next((n for n in telling if begins and paragraphs[n].startswith(begins)), None)
    if start is None:
        # A paragraph that ends in a colon before an example is only second best.
        start = next((n for n in telling if not _leads_to_code(paragraphs, n)), None)
        first = telling[0] if telling else 0
        if start is None or (start > first + 1 and start > _SOON):
            start = first
    chosen = [paragraphs[start]]
    for text in paragraphs[start + 1 :]:
        size = sum(map(len, chosen))
        goes_on = chosen[-1].endswith(":") and text.startswith("* ")
        if (size >= _ENOUGH and not goes_on and not text.startswith("* ")) or size + len(text) > _QUOTE:
            break
        if text.startswith("    ") or _LABEL.search(text) or not _tells(text, passage):
            break
        chosen.append(text)
    return "\n\n".join(chosen)


def _leads_to_code(paragraphs: list[str], number: int) -> bool:
    following = paragraphs[number + 1] if number + 1 < len(paragraphs) else ""
    return paragraphs[number].endswith(":") and not following.startswith("* ")


def _tells(text: str, passage: Passage) -> bool:
    own = {*passage.headings, passage.anchor.title}
    return not (text.startswith(("    ", "#")) or text in own or _LABEL.search(text))
