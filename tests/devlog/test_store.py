"""The folder of all logs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_devlog import BadEpisodeId, DevLogExists, DevLogStore, UnknownEpisode, check_episode_id


@pytest.fixture
def store(tmp_path):
    return DevLogStore(tmp_path / "home" / "devlog")


def test_create_open_read(store):
    assert store.episodes() == []
    with store.create("ep-1") as log:
        log.append({"kind": "note"})
        assert log.log_id == "ep-1"
    with pytest.raises(DevLogExists):
        store.create("ep-1")
    with store.open("ep-1") as log:
        log.append({"kind": "note"})
    assert [item.seq for item in store.reader("ep-1")] == [1, 2]
    assert store.episodes() == ["ep-1"]


def test_only_logs_are_listed(store):
    for name in ("b", "a"):
        store.create(name).close()
    (store.directory / "empty").mkdir()
    (store.directory / ".import-x").mkdir()
    (store.directory / "UPPER").mkdir()
    (store.directory / "index.sqlite").write_bytes(b"")
    (store.directory / "file").write_bytes(b"")
    assert store.episodes() == ["a", "b"]


BAD = ["", ".", "..", "../x", "a/b", "/etc", "a\\b", "-a", "A", "a\n", "a\0", "é", "a" * 65, "a.b", "~"]  # fmt: skip


@pytest.mark.parametrize("episode", BAD)
def test_names_that_are_no_ids(store, episode):
    for method in (store.create, store.open, store.reader, store.verify, store.path):
        with pytest.raises(BadEpisodeId, match="not an episode id"):
            method(episode)
    assert not store.directory.exists()


@given(st.text())
def test_an_id_never_leaves_the_folder(text):
    try:
        check_episode_id(text)
    except BadEpisodeId:
        return
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 1 <= len(text) <= 64


def test_an_unknown_episode(store):
    for method in (store.open, store.reader, store.verify, store.resolve):
        with pytest.raises(UnknownEpisode, match="rusta devlog list"):
            method("nobody")


def test_the_beginning_of_an_id_is_enough(store):
    for name in ("abc-1", "abc-2", "abd", "abd-long"):
        store.create(name).close()
    assert store.resolve("abc-1") == "abc-1"
    assert store.resolve("abd") == "abd", "a whole id wins over a beginning"
    assert store.resolve("abd-") == "abd-long"
    with pytest.raises(UnknownEpisode, match="2 episodes begin with 'abc': abc-1, abc-2"):
        store.resolve("abc")
    with pytest.raises(UnknownEpisode):
        store.resolve("")
    with pytest.raises(UnknownEpisode):
        store.resolve("../abc")


def test_verify_all(store):
    for name in ("a", "b"):
        with store.create(name) as log:
            log.append({"kind": "note"})
    segment = store.path("b") / "00000001.seg"
    content = bytearray(segment.read_bytes())
    content[600] ^= 1
    segment.write_bytes(content)
    reports = store.verify_all()
    assert {name: report.ok for name, report in reports.items()} == {"a": True, "b": False}
