"""What the compiler said, in plain words: templates by code and by category, from ``data/messages.toml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from rusta_docs.collections import data_file
from rusta_schemas.diagnostic import Diagnostic


@dataclass(frozen=True)
class Variant:
    """A more telling sentence for messages that match ``pattern``; its groups fill the places of ``say``; ``source`` is
    what the text at the message's place looks like."""

    code: str | None
    category: str | None
    pattern: re.Pattern[str]
    say: str
    source: re.Pattern[str] | None = None


def in_plain_words(diagnostic: Diagnostic, source: str = "") -> str:
    """One or two sentences; the category's own when nothing is known of the code.

    Args:
        source: the text at the message's place, where it is known.
    """
    table = messages()
    texts = [diagnostic.message, *(span.label for span in diagnostic.spans if span.label)]
    for variant in variants():
        if variant.code is not None and variant.code != diagnostic.code:
            continue
        if variant.category is not None and variant.category != diagnostic.category.value:
            continue
        if variant.source is not None and not variant.source.search(source):
            continue
        for text in texts:
            found = variant.pattern.search(text)
            if found:
                return variant.say.format_map({k: v or "" for k, v in found.groupdict().items()})
    known: str | None = table["codes"].get(diagnostic.code)
    return known or str(table["categories"][diagnostic.category.value])


@cache
def messages() -> dict[str, Any]:
    """The table: ``codes`` and ``categories``, a sentence for each."""
    return dict(data_file("messages.toml"))


@cache
def variants() -> tuple[Variant, ...]:
    """The variants, in the order in which they are tried."""
    return tuple(
        Variant(
            item.get("code"),
            item.get("category"),
            re.compile(item["pattern"]),
            item["say"],
            re.compile(item["source"]) if "source" in item else None,
        )
        for item in messages()["variant"]
    )
