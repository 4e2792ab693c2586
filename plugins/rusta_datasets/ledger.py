"""The provenance ledger: a YAML file that says of every document where it comes from, its licence and its SHA-256.

It is written in the part of YAML that is also JSON, one entry a line, so that it can be read without a YAML parser and
compared with ``diff``. Reading checks everything that a corpus is later trusted for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rusta_datasets.errors import CorpusDamaged

FORMAT = "rusta-corpus/1"
SIDES = ("train", "heldout")


@dataclass(frozen=True)
class Entry:
    """One document of a corpus: ``offset`` and ``length`` are bytes in the file of its ``side``."""

    source: str
    path: str
    spdx: str
    sha256: str
    side: str
    offset: int
    length: int


@dataclass(frozen=True)
class Ledger:
    """``about``: how and from what the corpus was made; ``refused``: what the licence gate kept out, with reasons."""

    about: Mapping[str, Any]
    sources: tuple[Mapping[str, Any], ...]
    refused: tuple[Mapping[str, Any], ...]
    documents: tuple[Entry, ...]

    def text(self) -> str:
        """The YAML text."""
        lines = [f"format: {json.dumps(FORMAT)}", f"about: {_flow(self.about)}"]
        for name, entries in (
            ("sources", self.sources),
            ("refused", self.refused),
            ("documents", [asdict(entry) for entry in self.documents]),
        ):
            lines += [f"{name}:", *(f"- {_flow(entry)}" for entry in entries)] if entries else [f"{name}: []"]
        return "\n".join(lines) + "\n"


def read_ledger(text: str, where: str) -> Ledger:
    """A ledger from its text.

    :raises CorpusDamaged: naming the line that is not as :meth:`Ledger.text` writes it.
    """
    parts: dict[str, Any] = {}
    current: list[Any] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        try:
            if line.startswith("- ") and current is not None:
                current.append(json.loads(line[2:]))
                continue
            name, _, rest = line.partition(":")
            current = [] if not rest.strip() else None
            parts[name] = current if current is not None else json.loads(rest)
        except ValueError:
            raise CorpusDamaged(f"{where}, line {number}: unreadable; build the corpus again") from None
    if parts.get("format") != FORMAT:
        raise CorpusDamaged(f"{where}: the format is {parts.get('format')!r}, not {FORMAT!r}; build the corpus again")
    try:
        return Ledger(
            parts["about"],
            tuple(parts["sources"]),
            tuple(parts["refused"]),
            tuple(_entry(raw) for raw in parts["documents"]),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise CorpusDamaged(f"{where}: {wrong}; build the corpus again") from None


def of_documents(rows: Iterable[Entry], side: str) -> list[Entry]:
    """The entries of one side of the split, in the order of the file."""
    return sorted((row for row in rows if row.side == side), key=lambda row: row.offset)


def _entry(raw: Mapping[str, Any]) -> Entry:
    entry = Entry(**raw)
    if entry.side not in SIDES:
        raise ValueError(f"{entry.path} stands on the side {entry.side!r}")
    if not isinstance(entry.offset, int) or not isinstance(entry.length, int) or entry.offset < 0 or entry.length < 1:
        raise ValueError(f"{entry.path} has the place {entry.offset!r}+{entry.length!r}")
    return entry


def _flow(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=True, sort_keys=False)
