"""The rule behind a message: which passages tell it, and which of their words are quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from rusta_docs.collections import data_file
from rusta_docs.models import Passage
from rusta_schemas.diagnostic import Category, Diagnostic

# Of the passages that a table names, so many are quoted beside the error's own page.
MOST_RULES = 2
_QUOTE = 420
# A list that was begun may be longer, because half of one misleads.
_LIST = 900
_ENOUGH = 120
# The paragraph that is quoted stands at the beginning of a page, or the first one does.
_SOON = 4
_CODE = re.compile(r"E\d{4}")
# Paragraphs that say nothing by themselves: labels, productions of the grammar, and what leads to an example.
_LABEL = re.compile(
    r"^(?:Note|Example|Syntax|Lexer|Edition differences?|Tests? with this rule|Filename:|Listing \d|Run code)"
    r"|^(?:Module|Macro|Trait|Struct|Enum|Union|Function|Constant|Static|Type Alias|Keyword|Primitive Type|Derive Macro) \S+$"
    r"|^\S+$|→|^(?:Erroneous|Wrong|Faulty)? ?code example.*:$|^(?:For example|Examples?|Or)\b.*:$|^Erroneous code",
    re.IGNORECASE,
)


class Looks(Protocol):
    """Anything that has documentation by key."""

    def lookup(self, key: str) -> Passage | None: ...


class Matter(Protocol):
    """What is known of a message when its documentation is looked for."""

    @property
    def code(self) -> str | None: ...
    @property
    def category(self) -> Category: ...
    @property
    def message(self) -> str: ...


def keys_for(diagnostics: Iterable[Diagnostic]) -> tuple[str, ...]:
    """The keys under which the explanations of these messages look, each once."""
    found: dict[str, None] = {}
    for diagnostic in diagnostics:
        for key in (*own_keys(diagnostic), *rule_keys(diagnostic)):
            found.setdefault(key)
    return tuple(found)


def citable_keys(matter: Matter) -> tuple[str, ...]:
    """Where this very kind of message is told of, the best place first; empty when only its category is known."""
    return (*own_keys(matter), *_told_of(matter))


def own_keys(diagnostic: Matter) -> tuple[str, ...]:
    """The page of the message's own code: of an error code, of a lint."""
    code = diagnostic.code
    if code is None:
        return ()
    if _CODE.fullmatch(code) or code.startswith("clippy::"):
        return (code,)
    return (f"lint:{code}",)


def rule_keys(diagnostic: Matter, source: str = "") -> tuple[str, ...]:
    """Where the rule behind the message is told, the best place first; empty when the message is of no known kind.

    Args:
        source: the text at the message's place, where it is known.
    """
    told = _told_of(diagnostic, source)
    if told or own_keys(diagnostic):
        return told  # the page of the code says more than one about everything of its class
    return tuple(rules()["categories"][diagnostic.category.value])


def _told_of(matter: Matter, source: str = "") -> tuple[str, ...]:
    for told in _told():
        if (keys := told.keys_for(matter, source)) is not None:
            return keys
    table = rules()
    if matter.code in table["codes"]:
        return tuple(table["codes"][matter.code])
    if matter.category is Category.SYNTAX or (matter.code is None and matter.category is not Category.OTHER):
        for pattern, key in _by_message():
            if pattern.search(matter.message):
                return (key,)
    return ()


@dataclass(frozen=True)
class Told:
    """Keys for messages of a code or a class that fit a pattern, or that stand at a text that does."""

    code: str | None
    category: str | None
    pattern: re.Pattern[str] | None
    source: re.Pattern[str] | None
    keys: tuple[str, ...]

    def keys_for(self, matter: Matter, source: str) -> tuple[str, ...] | None:
        """The keys, or None when the message is another one."""
        if self.code not in (None, matter.code or "") or self.category not in (None, matter.category.value):
            return None
        if self.source is not None and not self.source.search(source):
            return None
        found = None if self.pattern is None else self.pattern.search(matter.message)
        if self.pattern is not None and found is None:
            return None
        groups = {} if found is None else {name: text or "" for name, text in found.groupdict().items()}
        return tuple(key.format_map(groups) if "{" in key else key for key in self.keys)


@cache
def _told() -> tuple[Told, ...]:
    return tuple(
        Told(item.get("code"), item.get("category"), _pattern(item, "pattern"), _pattern(item, "source"),
             tuple(item["keys"]))
        for item in rules()["told"]
    )  # fmt: skip


def _pattern(item: dict[str, str], name: str) -> re.Pattern[str] | None:
    return re.compile(item[name]) if name in item else None


@cache
def rules() -> dict[str, Any]:
    """The table: ``codes`` and ``categories`` to keys; ``told`` and ``message``, patterns with keys."""
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
        most = _LIST if text.startswith("* ") else _QUOTE
        if (size >= _ENOUGH and not goes_on and not text.startswith("* ")) or size + len(text) > most:
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
