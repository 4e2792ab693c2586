"""kill -9 between any two effects: the next run finishes the change or undoes it, and never leaves half of it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rusta_conductor.bundles import (
    BundleError,
    BundleRefused,
    BundleStore,
    apply_bundle,
    interrupted_bundles,
    rollback_bundle,
)
from rusta_conductor.home import Home
from rusta_schemas.bundle import PatchBundle

# One interpreter plays all kills: it forks a child for each step, which does the work and dies there.
KILLER = """
import os, shutil, signal, sys
from pathlib import Path
from rusta_conductor.bundles import BundleStore, apply_bundle, rollback_bundle, steps
base, ref, direction = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
operation = apply_bundle if direction == "apply" else rollback_bundle
bundle = BundleStore(base / "home").load(ref)

def play(number):
    place = base / f"kill-{number}"
    shutil.copytree(base / "tree", place / "tree", symlinks=True)
    shutil.copytree(base / "home", place / "home")
    if direction == "rollback":
        apply_bundle(bundle, place / "tree", place / "home")
    count = 0
    def reached(name):
        nonlocal count
        count += 1
        if count == number:
            (place / "step").write_text(name)
            os.kill(os.getpid(), signal.SIGKILL)
    steps.reached = reached
    operation(bundle, place / "tree", place / "home")
    os._exit(0)

number = 0
while True:
    number += 1
    child = os.fork()
    if not child:
        play(number)
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status):
        sys.exit(os.WEXITSTATUS(status))
    assert os.WTERMSIG(status) == signal.SIGKILL
"""

Look = Callable[[Path], dict[str, Any]]


@pytest.mark.parametrize("direction", ["apply", "rollback"])
@pytest.mark.parametrize("then", ["apply", "rollback"])
def test_a_kill_at_any_step_is_finished_or_undone(
    tmp_path: Path,
    tree: Path,
    home: Home,
    bundle: PatchBundle,
    look_at: Look,
    direction: str,
    then: str,
) -> None:
    BundleStore(home).save(bundle)
    old = look_at(tree)
    copy = tmp_path / "copy"
    shutil.copytree(tree, copy, symlinks=True)
    apply_bundle(bundle, copy, tmp_path / "copy-home")
    new = look_at(copy)

    subprocess.run([sys.executable, "-c", KILLER, tmp_path, bundle.id, direction], check=True)

    places = sorted(tmp_path.glob("kill-*"), key=lambda place: int(place.name[5:]))
    assert not (places[-1] / "step").exists(), "the last one ran to its end"
    killed = places[:-1]
    assert len(killed) > 25
    half = 0
    for place in killed:
        step = f"{place.name} after {(place / 'step').read_text()!r}"
        state = place / "home"
        waiting = interrupted_bundles(state)
        half += bool(waiting)
        if not waiting:
            assert look_at(place / "tree") in (old, new), step
        else:
            assert waiting[0].bundle == bundle.id, step
            assert f"rusta apply {bundle.id[:12]}" in str(waiting[0])
        operation = apply_bundle if then == "apply" else rollback_bundle
        done = look_at(place / "tree") == (new if then == "apply" else old)
        if done and not waiting:
            with pytest.raises(BundleRefused, match=r"already applied|is not applied"):
                operation(bundle, place / "tree", state)
        else:
            operation(bundle, place / "tree", state)
        assert look_at(place / "tree") == (new if then == "apply" else old), step
        assert interrupted_bundles(state) == [], step
        # and everything works on: once there and back again
        for other in (rollback_bundle, apply_bundle)[:: 1 if then == "apply" else -1]:
            other(bundle, place / "tree", state)
        assert look_at(place / "tree") == (new if then == "apply" else old), step
        names = {path.suffix for path in (state / "bundles").iterdir()}
        assert names <= {".json", ".applied", ""}, step
        shutil.rmtree(place)
    assert half > 15


def kill_midway(tmp_path: Path, bundle: PatchBundle, home: Home, tree: Path) -> None:
    """Apply in a process that dies when the first file has been replaced."""
    BundleStore(home).save(bundle)
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from rusta_conductor.bundles import BundleStore, apply_bundle, steps\n"
        "steps.reached = lambda name: name.endswith('replaced') and os.kill(os.getpid(), signal.SIGKILL)\n"
        "home, tree = map(Path, sys.argv[1:3])\n"
        "apply_bundle(BundleStore(home).load(sys.argv[3]), tree, home)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, home.path, tree, bundle.id], check=False)
    assert done.returncode == -signal.SIGKILL


def test_a_file_that_somebody_changed_since_the_kill_is_not_overwritten(
    tmp_path: Path, tree: Path, home: Home, bundle: PatchBundle, mixed: Any, look_at: Look
) -> None:
    old = look_at(tree)
    kill_midway(tmp_path, bundle, home, tree)
    (tree / "src/lib.txt").write_bytes(b"my own work\n")
    half = look_at(tree)
    for operation in (apply_bundle, rollback_bundle):
        with pytest.raises(BundleError, match=r"half applied .*src/lib\.txt' was changed") as told:
            operation(bundle, tree, home.path)
        assert {**look_at(tree)} == {p: v for p, v in half.items() if ".rusta-" not in p}
    kept = next(home.bundles.glob("*.applying.d"))
    assert str(kept) in str(told.value), "it says where the old content is"
    contents = {path.read_bytes() for path in kept.iterdir()}
    assert mixed["src/lib.txt"][0] in contents
    (tree / "src/lib.txt").write_bytes(mixed["src/lib.txt"][0])
    (tree / "src/lib.txt").chmod(0o750)
    rollback_bundle(bundle, tree, home.path)
    assert look_at(tree) == old


def test_a_half_applied_tree_that_was_moved_is_found_again(
    tmp_path: Path, tree: Path, home: Home, bundle: PatchBundle, look_at: Look
) -> None:
    old = look_at(tree)
    kill_midway(tmp_path, bundle, home, tree)
    moved = tree.rename(tmp_path / "moved")
    with pytest.raises(BundleRefused, match="--root PATH"):
        rollback_bundle(bundle, tree, home.path)
    rollback_bundle(bundle, moved, home.path)
    assert look_at(moved) == old


def test_another_tree_waits_until_the_half_applied_one_is_settled(
    tmp_path: Path, tree: Path, home: Home, bundle: PatchBundle, look_at: Look
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tree, copy, symlinks=True)
    before = look_at(copy)
    kill_midway(tmp_path, bundle, home, tree)
    with pytest.raises(BundleRefused, match=f"rusta apply .* --root {tree}"):
        apply_bundle(bundle, copy, home.path)
    assert look_at(copy) == before
    apply_bundle(bundle, tree, home.path)
    apply_bundle(bundle, copy, home.path)
    assert look_at(copy) == look_at(tree)


def test_a_damaged_journal_is_named_and_nothing_is_guessed(
    tmp_path: Path, tree: Path, home: Home, bundle: PatchBundle, look_at: Look
) -> None:
    kill_midway(tmp_path, bundle, home, tree)
    journal = next(home.bundles.glob("*.applying"))
    journal.write_bytes(journal.read_bytes()[:-20])
    half = look_at(tree)
    with pytest.raises(BundleError, match=r"journal .* cannot be read"):
        apply_bundle(bundle, tree, home.path)
    assert look_at(tree) == half
    (waiting,) = interrupted_bundles(home.path)
    assert str(journal) in str(waiting)


def test_a_kept_content_that_the_disk_damaged_is_not_used(
    tmp_path: Path, tree: Path, home: Home, bundle: PatchBundle
) -> None:
    kill_midway(tmp_path, bundle, home, tree)
    for content in next(home.bundles.glob("*.applying.d")).iterdir():
        content.write_bytes(content.read_bytes() + b"!")
    with pytest.raises(BundleError, match="does not match its name"):
        apply_bundle(bundle, tree, home.path)
