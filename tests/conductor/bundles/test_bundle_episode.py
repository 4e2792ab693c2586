"""Applying through the one door: an episode that is logged, resumed after a kill, and replayed without a tool."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rusta_conductor import builtin, sessions
from rusta_conductor.bundles import BundleStore, operate
from rusta_conductor.errors import RustaError, UnknownOutcome
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_conductor.sessions import read_recording, replay, resume
from rusta_devlog import DevLogStore
from rusta_schemas.bundle import PatchBundle
from rusta_schemas.devlog import Started

Look = Callable[[Path], dict[str, Any]]


@pytest.fixture
def host() -> PluginHost:
    made = PluginHost(strict=True)
    made.register(builtin, name="conductor")
    return made


def kinds(home: Home, episode: str) -> list[str]:
    """The log in words: calls by their verb, moves by their signal, everything else by its kind."""
    said = []
    for _, _, entry in DevLogStore(home.devlog).reader(episode):
        data = entry["data"]
        word = data.get("signal") or data.get("action", {}).get("verb") or entry["kind"]
        said.append(word)
    return said


def test_apply_walks_the_machine_and_every_step_is_a_row(
    host: PluginHost, home: Home, tree: Path, bundle: PatchBundle
) -> None:
    done = operate(host, home, bundle, "apply")
    assert done.done
    assert done.result.outcome == "applied"
    assert kinds(home, done.episode) == [
        "opened",
        *("inspect_bundle", "done", "sensed", "ready"),
        *("decision", "proposed", "check_bundle", "done", "green"),
        *("apply_bundle", "done", "reflected", "remembered", "closed"),
    ]
    assert (tree / "new/deep/made.txt").exists()
    back = operate(host, home, bundle, "rollback")
    assert back.result.outcome == "rolled-back"
    assert not (tree / "new").exists()


def test_a_refusal_is_an_episode_too_and_writes_nothing(
    host: PluginHost, home: Home, tree: Path, bundle: PatchBundle, look_at: Look
) -> None:
    (tree / "src/lib.txt").write_text("mine\n")
    before = look_at(tree)
    done = operate(host, home, bundle, "apply")
    assert not done.done
    assert done.result.outcome == "refused"
    assert "'src/lib.txt' was changed" in done.result.summary
    assert "apply_bundle" not in kinds(home, done.episode)
    assert look_at(tree) == before


def test_a_bundle_larger_than_the_usual_budget_was_proved_and_may_be_applied(
    host: PluginHost, home: Home, tree: Path, make_bundle: Any
) -> None:
    texts = {f"f{n}.txt": (b"a\n", b"b\n" * 50) for n in range(9)}
    for name, (old, _) in texts.items():
        (tree / name).write_bytes(old)
    large = make_bundle(tree, texts, k_lines=450)
    assert operate(host, home, large, "apply").done


def test_replay_runs_no_tool_and_needs_neither_tree_nor_bundle(
    host: PluginHost,
    home: Home,
    tree: Path,
    bundle: PatchBundle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    episode = operate(host, home, bundle, "apply").episode
    BundleStore(home).path(bundle.id).unlink()
    tree.rename(tree.with_name("elsewhere"))

    def no_tool(*_: object) -> None:
        raise AssertionError("a tool was started")

    monkeypatch.setattr("rusta_conductor.episode.perform", no_tool)
    report = replay(host, home, DevLogStore(home.devlog).reader(episode))
    assert (report.calls, report.ended, report.outcome) == (3, True, "applied")


def test_the_user_may_give_another_place(host: PluginHost, home: Home, tree: Path, bundle: PatchBundle) -> None:
    moved = tree.rename(tree.with_name("moved"))
    assert "--root" in operate(host, home, bundle, "apply").result.summary
    done = operate(host, home, bundle, "apply", root=moved)
    assert done.result.data["root"] == str(moved)


DIE = """
import os, signal, sys
from pathlib import Path
from rusta_conductor import builtin
from rusta_conductor.bundles import BundleStore, operate, steps
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
home, at = Home(Path(sys.argv[1])), sys.argv[3]
steps.reached = lambda name: name == at and os.kill(os.getpid(), signal.SIGKILL)
host = PluginHost(); host.register(builtin, name="conductor")
operate(host, home, BundleStore(home).load(sys.argv[2]), "apply")
"""


def kill_at(home: Home, bundle: PatchBundle, step: str) -> str:
    """Apply in a process that dies at ``step``; the id of the episode it leaves behind."""
    BundleStore(home).save(bundle)
    done = subprocess.run([sys.executable, "-c", DIE, home.path, bundle.id, step], check=False)
    assert done.returncode == -signal.SIGKILL
    (episode,) = DevLogStore(home.devlog).episodes()
    return episode


STEPS = ["locked", "journal written", "src/crlf.txt: replaced", "folders synced", "journal closed"]


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_episode_is_resumed_and_the_change_is_made_once(
    host: PluginHost, home: Home, tree: Path, bundle: PatchBundle, mixed: Any, step: str
) -> None:
    episode = kill_at(home, bundle, step)
    with resume(host, home, episode) as session:
        finish = session.run()
    assert finish.result is not None
    assert finish.result.outcome == "applied"
    for path, (_, new) in mixed.items():
        assert ((tree / path).read_bytes() if (tree / path).exists() else None) == new
    recording = read_recording(DevLogStore(home.devlog).reader(episode))
    assert recording.ended is not None
    assert replay(host, home, DevLogStore(home.devlog).reader(episode)).outcome == "applied"
    starts = [
        entry["data"]["attempt"]
        for _, _, entry in DevLogStore(home.devlog).reader(episode)
        if entry["kind"] == Started.kind and entry["data"]["action"]["verb"] == "apply_bundle"
    ]
    # Only where the change was complete is there nothing to do a second time.
    assert starts == ([1] if step == "journal closed" else [1, 2])


def test_a_killed_episode_whose_change_was_undone_by_hand_says_so(
    host: PluginHost, home: Home, tree: Path, bundle: PatchBundle
) -> None:
    """The user settled it otherwise; then the write is made anew, and held against the tree as it is now."""
    episode = kill_at(home, bundle, "journal closed")
    (tree / "src/lib.txt").write_text("mine\n")
    with resume(host, home, episode) as session:
        finish = session.run()
    assert finish.result is not None
    assert finish.result.outcome == "failed"
    assert "'src/lib.txt' was changed" in finish.result.summary
    assert (tree / "src/lib.txt").read_text() == "mine\n"


def test_a_killed_episode_whose_tree_is_gone_stays_unknown(
    host: PluginHost, home: Home, tree: Path, bundle: PatchBundle
) -> None:
    episode = kill_at(home, bundle, "journal closed")
    moved = tree.rename(tree.with_name("moved"))
    with resume(host, home, episode) as session, pytest.raises(UnknownOutcome, match="--root"):
        session.run()
    moved.rename(tree)
    with resume(host, home, episode) as session:
        finish = session.run()
    assert finish.result is not None
    assert finish.result.outcome == "applied"


def test_the_contract_holds_the_domain_to_a_dry_run(host: PluginHost, home: Home) -> None:
    contract = sessions.load_domain(host, "bundle").contract()
    assert {str(effect) for effect in contract.effects} == {"read", "write"}
    assert [o.verbs for o in contract.obligations] == [("check_bundle",)]


def test_errors_of_this_package_are_errors_of_the_runtime() -> None:
    from rusta_conductor.bundles import BundleError

    assert issubclass(BundleError, RustaError)
