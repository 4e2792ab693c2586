"""``rusta golden``: kept, checked to the last field, and replayed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rusta_conductor.golden import make_entry, read_entry, write_entry
from rusta_schemas.base import to_json

BundleFile = tuple[Path, Path]


@pytest.fixture
def kept(shell: Any, bundle_file: BundleFile, tmp_path: Path) -> Path:
    """The golden session of an application."""
    (told,) = shell.json("apply", bundle_file[0])
    file = tmp_path / "golden" / "apply.json"
    done = shell("golden", "add", told["episode"], "--name", "apply one file", "-o", file)
    assert done.exit_code == 0, done.output
    return file


def test_an_entry_holds_what_a_person_reads_and_the_whole_log(kept: Path) -> None:
    entry = read_entry(kept)
    assert entry.name == "apply one file"
    assert [step.action.verb for step in entry.actions] == [
        "inspect_bundle",
        "check_bundle",
        "apply_bundle",
    ]
    assert entry.reflection.startswith("applied to ")
    assert entry.log["format"] == "rusta-golden-log"


def test_a_kept_session_passes_also_on_another_machine(
    shell: Any, kept: Path, bundle_file: BundleFile, tmp_path: Path
) -> None:
    shell.home = type(shell.home)(tmp_path / "empty")
    bundle_file[1].rename(tmp_path / "gone")
    done = shell("golden", "check", kept)
    assert done.exit_code == 0, done.output
    assert "3 calls checked and replayed" in done.stdout
    assert "3 calls checked" in shell("golden", "check", kept, "--no-replay").stdout
    (told,) = shell.json("golden", "check", kept)
    assert told["ok"] is True
    assert shell("replay", kept).exit_code == 0


def alter(field: str, change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], None]:
    def altered(document: dict[str, Any]) -> None:
        document[field] = change(document[field])

    return altered


def alter_log(document: dict[str, Any]) -> None:
    document["log"]["entries"][3]["entry"]["data"]["ok"] = False


TAMPERING: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "a call fewer": (alter("actions", lambda v: v[:-1]), "$.actions"),
    "another digest": (
        alter("actions", lambda v: [{**v[0], "sha256": "0" * 64}, *v[1:]]),
        "sha256",
    ),
    "another snapshot": (alter("snapshot", lambda v: {"x": "0" * 64}), "$.snapshot"),
    "another reflection": (alter("reflection", lambda v: "all went well"), "$.reflection"),
    "another episode": (alter("episode", lambda v: "20250101-000000-00000000"), "$.episode"),
    "a test that never ran": (
        alter("tests", lambda v: [{"command": "x", "ok": True, "summary": "", "key": "0" * 64}]),
        "$.tests",
    ),
    "another log": (alter_log, "was changed"),
    "no log": (alter("log", lambda v: {}), "not a golden document"),
    "another version": (alter("v", lambda v: 7), "version 7"),
    "an unknown field": (lambda document: document.update(extra=1), "extra"),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_whatever_is_altered_is_named(shell: Any, kept: Path, name: str) -> None:
    change, words = TAMPERING[name]
    document = json.loads(kept.read_text())
    change(document)
    kept.write_text(json.dumps(document))
    done = shell("golden", "check", kept)
    assert done.exit_code == 1
    assert words in done.stdout
    assert "1 of 1 golden sessions failed" in done.stderr


def test_one_bad_file_does_not_hide_the_others(shell: Any, kept: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    done = shell("golden", "check", kept, bad, tmp_path / "missing.json", "--json")
    assert done.exit_code == 1
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["ok"] for row in told] == [True, False, False]
    assert "missing.json cannot be read" in told[2]["problem"]


def test_a_changed_decision_is_a_divergence(shell: Any, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rusta_conductor.bundles.domain import BundleDomain
    from rusta_conductor.domain import GiveUp

    monkeypatch.setattr(BundleDomain, "plan", lambda self, episode: GiveUp("refused", "not today"))
    done = shell("golden", "check", kept)
    assert done.exit_code == 5
    assert "not today" in done.stdout or "give_up" in done.stdout


def test_an_unfinished_episode_is_no_golden_one(shell: Any) -> None:
    from rusta_conductor.sessions import start

    goal = {"bundle": "0" * 64, "root": "/", "direction": "apply"}
    with start(shell.host, shell.home, "bundle", goal) as session:
        episode = session.episode.id
    done = shell("golden", "add", episode, "--name", "x", "-o", "x.json")
    assert done.exit_code == 2
    assert f"rusta resume {episode}" in done.stderr


def test_nothing_is_overwritten_unasked(shell: Any, kept: Path) -> None:
    before = kept.read_bytes()
    episode = read_entry(kept).episode
    done = shell("golden", "add", episode, "--name", "other", "-o", kept)
    assert done.exit_code == 2
    assert kept.read_bytes() == before
    assert shell("golden", "add", episode, "--name", "other", "-o", kept, "--force").exit_code == 0
    assert read_entry(kept).name == "other"
    assert shell("golden", "add", episode, "--name", " ", "-o", kept, "--force").exit_code == 2


def test_writing_and_reading_give_the_same(shell: Any, kept: Path, tmp_path: Path) -> None:
    entry = make_entry(shell.home, read_entry(kept).episode, "apply one file")
    again = tmp_path / "deep" / "again.json"
    size = write_entry(entry, again)
    assert again.read_bytes() == kept.read_bytes()
    assert size == len(kept.read_bytes())
    assert to_json(read_entry(again)) == to_json(entry)


def test_the_module_checks_files_by_itself(program: Any, kept: Path) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "rusta_conductor.golden", str(kept)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "checked and replayed" in done.stdout
