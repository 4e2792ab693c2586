"""kill -9 of a real ``rusta repair`` and of the resumed runs after it, at many points.

A chain is one episode that is killed again and again, each time a little later, and then runs to its end.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from e2e_support import BROKEN, MENDED, Program, Tree, finish, gone, sandboxes

Lay = Callable[..., Path]
Line = tuple[int, str]

# Two errors that show up one after the other, so that the search has something to remember.
SOURCE = BROKEN.replace("/// Twice.", "use std::colections::HashMap;\n\n/// Twice.") + (
    "\n/// Empty.\npub fn empty() -> HashMap<u32, u32> {\n    HashMap::new()\n}\n"
)
TESTS = """#[test]
fn takes_a_moment() {
    std::thread::sleep(std::time::Duration::from_millis(400));
    assert_eq!(demo::twice(3), 6);
}
"""
FILES = {"src/lib.rs": SOURCE, "tests/all.rs": TESTS}


@dataclass
class Chain:
    """One episode, and what was read of its log before every kill."""

    rusta: Program
    root: Path
    random: random.Random
    episode: str = ""
    kills: int = 0
    seen: list[Line] = field(default_factory=list)
    at: list[int] = field(default_factory=list)

    def kill(self, entries: int, delay_s: float) -> bool:
        """Start or resume, and kill when the log has so many more entries; False when it ended before."""
        if self.episode:
            before = len(self.rusta.lines(self.episode))
            process = self.rusta.start("resume", self.episode)
        else:
            before, known = 0, self.rusta.episodes()
            process = self.rusta.start("repair", self.root, "--seed", "5")
            self.episode = self.rusta.new_episode(known, process)
        self.rusta.wait_for(self.episode, before + entries, process)
        time.sleep(delay_s)
        seen = self.rusta.lines(self.episode)
        os.kill(process.pid, signal.SIGKILL)
        done = finish(process)
        if done.code != -signal.SIGKILL:
            assert done.code == 0, done.text
            return False
        self.kills += 1
        self.at.append(len(seen))
        self._look(seen)
        return True

    def _look(self, seen: list[Line]) -> None:
        assert gone(str(self.root)) == {}, "the tools outlived rusta"
        after = self.rusta.lines(self.episode)
        assert after[: len(self.seen)] == self.seen, "an entry from before an earlier kill is gone"
        assert after[: len(seen)] == seen, "an acknowledged entry is gone"
        self.seen = after
        verified = self.rusta("devlog", "verify", self.episode)
        # Only a write that the kill itself cut short may show, and the next opening mends that.
        assert verified.code == 0 or "torn end" in verified.out, verified.text

    def end(self) -> dict[str, object]:
        """Let it run to its end; what it found."""
        told = self.rusta.json("resume", self.episode)
        after = self.rusta.lines(self.episode)
        assert after[: len(self.seen)] == self.seen
        self.rusta("devlog", "verify", self.episode, code=0)
        assert sandboxes(self.rusta.home) == []
        assert self.rusta.json("replay", self.episode)["outcome"] == told["outcome"]
        return told


def essence(told: dict[str, object]) -> tuple[object, ...]:
    """What an episode came to, without ids and times."""
    data = told["data"]
    assert isinstance(data, dict)
    bundle = data["bundle"]
    proof = [(step["command"], step["ok"], step["summary"]) for step in bundle["proof"]["steps"]]
    same = ("edits", "base_hashes", "result_hashes", "summary", "risk", "confidence")
    return (told["outcome"], proof, *(bundle[name] for name in same), data["steps"])


def run_chain(rusta: Program, root: Path, kills: int, seed: int) -> Chain:
    """Kill a repair ``kills`` times at chosen places, let it end, and hold its end against an undisturbed one."""
    tree = Tree(root)
    whole = rusta.json("repair", root, "--seed", "5")
    entries = len(rusta.lines(whole["episode"]))
    chain = Chain(rusta, root, random.Random(seed))
    # A resumed run adds "resumed", and makes the call that was cut short again: two entries without progress.
    step = max(1, round((entries - 6) / kills))
    for number in range(kills):
        entries = step if number == 0 else chain.random.choice((0, 1, 2, 2 + step))
        if not chain.kill(entries, chain.random.choice((0, 0, 0.02, 0.1, 0.4))):
            break
        assert tree.difference() == []
    else:
        assert essence(chain.end()) == essence(whole)
    assert tree.difference() == []
    return chain


def test_killed_again_and_again(rusta: Program, crate: Lay) -> None:
    chain = run_chain(rusta, crate(FILES), kills=6, seed=1)
    assert chain.kills >= 5
    assert max(chain.at) > min(chain.at), "it went on between the kills"


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(2, 8))
def test_sixty_kills(rusta: Program, crate: Lay, seed: int) -> None:
    """Six chains of up to twelve; those that end early are few."""
    root, kills = crate(FILES), 0
    for attempt in range(4):
        kills += run_chain(rusta, root, kills=12, seed=100 * seed + attempt).kills
        if kills >= 10:
            break
    assert kills >= 10


@pytest.mark.parametrize("direction", ["apply", pytest.param("rollback", marks=pytest.mark.slow)])
def test_a_killed_change_of_the_tree_is_finished(rusta: Program, crate: Lay, direction: str) -> None:
    """Killed at some point of it: the same command brings the change to its end, and the file is never half."""
    root = crate({"src/lib.rs": BROKEN})
    told = rusta.json("repair", root)
    bundle = told["bundle"]["id"]
    sources = (BROKEN, MENDED)
    other = "rollback" if direction == "apply" else "apply"
    if direction == "rollback":
        rusta("apply", bundle, code=0)
        sources = (MENDED, BROKEN)
    chosen = random.Random(7)
    for entries in (1, 4, 8, 12):
        known = rusta.episodes()
        process = rusta.start(direction, bundle)
        episode = rusta.new_episode(known, process)
        rusta.wait_for(episode, entries, process)
        time.sleep(chosen.choice((0, 0.002, 0.005)))
        os.kill(process.pid, signal.SIGKILL)
        finish(process)
        assert (root / "src/lib.rs").read_text() in sources
        again = rusta(direction, bundle, code=(0, 1))
        assert again.code == 0 or "already applied" in again.err or "not applied" in again.err, again.text
        assert (root / "src/lib.rs").read_text() == sources[1]
        assert sorted(p.name for p in (root / "src").iterdir()) == ["lib.rs"]
        rusta("devlog", "verify", episode, code=0)
        rusta(other, bundle, code=0)
        assert (root / "src/lib.rs").read_text() == sources[0]
