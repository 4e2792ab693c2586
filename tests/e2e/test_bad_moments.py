"""The right commands at the wrong moment: twice, on a changed tree, side by side, on a full disk."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from e2e_support import BROKEN, MENDED, Program, Tree, complaint, content, finish, sandboxes

Lay = Callable[..., Path]
Watch = Callable[[Path], Tree]
SLOW_TEST = "\n#[test]\nfn slow() {\n    std::thread::sleep(std::time::Duration::from_secs(2));\n}\n"

# Full disks, several episodes at once, trees that change under them: these take their time.
pytestmark = pytest.mark.slow


def repaired(rusta: Program, root: Path) -> str:
    told = rusta.json("repair", root)
    assert told["outcome"] == "repaired"
    bundle: str = told["bundle"]["id"]
    return bundle


def test_twice_is_told_and_does_nothing(rusta: Program, crate: Lay) -> None:
    root = crate({"src/lib.rs": BROKEN})
    bundle = repaired(rusta, root)
    assert "is not applied" in complaint(rusta("rollback", bundle, code=1))
    rusta("apply", bundle, code=0)
    tree = Tree(root)
    assert "is already applied" in complaint(rusta("apply", bundle, code=1))
    assert tree.difference() == []
    rusta("rollback", bundle, code=0)
    tree = Tree(root)
    assert "is not applied" in complaint(rusta("rollback", bundle, code=1))
    assert tree.difference() == []
    assert (root / "src/lib.rs").read_text() == BROKEN


def test_a_tree_that_changed_since_is_left_alone(rusta: Program, crate: Lay) -> None:
    """Changed before the patch is applied, and changed before it is taken back; then put back, and it goes."""
    root = crate({"src/lib.rs": BROKEN})
    bundle = repaired(rusta, root)
    (root / "src/lib.rs").write_text(BROKEN + "// mine\n")
    tree = Tree(root)
    told = complaint(rusta("apply", bundle, code=1))
    assert "'src/lib.rs' was changed" in told
    assert "nothing was changed" in told
    assert "make a new bundle" in told
    assert tree.difference() == []
    (root / "src/lib.rs").write_text(BROKEN)
    rusta("apply", bundle, code=0)
    (root / "src/lib.rs").write_text(MENDED + "// mine\n")
    told = complaint(rusta("rollback", bundle, code=1))
    assert "'src/lib.rs' was changed" in told
    assert (root / "src/lib.rs").read_text() == MENDED + "// mine\n"
    (root / "src/lib.rs").unlink()
    assert "'src/lib.rs' is missing" in complaint(rusta("rollback", bundle, code=1))
    (root / "src/lib.rs").write_text(MENDED)
    rusta("rollback", bundle, code=0)
    assert (root / "src/lib.rs").read_text() == BROKEN
    shutil.rmtree(root)
    gone = rusta("apply", bundle, code=(1, 2))
    assert str(root) in complaint(gone)


def alter(document: dict[str, Any], **changes: Any) -> str:
    return json.dumps({**document, **changes})


def test_bundles_that_are_damaged_foreign_or_newer(rusta: Program, fresh: Program, crate: Lay, tmp_path: Path) -> None:
    root = crate({"src/lib.rs": BROKEN})
    told = rusta.json("repair", root)
    kept = Path(told["bundle"]["path"])
    document = json.loads(kept.read_text())
    (edit,) = document["edits"]
    bad = {
        "cut": (kept.read_text()[:300], "it is not JSON"),
        "empty": ("", "it is not JSON"),
        "a list": ("[]", "it holds no JSON object"),
        "newer": (alter(document, v=99), "99"),
        "more": (alter(document, extra=1), "extra"),
        "another text": (alter(document, edits=[{**edit, "inserted": "ref "}]), ""),
        "another place": (alter(document, edits=[{**edit, "path": "../../outside.rs"}]), "path"),
        "another root": (alter(document, root="/etc"), ""),
    }
    before = content(root)
    for name, (text, words) in bad.items():
        file = tmp_path / f"{name}.json"
        file.write_text(text)
        done = rusta("apply", file, code=(1, 2))
        assert words in complaint(done), name
        assert content(root) == before, name
    assert not (tmp_path / "outside.rs").exists()

    # From another machine: it is a whole bundle, and fits where the tree is the same.
    elsewhere = crate({"src/lib.rs": BROKEN}, "elsewhere")
    foreign = tmp_path / "foreign.json"
    shutil.copy(kept, foreign)
    fresh("apply", foreign, "--root", elsewhere, code=0)
    assert (elsewhere / "src/lib.rs").read_text() == MENDED
    assert content(root) == before
    fresh("rollback", foreign, "--root", elsewhere, code=0)
    assert (elsewhere / "src/lib.rs").read_text() == BROKEN


@pytest.mark.parametrize("edited", ["src/lib.rs", pytest.param("src/new.rs", marks=pytest.mark.slow), "src/other.rs"])
def test_a_tree_that_changes_while_it_is_repaired(rusta: Program, crate: Lay, edited: str) -> None:
    """No patch comes of a mixture of two trees, and the user is told which file it was."""
    root = crate({"src/lib.rs": "mod other;\n" + BROKEN + SLOW_TEST, "src/other.rs": "\n"})
    known = rusta.episodes()
    process = rusta.start("repair", root)
    episode = rusta.new_episode(known, process)
    while not any(entry["data"]["action"]["verb"] == "cargo_test" for entry in rusta.entries(episode, "started")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    with (root / edited).open("a") as file:
        file.write("// written by the user\n")
    before = content(root)
    done = finish(process, code=10)
    assert f"'{edited}' changed on disk since the episode began; start a new episode" in done.out
    assert content(root) == before
    assert "made no bundle" in complaint(rusta("apply", episode, code=2))
    assert rusta.json("repair", root)["outcome"] == "repaired"


def test_three_episodes_on_one_crate(rusta: Program, crate: Lay, unchanged: Watch) -> None:
    """All at once, each with a sandbox of its own; and so is one explanation."""
    root = crate({"src/lib.rs": BROKEN})
    unchanged(root)
    running = [rusta.start("repair", root, "--json") for _ in range(3)]
    running.append(rusta.start("explain", root, "--json"))
    done = [finish(process, code=0).told for process in running]
    assert [told["outcome"] for told in done] == ["repaired"] * 3 + ["explained"]
    assert len({told["episode"] for told in done}) == 4
    edits = [told["data"]["bundle"]["edits"] for told in done[:3]]
    assert edits[0] == edits[1] == edits[2]
    rusta("devlog", "verify", *(told["episode"] for told in done), code=0)
    assert sandboxes(rusta.home) == []


def test_two_hands_on_one_bundle(rusta: Program, crate: Lay) -> None:
    """Applied from three shells at once: one does it, and the others say how it stands."""
    root = crate({"src/lib.rs": BROKEN})
    bundle = repaired(rusta, root)
    done = [finish(process) for process in [rusta.start("apply", bundle) for _ in range(3)]]
    assert (root / "src/lib.rs").read_text() == MENDED
    assert sum(one.code == 0 for one in done) >= 1, [one.text for one in done]
    assert all(one.code in (0, 1) for one in done), [one.text for one in done]
    assert sorted(p.name for p in (root / "src").iterdir()) == ["lib.rs"]
    rusta("rollback", bundle, code=0)


def test_an_episode_that_runs_cannot_be_resumed(rusta: Program, crate: Lay) -> None:
    root = crate({"src/lib.rs": BROKEN + SLOW_TEST})
    known = rusta.episodes()
    process = rusta.start("repair", root, "--json")
    episode = rusta.new_episode(known, process)
    told = complaint(rusta("resume", episode, code=1))
    assert str(process.pid) in told or "another process" in told
    assert finish(process, code=0).told["outcome"] == "repaired"


# The state folder becomes a file system of its own, of a size that fills up at some point of the episode.
ON_A_SMALL_DISK = """
mount -t tmpfs -o size=$SIZE,mode=700 none "$RUSTA_HOME" || exit 99
"$@"
code=$?
"$1" devlog verify >"$KEPT" || exit 98
for log in "$RUSTA_HOME"/devlog/2*; do
    [ ! -d "$log" ] || "$1" devlog export "${log##*/}" >>"$KEPT"
done
exit $code
"""


@pytest.mark.parametrize(
    "size", ["48k", "400k", *(pytest.param(s, marks=pytest.mark.slow) for s in ("96k", "200k", "1m"))]
)
def test_a_full_disk(fresh: Program, crate: Lay, unchanged: Watch, tmp_path: Path, size: str) -> None:
    """It ends in good order, says or has written down that there is no room, and the log is whole."""
    root = crate({"src/lib.rs": BROKEN})
    unchanged(root)
    fresh.home.mkdir()
    script = ("unshare", "-Urm", "sh", "-c", ON_A_SMALL_DISK, "sh")
    if subprocess.run([*script[:2], "true"], capture_output=True, check=False).returncode:
        pytest.skip("no user namespaces here")
    kept = tmp_path / "kept"
    small = Program(fresh.home, tmp_path, {"SIZE": size, "KEPT": str(kept)}, script)
    done = small("repair", root, code=(1, 10))
    said = done.out + done.err + kept.read_text()
    assert "no space left" in said.lower(), said
    assert "free some space" in said, said
