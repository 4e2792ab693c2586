"""Golden documents: out and in again byte for byte, and no change goes unnoticed."""

from __future__ import annotations

import base64
import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_devlog import DevLog, DevLogDamaged, DevLogStore, GoldenError
from rusta_devlog.golden import (
    check_document,
    export_bytes,
    export_document,
    import_document,
    parse_document,
)
from rusta_schemas.canonical import canonical_bytes, sha256_hex


@pytest.fixture
def store(tmp_path):
    store = DevLogStore(tmp_path / "one" / "devlog")
    with DevLog.create(store.path("ep-1"), "ep-1", segment_bytes=1500) as log:
        log.append({"v": 1, "kind": "opened", "data": {"goal": "ä\x1b\u2028"}})
        blob = log.put_blob(bytes(range(256)) * 100)
        log.put_blob(b"nobody names this one")
        log.append({"v": 1, "kind": "done", "data": {"blob": blob, "ms": 0.1}})
        log.append_group([{"v": 1, "kind": "note", "data": {"n": n}} for n in range(5)])
        log.append({"v": 1, "kind": "closed", "data": {}})
    return store


@pytest.fixture
def other(tmp_path):
    return DevLogStore(tmp_path / "two" / "devlog")


def test_there_and_back_again(store, other):
    exported = export_bytes(store.reader("ep-1"))
    done = import_document(other, parse_document(exported))
    assert done == ("ep-1", 8, True)
    assert export_bytes(other.reader("ep-1")) == exported
    assert other.reader("ep-1").head() == store.reader("ep-1").head()
    assert other.verify("ep-1").ok
    assert [p.name for p in other.directory.iterdir()] == ["ep-1"], "nothing is left lying about"
    with other.open("ep-1") as log:
        assert log.append({"kind": "resumed"}).seq == 9


def test_importing_twice_changes_nothing(store, other):
    document = export_document(store.reader("ep-1"))
    assert import_document(other, document).created
    before = {path: path.read_bytes() for path in other.directory.rglob("*") if path.is_file()}
    assert not import_document(other, document).created
    assert {path: path.read_bytes() for path in other.directory.rglob("*") if path.is_file()} == before


def test_another_episode_of_the_same_id_is_refused(store, other):
    document = export_document(store.reader("ep-1"))
    with other.create("ep-1") as log:
        log.append({"kind": "note"})
    with pytest.raises(GoldenError, match="another episode is called ep-1"):
        import_document(other, document)
    assert len(list(other.reader("ep-1"))) == 1


def test_something_else_in_the_way_is_refused(store, other):
    document = export_document(store.reader("ep-1"))
    other.directory.mkdir(parents=True)
    (other.directory / "ep-1").write_text("a file")
    with pytest.raises(GoldenError, match="in the way"):
        import_document(other, document)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


entries = st.dictionaries(st.text(), json_values, max_size=3)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(entries, min_size=1, max_size=3), max_size=5))
def test_any_log_round_trips(tmp_path_factory, groups):
    folder = tmp_path_factory.mktemp("golden")
    one, two = DevLogStore(folder / "one"), DevLogStore(folder / "two")
    with one.create("ep-1") as log:
        for group in groups:
            log.append_group(group)
    exported = export_bytes(one.reader("ep-1"))
    import_document(two, parse_document(exported))
    assert export_bytes(two.reader("ep-1")) == exported


def resealed(document: dict) -> dict:
    """With a new integrity hash, as somebody would who knows how."""
    content = {key: value for key, value in document.items() if key != "integrity"}
    return content | {"integrity": sha256_hex(canonical_bytes(content))}


def change_entry(document):
    document["entries"][3]["entry"]["data"]["n"] = 99


def change_entry_and_digest(document):
    item = document["entries"][3]
    item["entry"]["data"]["n"] = 99
    item["sha256"] = sha256_hex(canonical_bytes(item["entry"]))


def change_blob(document):
    [name] = document["blobs"]
    document["blobs"][name] = base64.b64encode(b"other").decode()


def drop_blob(document):
    document["blobs"].clear()


def add_blob(document):
    document["blobs"][sha256_hex(b"x")] = base64.b64encode(b"x").decode()


def drop_last_entry(document):
    document["entries"].pop()


def drop_last_frame(document):
    document["entries"].pop()
    document["frames"].pop()


def swap(document):
    entries = document["entries"]
    entries[0]["entry"], entries[1]["entry"] = entries[1]["entry"], entries[0]["entry"]


def rename(document):
    document["episode"] = "ep-2"


def escape(document):
    document["episode"] = "../../ep-1"


def other_head(document):
    document["head"]["seq"] = 9


def regroup(document):
    document["frames"][0]["count"] = 2


def add_part(document):
    document["comment"] = "hello"


def add_field(document):
    document["entries"][0]["comment"] = "hello"


CHANGES = {
    change_entry: "entry 4 ",
    change_entry_and_digest: "entry 3 ",  # the first of its frame
    change_blob: "of entry 2 was changed",
    drop_blob: "of entry 2 is missing",
    add_blob: "belongs to no entry",
    drop_last_entry: "entry 8 ",
    drop_last_frame: "its head is not",
    swap: "entry 1 ",
    rename: "entry 1 ",
    escape: "names no episode",
    other_head: "head",
    regroup: "entry 1 ",
    add_part: "comment",
    add_field: "entry 1 ",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("seal", ["old seal", "new seal"])
def test_tampering_is_named(store, other, change, seal):
    document = copy.deepcopy(export_document(store.reader("ep-1")))
    change(document)
    if seal == "new seal":
        document = resealed(document)
    with pytest.raises(GoldenError, match=CHANGES[change]):
        import_document(other, document)
    assert not other.directory.exists()


def test_every_part_is_needed_and_has_its_type(store):
    whole = export_document(store.reader("ep-1"))
    for part in whole:
        without = {key: value for key, value in whole.items() if key != part}
        with pytest.raises(GoldenError):
            check_document(without)
        for nonsense in (None, -1, [1], {"x": 1}, "x"):
            with pytest.raises(GoldenError):
                check_document(whole | {part: nonsense})


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_changed_character_is_noticed(tmp_path_factory, data):
    exported = _sample(tmp_path_factory)
    at = data.draw(st.integers(0, len(exported) - 2))
    byte = data.draw(st.integers(33, 126))
    changed = exported[:at] + bytes([byte]) + exported[at + 1 :]
    try:
        document = parse_document(changed)
    except GoldenError:
        return
    assert document == json.loads(exported), "only another spelling of the same may pass"


_SAMPLES: list[bytes] = []


def _sample(tmp_path_factory) -> bytes:
    if not _SAMPLES:
        store = DevLogStore(tmp_path_factory.mktemp("sample"))
        with store.create("ep-1") as log:
            log.append({"kind": "done", "data": {"blob": log.put_blob(b"blob"), "ms": 1.5}})
            log.append({"kind": "closed"})
        _SAMPLES.append(export_bytes(store.reader("ep-1")))
    return _SAMPLES[0]


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b'{"format": "x"}', b"[" * 100_000])
def test_what_is_no_golden_document(data):
    with pytest.raises(GoldenError, match="not a golden document"):
        parse_document(data)


def test_a_newer_version_is_named(store):
    document = export_document(store.reader("ep-1")) | {"version": 2}
    with pytest.raises(GoldenError, match="version 2"):
        check_document(document)


def test_a_damaged_log_is_not_exported(store):
    first = store.path("ep-1") / "00000001.seg"
    content = bytearray(first.read_bytes())
    content[700] ^= 1
    first.write_bytes(content)
    with pytest.raises(DevLogDamaged):
        export_document(store.reader("ep-1"))
