"""The derived index: right, incremental, and never missed when it is gone."""

from __future__ import annotations

import random
import shutil
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_devlog import DevLog, DevLogStore, IndexFailed
from rusta_devlog.index import DevLogIndex

TS = "2024-01-01T00:00:{:02d}.000000Z"
KEY = "a" * 64


def entry(kind: str, second: int = 0, **data) -> dict:
    return {"v": 1, "ts": TS.format(second), "episode": "x", "kind": kind, "data": data}


EPISODE = [
    entry("opened", 1, domain="repair", goal={"path": "/x"}, seed=1),
    entry("started", 2, key=KEY, action={"v": 1, "verb": "cargo_check", "args": {"a": 1}}),
    entry("done", 3, key=KEY, sha256="b" * 64, blob="b" * 64, ms=12.5),
    entry("transition", 4, source="Sense", signal="sensed", target="Plan", ok=True),
    entry("something_new", 5, whatever=[1, 2]),
    entry("closed", 6, outcome="repaired", summary="1 line"),
]


@pytest.fixture
def store(tmp_path):
    store = DevLogStore(tmp_path / "devlog")
    with store.create("ep-1") as log:
        for item in EPISODE:
            log.append(item)
    with store.create("ep-2") as log:
        opened, parked = (
            entry("opened", 8, domain="repair", goal={}),
            entry("parked", 9, reason="x"),
        )
        log.append_group([opened, parked])
    return store


def content(index: DevLogIndex) -> tuple[list, list]:
    index.catch_up()
    return index.episodes(), index.entries()


def test_what_it_says(store):
    with DevLogIndex(store) as index:
        assert index.catch_up() == 8
        later, first = index.episodes()
        assert (first["id"], first["status"], first["outcome"]) == ("ep-1", "closed", "repaired")
        assert (first["domain"], first["goal"]) == ("repair", '{"path": "/x"}')
        assert (first["opened"], first["last"]) == (TS.format(1), TS.format(6))
        assert (first["entries"], first["problem"]) == (6, None)
        assert first["head"] == store.reader("ep-1").head().sha256
        assert (later["id"], later["status"]) == ("ep-2", "parked")
        assert [row["id"] for row in index.episodes("closed")] == ["ep-1"]
        calls = index.entries("ep-1", verb="cargo_check")
        assert [(row["seq"], row["kind"], row["ms"]) for row in calls] == [
            (2, "started", None),
            (3, "done", 12.5),
        ]
        assert [row["seq"] for row in index.entries(kind="opened")] == [1, 1]
        assert index.entries("ep-1", kind="transition")[0]["ok"] == 1
        assert index.notes == []


def test_it_catches_up_from_where_it_stopped(store):
    with DevLogIndex(store) as index:
        assert index.catch_up() == 8
        assert index.catch_up() == 0
        with store.open("ep-2") as log:
            log.append(entry("resumed", 10, replayed=0, budget={}))
            assert index.catch_up() == 1
            assert index.episodes("open")[0]["id"] == "ep-2"
            log.append(entry("closed", 11, outcome="abstained", summary=""))
        assert index.catch_up() == 1
        grown = content(index)
        index.rebuild()
        assert content(index) == grown


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(700, 3000))
def test_catching_up_in_any_steps_equals_building_anew(tmp_path_factory, steps, segment_bytes):
    """A call may begin before one look and end after it; a segment may end between."""
    store = DevLogStore(tmp_path_factory.mktemp("home") / "devlog")
    number = 0
    with (
        DevLog.create(store.path("ep-1"), "ep-1", segment_bytes=segment_bytes) as log,
        DevLogIndex(store) as index,
    ):
        for step in steps:
            for _ in range(step):
                number += 1
                key = f"{number // 2:064x}"
                action = {"verb": f"verb_{number}"}
                kind = "done" if number % 2 else "started"
                log.append(entry(kind, key=key, action=action if kind == "started" else None, ms=1))
            index.catch_up()
        stepwise = content(index)
        index.rebuild()
        assert content(index) == stepwise
        assert len(stepwise[1]) == number


def test_deleted(store):
    with DevLogIndex(store) as index:
        before = content(index)
    index.path.unlink()
    with DevLogIndex(store) as index:
        assert content(index) == before
        assert index.notes == []


@pytest.mark.parametrize("damage", ["noise", "cut", "middle", "foreign", "newer", "text"])
def test_corrupt_or_foreign(store, damage):
    """It is moved aside, built again, and one is told."""
    with DevLogIndex(store) as index:
        before = content(index)
    path = index.path
    good = path.read_bytes()
    if damage == "noise":
        path.write_bytes(random.Random(1).randbytes(10_000))
    elif damage == "cut":
        path.write_bytes(good[: len(good) // 2])
    elif damage == "middle":
        path.write_bytes(good[:4096] + b"\xff" * (len(good) - 4096))
    elif damage == "text":
        path.write_text("this is my diary\n" * 100)
    else:
        if damage == "foreign":
            path.unlink()
        connection = sqlite3.connect(path)
        if damage == "foreign":
            connection.execute("CREATE TABLE mine (x)")
        else:
            connection.execute("PRAGMA user_version = 99")
        connection.commit()
        connection.close()
    bad = path.read_bytes()
    with DevLogIndex(store) as index:
        assert content(index) == before
        [note] = index.notes
        assert str(path) in note
    assert (path.parent / "index.sqlite.replaced").read_bytes() == bad


def test_corrupted_under_our_hands(store):
    """A reader that meets the damage in the middle of its work builds anew and answers."""
    with DevLogIndex(store) as index:
        before = content(index)
        index._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = index.path.stat().st_size
    with DevLogIndex(store) as index:
        with index.path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (size - 4096))
        assert (index.episodes(), index.entries()) == before
        assert len(index.notes) == 1


def test_a_replaced_log_is_read_anew(store):
    """Another log under the same id, longer or shorter, is not mixed up with the old one."""
    with DevLogIndex(store) as index:
        index.catch_up()
        for texts in ("abcdefghi", "x", "yz"):
            shutil.rmtree(store.path("ep-1"))
            with store.create("ep-1") as log:
                for text in texts:
                    log.append(entry("note", text=text))
            index.catch_up()
            assert [row["summary"] for row in index.entries("ep-1")] == list(texts)


def test_a_removed_log_is_forgotten(store):
    with DevLogIndex(store) as index:
        index.catch_up()
        shutil.rmtree(store.path("ep-1"))
        index.catch_up()
        assert [row["id"] for row in index.episodes()] == ["ep-2"]
        assert {row["episode"] for row in index.entries()} == {"ep-2"}


def test_a_damaged_log_is_indexed_as_far_as_it_goes(store):
    segment = store.path("ep-1") / "00000001.seg"
    data = bytearray(segment.read_bytes())
    data[512 + 512 + 60] ^= 1
    segment.write_bytes(data)
    with DevLogIndex(store) as index:
        index.catch_up()
        row = next(row for row in index.episodes() if row["id"] == "ep-1")
        assert row["entries"] == 1
        assert row["problem"].startswith("00000001.seg at 1024: ")
        assert len(index.entries("ep-2")) == 2


def test_the_logs_are_not_touched(store):
    before = {path: path.read_bytes() for path in store.directory.rglob("*.seg")}
    with DevLogIndex(store) as index:
        index.rebuild()
    assert {path: path.read_bytes() for path in store.directory.rglob("*.seg")} == before


def test_two_at_once(store):
    with DevLogIndex(store) as one, DevLogIndex(store) as two:
        one.catch_up()
        assert two.catch_up() == 0
        with store.open("ep-2") as log:
            log.append(entry("note", text="x"))
        assert two.catch_up() == 1
        assert content(one) == content(two)


def test_no_place_for_an_index(tmp_path):
    (tmp_path / "devlog").write_text("a file")
    with pytest.raises(IndexFailed, match="the logs are not affected"):
        DevLogIndex(DevLogStore(tmp_path / "devlog"))
