"""Documents: where each piece of text comes from, what it is, and on which side of the split it stands."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from rusta_datasets.errors import SourceMissing
from rusta_datasets.licences import judge
from rusta_datasets.pages import book_text, source_text

HELD_OUT_SHARE = 0.05
_READERS = {"source": source_text, "book": book_text}
# One page that repeats a whole book, and pages without text of their own.
_NEVER = ("print.html", "toc.html", "404.html")


@dataclass(frozen=True)
class Source:
    """One part of the documentation, with its licence (see ``data/sources.toml`` for the fields)."""

    name: str
    title: str
    folder: str
    kind: str
    spdx: str
    origin: str
    leave_out: tuple[str, ...] = ()
    weight: float = 1.0


@dataclass(frozen=True)
class Document:
    """One text. ``path`` is relative to the documentation's folder, ``sha256`` is of the text's bytes."""

    source: str
    path: str
    spdx: str
    text: bytes = field(repr=False)
    sha256: str

    @property
    def held_out(self) -> bool:
        """Whether it is kept for measuring. Decided by its content alone: no order, no seed, no machine matters."""
        return int(self.sha256[:8], 16) < HELD_OUT_SHARE * 2**32


def catalogue() -> tuple[Source, ...]:
    """The sources that this plugin knows."""
    table = tomllib.loads(files("rusta_datasets").joinpath("data/sources.toml").read_text("utf-8"))
    return tuple(Source(**{**entry, "leave_out": tuple(entry.get("leave_out", ()))}) for entry in table["source"])


def document(source: str, path: str, spdx: str, text: bytes) -> Document:
    """A document with its identity computed."""
    return Document(source, path, spdx, text, hashlib.sha256(text).hexdigest())


def read_source(html: Path, source: Source) -> Iterator[Document]:
    """The documents of one source below the documentation's folder ``html``, in the order of their paths.

    :raises SourceMissing: if its folder is not there.
    """
    folder = html / source.folder
    if not folder.is_dir():
        raise SourceMissing(f"{folder} is not there: install it with `rustup component add rust-docs`")
    read = _READERS[source.kind]
    for page in sorted(folder.rglob("*.html")):
        below = page.relative_to(folder).as_posix()
        if page.name in _NEVER or below.startswith(source.leave_out):
            continue
        text = read(page.read_text("utf-8", "replace")).encode()
        if text.strip():
            yield document(source.name, f"{source.folder}/{below}", source.spdx, text)


def permitted(sources: Iterable[Source]) -> tuple[tuple[Source, ...], tuple[tuple[Source, str], ...]]:
    """The sources that the licence gate lets pass, and the others, each with the reason."""
    passed, refused = [], []
    for source in sources:
        verdict = judge(source.spdx)
        if verdict.allowed:
            passed.append(source)
        else:
            refused.append((source, verdict.why))
    return tuple(passed), tuple(refused)


def distinct(documents: Iterable[Document]) -> Iterator[Document]:
    """Each text once, the first time it is seen; a text that differs only in white space counts as the same."""
    seen: set[bytes] = set()
    for one in documents:
        key = hashlib.sha256(b"".join(one.text.split())).digest()
        if key not in seen:
            seen.add(key)
            yield one
