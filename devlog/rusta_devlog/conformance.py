"""What any storage for episode logs must do, as tests. Shipped, so that an author of another storage runs the same.

Subclass it in a test module, say how a log is made, and let pytest collect it::

    class TestMyStorage(DevLogConformance):
        def create(self, directory, log_id): return MyLog.create(directory, log_id)
        def open(self, directory): return MyLog.open(directory)
        def reader(self, directory): return MyReader(directory)

The three methods default to Rusta's own storage. Every test gets an empty folder from pytest's ``tmp_path``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from rusta_devlog.errors import (
    BadEntry,
    BlobError,
    DevLogError,
    DevLogExists,
    DevLogFailed,
    DevLogLocked,
    DevLogNotFound,
)
from rusta_devlog.reader import DevLogReader
from rusta_devlog.writer import DevLog, Head, Receipt
from rusta_schemas.canonical import sha256_hex


class Log(Protocol):
    """The writing side of a storage."""

    @property
    def head(self) -> Head: ...
    def append(self, entry: Mapping[str, Any]) -> Receipt: ...
    def append_group(self, entries: list[Mapping[str, Any]]) -> list[Receipt]: ...
    def put_blob(self, data: bytes) -> str: ...
    def get_blob(self, sha256: str) -> bytes: ...
    def close(self) -> None: ...


class Reader(Protocol):
    """The reading side of a storage."""

    def __iter__(self) -> Iterator[tuple[int, str, dict[str, Any]]]: ...


def note(text: str) -> dict[str, Any]:
    """An entry of kind ``note``."""
    ts = "2024-01-01T00:00:00.000000Z"
    return {"v": 1, "ts": ts, "episode": "ep-1", "kind": "note", "data": {"text": text}}


class DevLogConformance:
    """Inherit, override the three methods, and name the class ``Test…``."""

    def create(self, directory: Path, log_id: str) -> Log:
        return DevLog.create(directory, log_id)

    def open(self, directory: Path) -> Log:
        return DevLog.open(directory)

    def reader(self, directory: Path) -> Reader:
        return DevLogReader(directory)

    def test_a_new_log_is_empty(self, tmp_path: Path) -> None:
        log = self.create(tmp_path / "log", "ep-1")
        assert log.head.seq == 0
        log.close()
        assert list(self.reader(tmp_path / "log")) == []

    def test_entries_come_back_in_order_with_their_numbers(self, tmp_path: Path) -> None:
        entries = [note(text) for text in ("a", "\u2028\x00\ud7ff", "", "\n" * 3, "🦀" * 1000)]
        log = self.create(tmp_path / "log", "ep-1")
        receipts = [log.append(entry) for entry in entries]
        assert [receipt.seq for receipt in receipts] == [1, 2, 3, 4, 5]
        log.close()
        found = list(self.reader(tmp_path / "log"))
        assert [(seq, entry) for seq, _, entry in found] == list(enumerate(entries, 1))
        assert [sha256 for _, sha256, _ in found] == [receipt.sha256 for receipt in receipts]

    def test_an_entry_is_readable_when_append_returns(self, tmp_path: Path) -> None:
        log = self.create(tmp_path / "log", "ep-1")
        for number in range(5):
            log.append(note(str(number)))
            assert len(list(self.reader(tmp_path / "log"))) == number + 1
        log.close()

    def test_a_log_goes_on_where_it_ended(self, tmp_path: Path) -> None:
        log = self.create(tmp_path / "log", "ep-1")
        log.append(note("one"))
        head = log.head
        log.close()
        log = self.open(tmp_path / "log")
        assert log.head == head
        assert log.append(note("two")).seq == 2
        log.close()
        texts = [entry["data"]["text"] for _, _, entry in self.reader(tmp_path / "log")]
        assert texts == ["one", "two"]

    def test_the_head_depends_on_every_entry_and_on_the_id(self, tmp_path: Path) -> None:
        heads = set()
        for name, texts in {"ep-1": "ab", "ep-2": "ab", "ep-3": "ba", "ep-4": "a"}.items():
            log = self.create(tmp_path / name, "ep-1" if name != "ep-2" else name)
            for text in texts:
                log.append(note(text))
            heads.add(log.head.sha256)
            log.close()
        assert len(heads) == 4

    def test_a_group_shares_its_place_in_the_chain(self, tmp_path: Path) -> None:
        log = self.create(tmp_path / "log", "ep-1")
        log.append(note("before"))
        receipts = log.append_group([note(str(number)) for number in range(10)])
        assert [receipt.seq for receipt in receipts] == list(range(2, 12))
        assert {receipt.sha256 for receipt in receipts} == {log.head.sha256}
        assert log.append_group([]) == []
        assert log.head.seq == 11
        log.close()

    def test_a_bad_entry_is_refused_and_changes_nothing(self, tmp_path: Path) -> None:
        log = self.create(tmp_path / "log", "ep-1")
        log.append(note("good"))
        head = log.head
        for bad in (float("nan"), b"bytes", {1: 2}, {"a", "set"}, "\ud800"):
            _expect(BadEntry, partial(log.append, {"kind": "note", "data": {"x": bad}}))
        _expect(BadEntry, lambda: log.append_group([note("fine"), {"kind": object()}]))
        assert log.head == head
        log.append(note("still good"))
        log.close()
        assert len(list(self.reader(tmp_path / "log"))) == 2

    def test_one_writer_at_a_time(self, tmp_path: Path) -> None:
        log = self.create(tmp_path / "log", "ep-1")
        _expect(DevLogLocked, lambda: self.open(tmp_path / "log"))
        log.close()
        self.open(tmp_path / "log").close()

    def test_a_log_is_not_created_over_another(self, tmp_path: Path) -> None:
        self.create(tmp_path / "log", "ep-1").close()
        _expect(DevLogExists, lambda: self.create(tmp_path / "log", "ep-1"))

    def test_opening_nothing_is_an_error(self, tmp_path: Path) -> None:
        _expect(DevLogNotFound, lambda: self.open(tmp_path / "none"))
        (tmp_path / "empty").mkdir()
        _expect(DevLogNotFound, lambda: self.open(tmp_path / "empty"))

    def test_a_closed_log_takes_nothing(self, tmp_path: Path) -> None:
        log = self.create(tmp_path / "log", "ep-1")
        log.close()
        log.close()
        _expect(DevLogFailed, lambda: log.append(note("late")))
        _expect(DevLogFailed, lambda: log.put_blob(b"late"))

    def test_blobs_are_named_by_their_content(self, tmp_path: Path) -> None:
        log = self.create(tmp_path / "log", "ep-1")
        for data in (b"", b"\0" * 100_000, bytes(range(256))):
            assert log.put_blob(data) == log.put_blob(data) == sha256_hex(data)
            assert log.get_blob(sha256_hex(data)) == data
        _expect(BlobError, lambda: log.get_blob("0" * 64))
        _expect(BlobError, lambda: log.get_blob("../../etc/passwd"))
        log.close()

    def test_threads_may_append_at_once(self, tmp_path: Path) -> None:
        log = self.create(tmp_path / "log", "ep-1")
        receipts: list[Receipt] = []

        def work(name: str) -> None:
            receipts.extend([log.append(note(f"{name}{number}")) for number in range(20)])

        threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        log.close()
        assert sorted(receipt.seq for receipt in receipts) == list(range(1, 81))
        texts = [entry["data"]["text"] for _, _, entry in self.reader(tmp_path / "log")]
        for name in "abcd":
            mine = [text for text in texts if text.startswith(name)]
            assert mine == [f"{name}{number}" for number in range(20)]


def _expect(error: type[DevLogError], work: Callable[[], object]) -> None:
    said = None
    try:
        work()
    except error as raised:
        said = str(raised)
    assert said is not None, f"{error.__name__} was not raised"
    assert said, "an error says what happened"
