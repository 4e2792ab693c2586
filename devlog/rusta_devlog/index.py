"""A derived index over all logs, in SQLite: for listing and filtering. It may be deleted at any time.

The logs are the truth. :meth:`DevLogIndex.catch_up` reads what they gained since the last time, from the place where it
stopped then; a log that was replaced in the meantime is noticed by the digest of its last known frame and read anew. An
index file that is corrupt, of another version, or not ours is moved aside and built again, and :attr:`notes` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from rusta_devlog.cursor import Ending, LogCursor, Place
from rusta_devlog.errors import IndexFailed
from rusta_devlog.frames import Frame, decode_frame, genesis
from rusta_devlog.fs import REAL, read_all
from rusta_devlog.reader import settled
from rusta_devlog.store import DevLogStore
from rusta_devlog.summary import Summariser, compact

if TYPE_CHECKING:
    import sqlite_utils

Result = TypeVar("Result")

APPLICATION_ID = 0x52535444  # "RSTD": tells our files from others
SCHEMA_VERSION = 1
_BUSY_SECONDS = 30.0

_EPISODES = {
    "id": str, "domain": str, "goal": str, "status": str, "outcome": str, "opened": str, "last": str,
    "entries": int, "head": str, "problem": str,
    "segment": int, "offset": int, "frame_offset": int,
}  # fmt: skip
_ENTRIES = {
    "episode": str, "seq": int, "ts": str, "kind": str, "verb": str, "ok": int, "ms": float,
    "summary": str, "key": str,
}  # fmt: skip
_STATUS = {"opened": "open", "resumed": "open", "parked": "parked", "closed": "closed"}


class DevLogIndex:
    """The index of a store, by default ``index.sqlite`` in the store's folder.

    Raises:
        IndexFailed: the file cannot be written at all.
    """

    def __init__(self, store: DevLogStore, path: Path | None = None) -> None:
        self.store = store
        self.path = path or store.directory / "index.sqlite"
        self.notes: list[str] = []
        self._replaced = False
        self._db = self._open()

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    def catch_up(self) -> int:
        """Take in what the logs gained; gives the number of entries added.

        A damaged log is indexed as far as it can be read, and its row's ``problem`` says where it ends.

        Raises:
            IndexFailed: the index cannot be written.
        """
        return self._healing(self._catch_up_all)

    def rebuild(self) -> int:
        """Forget everything and read all logs anew; gives the number of entries. Raises :class:`IndexFailed`."""
        with self._guarded():
            self._db.close()
            self._remove()
            self._db = self._connect()
            return self._catch_up_all()

    def episodes(self, status: str | None = None) -> list[dict[str, Any]]:
        """The episodes, latest first: id, domain, goal (JSON text), status (open, parked or closed), outcome, opened,
        last (times of the first and last entry), entries, head, problem. Raises :class:`IndexFailed`."""
        columns = "id, domain, goal, status, outcome, opened, last, entries, head, problem"
        where = "WHERE status = :status" if status is not None else ""
        return self._select(f"SELECT {columns} FROM episodes {where} ORDER BY opened DESC, id", {"status": status})

    def entries(
        self, episode: str | None = None, kind: str | None = None, verb: str | None = None
    ) -> list[dict[str, Any]]:
        """Entries in the log's order, filtered: episode, seq, ts, kind, verb, ok (0, 1 or None), ms, summary.

        Raises:
            IndexFailed: the index cannot be read, nor built again.
        """
        wanted = {"episode": episode, "kind": kind, "verb": verb}
        given = {name: value for name, value in wanted.items() if value is not None}
        where = "WHERE " + " AND ".join(f"{name} = :{name}" for name in given) if given else ""
        columns = "episode, seq, ts, kind, verb, ok, ms, summary"
        return self._select(f"SELECT {columns} FROM entries {where} ORDER BY episode, seq", given)

    def _select(self, sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        def select() -> list[dict[str, Any]]:
            if self._replaced:
                self._catch_up_all()
            return list(self._db.query(sql, values))

        return self._healing(select)

    def _healing(self, work: Callable[[], Result]) -> Result:
        """Do ``work``; if the index turns out to be corrupt, put a new one in its place and do it again."""
        with self._guarded():
            try:
                return work()
            except _database_error() as error:
                if _is_environmental(error):
                    raise
                self._db.close()
                self._set_aside(f"could not be read ({error})")
                self._db = self._connect()
                return work()

    def _catch_up_all(self) -> int:
        self._replaced = False
        episodes = self.store.episodes()
        added = sum(self._catch_up(episode) for episode in episodes)
        with self._transaction():
            known = [row["id"] for row in self._db.query("SELECT id FROM episodes")]
            for gone in set(known) - set(episodes):
                self._forget(gone)
        return added

    def _catch_up(self, episode: str) -> int:
        with self._transaction():
            row = self._row(episode)
            if row and not self._still_there(episode, row):
                self._forget(episode)
                row = None
            place = _place(row) if row else None
            state = row or dict.fromkeys(_EPISODES, None) | {"id": episode, "entries": 0}
            cursor = LogCursor(REAL, self.store.path(episode), place)
            summariser: Summariser | None = None
            added = 0
            frames = settled(cursor)
            while True:
                try:
                    frame = next(frames)
                except StopIteration as stop:
                    diagnosis = stop.value
                    break
                summariser = summariser or Summariser(self._verbs(episode))
                rows = list(_rows(episode, frame, summariser, state))
                self._db["entries"].insert_all(rows)  # type: ignore[union-attr]
                added += len(rows)
            state["problem"] = None
            if diagnosis.ending in (Ending.DAMAGED, Ending.TORN):
                state["problem"] = f"{diagnosis.file} at {diagnosis.offset}: {diagnosis.reason}"
            digest = cursor.digest or (genesis(cursor.log_id) if cursor.log_id else b"")
            reached = cursor.place
            state |= {
                "entries": cursor.seq, "head": digest.hex(), "segment": reached.number,
                "offset": reached.offset, "frame_offset": reached.frame_offset,
            }  # fmt: skip
            self._db["episodes"].upsert(state, pk="id")  # type: ignore[union-attr]
            return added

    def _row(self, episode: str) -> dict[str, Any] | None:
        return next(self._db.query("SELECT * FROM episodes WHERE id = ?", [episode]), None)

    def _verbs(self, episode: str) -> dict[str, str]:
        """Which verb each call of the episode began with."""
        rows = self._db.query("SELECT key, verb FROM entries WHERE episode = ? AND kind = 'started'", [episode])
        return {row["key"]: row["verb"] for row in rows if row["key"] and row["verb"]}

    def _forget(self, episode: str) -> None:
        self._db.execute("DELETE FROM entries WHERE episode = ?", [episode])
        self._db.execute("DELETE FROM episodes WHERE id = ?", [episode])

    def _still_there(self, episode: str, row: dict[str, Any]) -> bool:
        """Whether the log still holds, at its place, the last frame that was indexed."""
        place = _place(row)
        if not place.frame_offset:
            return False  # at a segment's beginning there is nothing to compare: read it all again
        cursor = LogCursor(REAL, self.store.path(episode), place)
        try:
            data = read_all(REAL, self.store.path(episode) / cursor.file, place.frame_offset)
        except OSError:
            return False
        frame = decode_frame(data, 0, cursor.log_id)
        return isinstance(frame, Frame) and frame.digest == place.digest

    def _open(self) -> sqlite_utils.Database:
        with self._guarded():
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                return self._connect()
            except _database_error() as error:
                if _is_environmental(error):
                    raise
                self._set_aside(f"could not be read ({error})")
            except _ForeignIndex as error:
                self._set_aside(str(error))
            return self._connect()

    def _connect(self) -> sqlite_utils.Database:
        import sqlite3

        import sqlite_utils

        connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            self.path.chmod(0o600)
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            # One that another process is just making is empty, too; making the tables twice is harmless.
            is_new = application == 0 and not connection.execute("PRAGMA schema_version").fetchone()[0]
            if not is_new and application != APPLICATION_ID:
                raise _ForeignIndex("was not made by this program")
            if not is_new and version != SCHEMA_VERSION:
                raise _ForeignIndex(f"has version {version}, not {SCHEMA_VERSION}")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=OFF")  # it can always be built again
            db = sqlite_utils.Database(connection)
            if is_new:
                self._create_tables(db)
            return db
        except BaseException:
            connection.close()
            raise

    def _create_tables(self, db: sqlite_utils.Database) -> None:
        db.execute("BEGIN IMMEDIATE")
        db.table("episodes").create(_EPISODES, pk="id", if_not_exists=True)
        db.table("entries").create(_ENTRIES, pk=("episode", "seq"), if_not_exists=True)
        db.table("entries").create_index(["kind", "verb"], if_not_exists=True)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        db.execute("COMMIT")

    def _set_aside(self, why: str) -> None:
        aside = self.path.with_name(self.path.name + ".replaced")
        self.path.replace(aside)
        self._remove()
        self._replaced = True
        self.notes.append(f"the index {self.path} {why}: it is now {aside.name}, and built again")

    def _remove(self) -> None:
        for suffix in ("", "-wal", "-shm", "-journal"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with suppress(_database_error()):
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (OSError, _database_error()) as error:
            raise IndexFailed(
                f"the index {self.path} cannot be used: {error}; the logs are not affected. Free some "
                "space or fix the folder's permissions, then run `rusta devlog rebuild`"
            ) from error


class _ForeignIndex(Exception):
    pass


def _rows(episode: str, frame: Frame, summariser: Summariser, state: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The index rows of a frame's entries; ``state``, the episode's row, follows along."""
    for seq, entry in frame.entries():
        row = summariser.row(entry)
        data = entry.get("data")
        data = data if isinstance(data, dict) else {}
        if seq == 1:
            state["opened"] = row.ts
        state["last"] = row.ts
        if row.kind == "opened":
            domain = data.get("domain")
            state["domain"] = domain if isinstance(domain, str) else None
            state["goal"] = compact(data["goal"]) if "goal" in data else None
        if row.kind in _STATUS:
            state["status"] = _STATUS[row.kind]
            outcome = data.get("outcome")
            state["outcome"] = outcome if isinstance(outcome, str) else None
        yield {
            "episode": episode, "seq": seq, "ts": row.ts, "kind": row.kind, "verb": row.verb,
            "ok": row.ok, "ms": row.ms, "summary": row.summary, "key": row.key,
        }  # fmt: skip


def _place(row: dict[str, Any]) -> Place:
    return Place(
        row["segment"], row["offset"], row["entries"], bytes.fromhex(row["head"]), row["frame_offset"]
    )  # fmt: skip


def _database_error() -> type[Exception]:
    import sqlite3

    return sqlite3.Error


def _is_environmental(error: Exception) -> bool:
    """Whether the file may be fine and only the moment is not: locked, read-only, disk full, no permission."""
    import sqlite3

    code = getattr(error, "sqlite_errorcode", None)
    temporary = {
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR,
    }  # fmt: skip
    return code is not None and (code & 0xFF) in temporary
