"""Reads the index of one toolchain's documentation: one SQLite file, replaced as a whole and never written in place."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from rusta_docs.errors import DocsError
from rusta_docs.extraction import VERSION

# Raised when the tables change; older stores are built anew.
SCHEMA = 2

_COLUMNS = (
    "p.id, d.collection, d.origin, d.path, d.title, p.kind, p.fragment, p.headings, p.start, p.end, "
    "p.text_sha256, p.anchor, p.text"
)


class StoreDamaged(DocsError):
    """The index cannot be read; it is derived, so it is simply built anew."""


@dataclass(frozen=True)
class Stored:
    """A passage as the index has it. ``headings`` lead from the document's title to the passage's own."""

    row: int
    collection: str
    origin: str
    path: str
    document: str
    kind: str
    fragment: str
    headings: tuple[str, ...]
    start: int
    end: int
    text_sha256: str
    anchor: str
    text: str


@dataclass(frozen=True)
class Retired:
    """A passage of a document that has changed since it was indexed."""

    anchor: str
    origin: str
    path: str
    title: str
    start: int
    end: int
    text_sha256: str
    text: str


@dataclass(frozen=True)
class Known:
    """What the index knows of a document."""

    id: int
    collection: str
    path: str
    sha256: str
    size: int
    mtime_ns: int


class DocStore:
    """An open index. Use it as a context manager.

    Raises:
        StoreDamaged: the file is not there, not a database, damaged, or of another version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_file():
            raise StoreDamaged(f"there is no index at {path}; build it with 'rusta docs build'")
        try:
            # Immutable: the file is never changed after it got its name, so no locks are needed.
            self._db = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self.meta: dict[str, str] = dict(self._db.execute("SELECT name, value FROM meta"))
        except sqlite3.DatabaseError as error:
            raise StoreDamaged(f"the index {path} is damaged ({error})") from None
        if (self.meta.get("schema"), self.meta.get("extraction")) != (str(SCHEMA), str(VERSION)):
            self._db.close()
            raise StoreDamaged(f"the index {path} was made by another version")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @property
    def origin(self) -> str:
        """What the anchors of the installed pages (or of the crate) name as their origin."""
        return self.meta["origin"]

    @property
    def docs(self) -> Path:
        """The folder that was indexed."""
        return Path(self.meta["docs"])

    def rows(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        """The answer to a query. Raises StoreDamaged."""
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise StoreDamaged(f"the index {self.path} is damaged ({error})") from None

    def passages(self, where: str, values: tuple[object, ...] = ()) -> list[Stored]:
        """The passages (``p``, of documents ``d``) for which a condition holds."""
        sql = f"SELECT {_COLUMNS} FROM passages p JOIN documents d ON d.id = p.document WHERE {where}"
        return [_stored(row) for row in self.rows(sql, values)]

    def by_anchor(self, beginning: str) -> list[Stored]:
        """The passages whose anchors begin with these hexadecimal digits."""
        return self.passages("p.anchor >= ? AND p.anchor < ?", _range(beginning))

    def retired(self, beginning: str) -> list[Retired]:
        """Passages that are no more, whose anchors begin with these digits."""
        sql = (
            "SELECT anchor, origin, path, title, start, end, text_sha256, text FROM retired "
            "WHERE anchor >= ? AND anchor < ?"
        )
        return [Retired(*row) for row in self.rows(sql, _range(beginning))]  # type: ignore[arg-type]

    def known(self) -> Iterator[Known]:
        """All documents."""
        for row in self.rows("SELECT id, collection, path, sha256, size, mtime_ns FROM documents"):
            yield Known(*row)  # type: ignore[arg-type]

    def code(self, row: int) -> list[tuple[str, str]]:
        """The blocks of code of a passage: their classes and their text."""
        sql = "SELECT classes, text FROM code WHERE passage = ? ORDER BY number"
        return [(str(classes), str(text)) for classes, text in self.rows(sql, (row,))]

    def check(self) -> None:
        """Read all of the file. Raises StoreDamaged when a part of it is not as it was written."""
        answer = self.rows("PRAGMA integrity_check(1)")
        if answer != [("ok",)]:
            raise StoreDamaged(f"the index {self.path} is damaged ({answer[0][0]})")

    def counts(self) -> list[tuple[str, int, int]]:
        """Documents and searched passages, by collection."""
        sql = (
            "SELECT d.collection, count(DISTINCT d.id), coalesce(sum(p.searched), 0) FROM documents d "
            "LEFT JOIN passages p ON p.document = d.id GROUP BY d.collection ORDER BY d.collection"
        )
        return [(str(a), int(str(b)), int(str(c))) for a, b, c in self.rows(sql)]


def _range(beginning: str) -> tuple[str, str]:
    return beginning, beginning + "g"


def _stored(row: tuple[object, ...]) -> Stored:
    values = list(row)
    values[7] = tuple(json.loads(str(row[7])))
    # The number of the row comes first, as in the query.
    return Stored(*values)  # type: ignore[arg-type]
