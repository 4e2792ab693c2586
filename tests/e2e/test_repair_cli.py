"""``rusta repair`` from the crate to the proved, applied and taken back patch, through the installed command."""

from __future__ import annotations

import os
import shutil
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from e2e_support import (
    BROKEN,
    HOPELESS,
    MANIFEST,
    MENDED,
    Program,
    Tree,
    cargo,
    content,
    finish,
    sandboxes,
)

Lay = Callable[..., Path]
Watch = Callable[[Path], Tree]
TWO_PHASES = """use std::colections::HashMap;

pub fn count(words: &[&str]) -> HashMap<String, usize> {
    let found = HashMap::new();
    for word in words {
        *found.entry(word.to_string()).or_insert(0) += 1;
    }
    found
}

#[test]
fn counts() {
    assert_eq!(count(&["a", "b", "a"])["a"], 2);
}
"""
# It tells when it is running, and then runs until it is stopped.
SLOW_TEST = """
#[test]
fn takes_its_time() {
    std::thread::sleep(std::time::Duration::from_secs(SECONDS));
}
"""
MEMBER = '[package]\nname = "{0}"\nversion = "0.1.0"\nedition = "2021"\n'
WORKSPACE = {
    "Cargo.toml": '[workspace]\nmembers = ["app", "units"]\nresolver = "2"\n',
    "units/Cargo.toml": MEMBER.format("units"),
    "units/src/lib.rs": BROKEN,
    "app/Cargo.toml": MEMBER.format("app") + '[dependencies]\nunits = { path = "../units" }\n',
    "app/src/main.rs": 'fn main() {\n    println!("{}", units::twice(4));\n}\n',
    "app/tests/all.rs": "#[test]\nfn adds() {\n    assert_eq!(units::twice(3), 6);\n}\n",
}


def test_from_the_error_to_the_patch_and_back(rusta: Program, crate: Lay, tmp_path: Path) -> None:
    """The whole road: repair, apply, cargo agrees, roll back to the last byte and mode, replay, verify."""
    root = crate({"src/lib.rs": BROKEN, "run.sh": "#!/bin/sh\n", "src/notes.txt": b"\xff\x00 kept"})
    (root / "src/lib.rs").chmod(0o640)
    (root / "run.sh").chmod(0o755)
    before, tree = content(root), Tree(root)

    done = rusta("repair", root, code=0)
    assert tree.difference() == [], "a repair writes nothing into the tree"
    assert done.out.startswith("repaired: ")
    assert "src/lib.rs:4: [E0384] cannot assign twice to immutable variable `result`" in done.out
    assert "-    let result = value;\n" in done.out
    assert "+    let mut result = value;\n" in done.out
    assert "cargo check --all-targets: compiles" in done.out
    assert "cargo test: 1 passed" in done.out
    episode = done.out.splitlines()[-1].split()[-1]
    (bundle,) = [line.split()[1] for line in done.out.splitlines() if line.startswith("bundle ")]
    assert sandboxes(rusta.home) == []

    applied = rusta("apply", bundle, code=0)
    assert applied.out.startswith("applied: ")
    assert "~ src/lib.rs" in applied.out
    assert (root / "src/lib.rs").read_text() == MENDED
    after = content(root)
    assert {name for name in after if after[name] != before.get(name)} == {"src/lib.rs"}
    assert after["src/lib.rs"][0] == 0o640
    checked = cargo(root, "check")
    assert checked.returncode == 0, checked.stderr
    (root / "Cargo.lock").unlink()

    assert rusta("rollback", bundle, code=0).out.startswith("rolled-back: ")
    assert content(root) == before
    assert sorted(p.name for p in root.iterdir()) == ["Cargo.toml", "run.sh", "src"]

    shutil.rmtree(root)
    nothing = str(tmp_path / "nothing")
    replayed = rusta("replay", episode, code=0, PATH=nothing, HOME=nothing)
    assert "no tool was run" in replayed.out
    assert rusta("devlog", "verify", episode, code=0).out.startswith(f"{episode}: ok: ")


def test_every_command_of_the_road_speaks_json(rusta: Program, crate: Lay) -> None:
    root = crate({"src/lib.rs": BROKEN})
    done = rusta("repair", root, "--json", "--seed", "3", code=0)
    assert done.err == ""
    told = done.told
    assert (told["domain"], told["outcome"], told["parked"]) == ("repair", "repaired", None)
    bundle = told["data"]["bundle"]
    assert bundle["id"] == told["bundle"]["id"]
    assert Path(told["bundle"]["path"]).is_file()
    assert stat.S_IMODE(Path(told["bundle"]["path"]).stat().st_mode) == 0o600
    (edit,) = bundle["edits"]
    source = BROKEN.encode()
    edited = source[: edit["start"]] + edit["inserted"].encode() + source[edit["end"] :]
    assert edited == MENDED.encode()
    assert bundle["proof"]["green"]
    assert [step["ok"] for step in bundle["proof"]["steps"]] == [True, True]
    assert bundle["k_lines"] == bundle["k_files"] == 1

    applied = rusta.json("apply", told["episode"])
    assert (applied["outcome"], applied["files"]) == ("applied", ["src/lib.rs"])
    assert (root / "src/lib.rs").read_text() == MENDED
    assert rusta.json("rollback", bundle["id"][:12])["outcome"] == "rolled-back"
    assert (root / "src/lib.rs").read_text() == BROKEN
    assert rusta.json("devlog", "verify", told["episode"])["ok"] is True
    replayed = rusta.json("replay", told["episode"])
    assert replayed["outcome"] == "repaired"
    assert replayed["calls"] == len(rusta.entries(told["episode"], "done"))
    rows = {row["id"]: row for row in rusta("episodes", "-n", "0", "--json", code=0).objects}
    assert rows[told["episode"]]["outcome"] == "repaired"
    assert rows[applied["episode"]]["domain"] == "bundle"


def test_repair_and_apply_in_one_go(rusta: Program, crate: Lay) -> None:
    root = crate({"src/lib.rs": BROKEN})
    repaired, applied = rusta("repair", root, "--apply", "--json", code=0).objects
    assert (root / "src/lib.rs").read_text() == MENDED
    assert applied["outcome"] == "applied"
    again = rusta.json("repair", root, "--apply")
    assert again["outcome"] == "nothing_to_do"
    rusta("rollback", repaired["bundle"]["id"], code=0)
    assert (root / "src/lib.rs").read_text() == BROKEN


def test_a_fault_in_a_member_that_others_need(rusta: Program, lay: Lay, unchanged: Watch) -> None:
    """Asked for one member, the repair is made where the fault is."""
    root = lay(WORKSPACE)
    unchanged(root)
    told = rusta.json("repair", root / "app")
    assert told["outcome"] == "repaired"
    assert list(told["data"]["bundle"]["base_hashes"]) == ["units/src/lib.rs"]
    assert Path(told["data"]["bundle"]["root"]) == root


def test_a_single_file(rusta: Program, lay: Lay) -> None:
    source = BROKEN + '\nfn main() {\n    println!("{}", twice(4));\n}\n'
    root = lay({"half.rs": source, "other.rs": "this is no Rust"})
    told = rusta.json("repair", root / "half.rs", "--edition", "2018")
    assert told["outcome"] == "repaired"
    rusta("apply", told["bundle"]["id"], code=0)
    assert (root / "half.rs").read_text() == source.replace("let result", "let mut result")
    rusta("rollback", told["bundle"]["id"], code=0)
    assert (root / "half.rs").read_text() == source
    assert sorted(p.name for p in root.iterdir()) == ["half.rs", "other.rs"]


def test_what_cannot_be_repaired_is_not(rusta: Program, crate: Lay, unchanged: Watch) -> None:
    root = crate({"src/lib.rs": HOPELESS})
    unchanged(root)
    done = rusta("repair", root, code=10)
    assert done.out.startswith("abstained: [E0433]")
    assert "acme_tax_tables" in done.out.splitlines()[0]
    assert "bundle" not in done.out
    episode = done.out.splitlines()[-1].split()[-1]
    refused = rusta("apply", episode, code=2)
    assert "made no bundle" in refused.err
    assert rusta.json("replay", episode)["outcome"] == "abstained"


def test_a_budget_parks_and_more_of_it_finishes(rusta: Program, crate: Lay, unchanged: Watch) -> None:
    root = crate({"src/lib.rs": TWO_PHASES})
    unchanged(root)
    parked = rusta("repair", root, "--budget", "probes=1", "--json", code=3)
    told = parked.told
    episode = told["episode"]
    assert (told["resource"], told["bundle"]) == ("probes", None)
    assert f"'rusta resume {episode}'" in parked.err
    assert sandboxes(rusta.home) == []
    rows = {row["id"]: row for row in rusta("episodes", "-n", "0", "--json").objects}
    assert rows[episode]["state"] == "parked"
    assert "probes" in rusta("resume", episode, code=3).err, "the same budget is used up again"
    calls = len(rusta.entries(episode, "done"))
    smaller = rusta("resume", episode, "--budget", "probes=0.5", code=2)
    assert "smaller" in smaller.err

    told = rusta.json("resume", episode, "--budget", "probes=60")
    assert (told["episode"], told["outcome"]) == (episode, "repaired")
    starts = [entry["data"]["key"] for entry in rusta.entries(episode, "started")]
    assert len(starts) == len(set(starts)), "no call was made twice"
    assert len(rusta.entries(episode, "done")) > calls
    whole = rusta.json("repair", root)
    assert whole["data"]["bundle"]["edits"] == told["data"]["bundle"]["edits"]
    again = rusta("resume", episode, code=2)
    assert f"episode {episode} has ended (repaired)" in again.err
    assert rusta.json("replay", episode)["outcome"] == "repaired"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_an_interrupted_repair_is_parked_and_resumed(
    rusta: Program, crate: Lay, unchanged: Watch, number: signal.Signals
) -> None:
    """Stopped while the crate's tests run: 130, no sandbox and no process left, resumed to the same patch."""
    flag = "ran-once"
    # In the sandbox the first run of the tests is long; the tests of the resumed run may not be.
    root = crate({"src/lib.rs": BROKEN + SLOW_TEST.replace("SECONDS", "5"), "flag": flag})
    unchanged(root)
    known = rusta.episodes()
    process = rusta.start("repair", root)
    episode = rusta.new_episode(known, process)
    while not any(e["data"]["action"]["verb"] == "cargo_test" for e in rusta.entries(episode, "started")):
        assert process.poll() is None, process.communicate()
        rusta.wait_for(episode, len(rusta.lines(episode)) + 1, process)
    os.kill(process.pid, number)
    stopped = finish(process, code=130)
    assert f"parked: interrupted; 'rusta resume {episode}' goes on" in stopped.err
    assert sandboxes(rusta.home) == []
    assert rusta("devlog", "verify", episode).code == 0
    rows = {row["id"]: row for row in rusta("episodes", "-n", "0", "--json").objects}
    assert rows[episode]["state"] == "parked"
    assert rusta.json("resume", episode)["outcome"] == "repaired"


def test_a_patch_is_forked_from_a_step(rusta: Program, crate: Lay, unchanged: Watch) -> None:
    """A fork shares the calls up to a step and comes to the same end by itself."""
    root = crate({"src/lib.rs": BROKEN})
    unchanged(root)
    first = rusta.json("repair", root)
    second = rusta.json("fork", first["episode"], "3")
    assert second["episode"] != first["episode"]
    assert second["outcome"] == "repaired"
    assert second["data"]["bundle"]["edits"] == first["data"]["bundle"]["edits"]
    (opened,) = rusta.entries(second["episode"], "opened")
    assert opened["data"]["parent"] == first["episode"]
    assert rusta.json("replay", second["episode"])["outcome"] == "repaired"


def test_an_explanation_changes_nothing_either(rusta: Program, crate: Lay, unchanged: Watch) -> None:
    root = crate({"src/lib.rs": BROKEN})
    unchanged(root)
    done = rusta("explain", root, code=0)
    assert "src/lib.rs:4: [E0384] cannot assign twice" in done.out
    assert "Error code E0384" in done.out
    assert sandboxes(rusta.home) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", ["Cargo.toml", "src/lib.rs", ""], ids=["manifest", "source", "cwd"])
def test_the_crate_may_be_named_in_many_ways(rusta: Program, crate: Lay, unchanged: Watch, part: str) -> None:
    root = crate({"src/lib.rs": BROKEN})
    unchanged(root)
    here = Program(rusta.home, root)
    told = here.json("repair", root / part) if part else here.json("repair")
    assert told["outcome"] == "repaired"
    assert Path(told["data"]["bundle"]["root"]) == root
    assert "[package]" in MANIFEST
