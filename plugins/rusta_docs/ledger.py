"""Remembers the anchors that were given out, so that their text is known when the document is not the same any more.

Derived data: a ledger that is lost or damaged is begun anew, and loses only the former texts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rusta_docs.shelf import cache_folder
from rusta_schemas.anchor import Anchor

_NAME = "issued.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS issued (
  id TEXT PRIMARY KEY, anchor TEXT NOT NULL, text TEXT NOT NULL, folder TEXT NOT NULL
) WITHOUT ROWID;
"""
_WAIT_S = 10.0


@dataclass(frozen=True)
class Issued:
    """An anchor that was given out: its text in the normal form, and the folder its path is relative to."""

    anchor: Anchor
    text: str
    folder: str


class Ledger:
    """The anchors given out from one state folder."""

    def __init__(self, home: Path) -> None:
        self.path = cache_folder(home) / _NAME

    def issue(self, anchors: Iterable[Issued]) -> None:
        """Remember anchors. A ledger that cannot be written is no error: it is a convenience."""
        rows = [(i.anchor.id, i.anchor.model_dump_json(), i.text, i.folder) for i in anchors]
        if not rows:
            return
        for again in (False, True):
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with closing(sqlite3.connect(self.path, timeout=_WAIT_S)) as db, db:
                    # Losing the last rows in a power cut costs nothing that cannot be had again; waiting for the disk would.
                    db.executescript("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;" + _SCHEMA)
                    # The folder may have moved; text and anchor of an identity never change.
                    db.executemany("INSERT OR REPLACE INTO issued VALUES (?, ?, ?, ?)", rows)
                    self.path.chmod(0o600)
                return
            except sqlite3.OperationalError:
                return
            except sqlite3.DatabaseError:
                if again:
                    return
                self.path.unlink(missing_ok=True)
            except OSError:
                return

    def find(self, beginning: str) -> list[Issued]:
        """The anchors whose identities begin with these hexadecimal digits."""
        if not self.path.is_file():
            return []
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT_S)) as db:
                rows = db.execute(
                    "SELECT anchor, text, folder FROM issued WHERE id >= ? AND id < ?", (beginning, beginning + "g")
                ).fetchall()  # fmt: skip
            return [Issued(Anchor.model_validate_json(a), text, folder) for a, text, folder in rows]
        except (sqlite3.DatabaseError, ValueError):
            return []
