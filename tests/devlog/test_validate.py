"""Checking golden files without replaying them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from rusta_devlog import DevLogStore, GoldenError
from rusta_devlog.golden import export_bytes, export_document
from rusta_devlog.validate import main, validate

TS = "2024-01-01T00:00:00.000000Z"


@pytest.fixture
def log(tmp_path):
    store = DevLogStore(tmp_path / "devlog")
    with store.create("ep-1") as log:
        for kind, data in (("note", {"text": "x"}), ("closed", {"outcome": "o", "summary": "s"})):
            log.append({"v": 1, "ts": TS, "episode": "ep-1", "kind": kind, "data": data})
    return store.reader("ep-1")


@pytest.fixture
def entry(log):
    document = export_document(log)
    return {"v": 1, "name": "a session", "episode": "ep-1", "snapshot": {}, "actions": [], "log": document}  # fmt: skip


def write(path, document):
    path.write_text(json.dumps(document, indent=1))
    return path


def test_a_log_and_an_entry(log, entry, tmp_path):
    (tmp_path / "log.json").write_bytes(export_bytes(log))
    assert validate(tmp_path / "log.json").startswith("log of ep-1, 2 entries, head ")
    assert validate(write(tmp_path / "entry.json", entry)).startswith("a session, 2 entries")


def spoil_seal(entry):
    entry["log"]["entries"][1]["entry"]["data"]["outcome"] = "better"


def spoil_form(entry):
    entry["snapshot"] = {"../x": "0" * 64}


def spoil_episode(entry):
    entry["episode"] = "ep-2"


def spoil_field(entry):
    entry["extra"] = 1


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(spoil_seal, "entry 2 "), (spoil_form, "snapshot"), (spoil_episode, "its log is of ep-1"), (spoil_field, "extra")],
)  # fmt: skip
def test_a_spoiled_entry(entry, tmp_path, spoil, said):
    spoil(entry)
    with pytest.raises(GoldenError, match=said):
        validate(write(tmp_path / "entry.json", entry))


def test_a_log_with_an_event_of_another_shape(tmp_path):
    store = DevLogStore(tmp_path / "devlog")
    with store.create("ep-1") as log:
        log.append({"v": 1, "ts": TS, "episode": "ep-1", "kind": "closed", "data": {}})
    document = export_document(store.reader("ep-1"))
    entry = {"name": "n", "episode": "ep-1", "snapshot": {}, "actions": [], "log": document}
    with pytest.raises(GoldenError, match="not as published"):
        validate(write(tmp_path / "entry.json", entry))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_no_golden_file(tmp_path, content):
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(GoldenError):
        validate(tmp_path / "x.json")


def test_the_command(entry, tmp_path, capsys):
    good = write(tmp_path / "good.json", entry)
    assert main([str(good)]) == 0
    assert main([str(good), str(tmp_path / "none.json")]) == 1
    assert "none.json: PROBLEM: it cannot be read" in capsys.readouterr().out
    assert main([]) == 2
    done = subprocess.run([sys.executable, "-m", "rusta_devlog.validate", good], check=False)
    assert done.returncode == 0
