"""Applying a bundle and taking it back, on real trees."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rusta_conductor.bundles import (
    BundleError,
    BundleRefused,
    BundleStore,
    apply_bundle,
    rollback_bundle,
    steps,
)
from rusta_conductor.bundles.operations import dry_run
from rusta_conductor.home import Home
from rusta_schemas.bundle import PatchBundle

Look = Callable[[Path], dict[str, Any]]


def left_over(home: Home) -> list[str]:
    """What an operation left in the state folder beside its lock and receipts."""
    names = [path.name for path in home.bundles.iterdir()] if home.bundles.is_dir() else []
    return sorted(n for n in names if n != "lock" and not n.endswith((".applied", ".json")))


def test_apply_makes_exactly_the_promised_tree_and_rollback_the_old_one(
    tree: Path, home: Home, bundle: PatchBundle, mixed: Any, look_at: Look
) -> None:
    before = look_at(tree)
    done = apply_bundle(bundle, tree, home.path)
    assert set(done.files) == set(mixed)
    after = look_at(tree)
    for path, (_, new) in mixed.items():
        assert (after[path][1] if path in after else None) == new
    assert after["src/lib.txt"][0] == 0o750, "the mode is kept"
    assert after["other.txt"] == before["other.txt"]
    assert "new/deep" in after
    assert left_over(home) == []

    rollback_bundle(bundle, tree, home.path)
    assert look_at(tree) == before, "also modes, and no folder more or less"
    assert left_over(home) == []
    assert list(home.bundles.glob("*.applied")) == []


def test_what_is_not_sealed_is_not_applied(tree: Path, home: Home, bundle: PatchBundle, look_at: Look) -> None:
    """Anybody may write such a file; one that was applied before seals were looked at can still be taken back."""
    before = look_at(tree)
    unsealed = bundle.model_copy(update={"seal": None})
    with pytest.raises(BundleRefused, match=f"not sealed.*rusta apply {bundle.episode}"):
        apply_bundle(unsealed, tree, home.path)
    assert look_at(tree) == before
    apply_bundle(bundle, tree, home.path)
    rollback_bundle(unsealed, tree, home.path)
    assert look_at(tree) == before


def test_the_owner_is_kept(tree: Path, home: Home, bundle: PatchBundle) -> None:
    if os.geteuid() != 0:
        pytest.skip("only the superuser can give files away")
    os.chown(tree / "src/lib.txt", 1234, 2345)
    apply_bundle(bundle, tree, home.path)
    about = (tree / "src/lib.txt").stat()
    assert (about.st_uid, about.st_gid, about.st_mode & 0o777) == (1234, 2345, 0o750)


def test_twice_and_too_early_are_told_apart(tree: Path, home: Home, bundle: PatchBundle) -> None:
    with pytest.raises(BundleRefused, match=r"not applied to .*nothing to take back"):
        rollback_bundle(bundle, tree, home.path)
    apply_bundle(bundle, tree, home.path)
    with pytest.raises(BundleRefused, match="already applied"):
        apply_bundle(bundle, tree, home.path)
    rollback_bundle(bundle, tree, home.path)
    with pytest.raises(BundleRefused, match=r"not applied to .*nothing to take back"):
        rollback_bundle(bundle, tree, home.path)
    apply_bundle(bundle, tree, home.path)


def test_another_copy_of_the_tree_takes_the_bundle_too(
    tree: Path, home: Home, bundle: PatchBundle, tmp_path: Path, look_at: Look
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tree, copy)
    before = look_at(tree)
    apply_bundle(bundle, copy, home.path)
    assert look_at(tree) == before
    apply_bundle(bundle, tree, home.path)
    assert look_at(tree) == look_at(copy)
    rollback_bundle(bundle, copy, home.path)
    rollback_bundle(bundle, tree, home.path)
    assert look_at(tree) == look_at(copy) == before


def change(root: Path, name: str) -> None:
    (root / name).write_bytes(b"somebody's work\n")


def vanish(root: Path, name: str) -> None:
    (root / name).unlink()


def link(root: Path, name: str) -> None:
    content = (root / name).read_bytes()
    elsewhere = root.parent / "elsewhere.txt"
    elsewhere.write_bytes(content)
    (root / name).unlink()
    (root / name).symlink_to(elsewhere)


def pipe(root: Path, name: str) -> None:
    (root / name).unlink()
    os.mkfifo(root / name)


def folder(root: Path, name: str) -> None:
    (root / name).unlink()
    (root / name).mkdir()


def link_the_folder(root: Path, name: str) -> None:
    parent = (root / name).parent
    parent.rename(root.parent / "moved")
    parent.symlink_to(root.parent / "moved")


def make_read_only(root: Path, name: str) -> None:
    (root / name).chmod(0o444)


def make_folder_read_only(root: Path, name: str) -> None:
    (root / name).parent.chmod(0o555)


DISTURBANCES = [
    (change, "was changed"),
    (vanish, "is missing"),
    (link, "is a symbolic link"),
    (pipe, "is not a regular file"),
    (folder, "is a folder"),
    (link_the_folder, "lies behind 'src', which is a symbolic link"),
    (make_read_only, "is read-only"),
    (make_folder_read_only, "lies in a read-only folder"),
]


@pytest.mark.parametrize(("disturb", "words"), DISTURBANCES, ids=lambda v: getattr(v, "__name__", ""))
@pytest.mark.parametrize("direction", ["apply", "rollback"])
def test_a_tree_that_is_not_as_expected_is_left_alone_and_every_file_is_named(
    tree: Path,
    home: Home,
    bundle: PatchBundle,
    look_at: Look,
    disturb: Callable[[Path, str], None],
    words: str,
    direction: str,
) -> None:
    if direction == "rollback":
        apply_bundle(bundle, tree, home.path)
    disturb(tree, "src/lib.txt")
    before = look_at(tree)
    operation = apply_bundle if direction == "apply" else rollback_bundle
    with pytest.raises(BundleRefused, match=words) as refused:
        operation(bundle, tree, home.path)
    assert "src/lib.txt" in str(refused.value)
    assert "ümlaut" not in str(refused.value), "files in order are not complained about"
    assert look_at(tree) == before
    assert left_over(home) == []
    with pytest.raises(BundleRefused):
        dry_run(bundle, tree, home.path, "apply" if direction == "apply" else "rollback")
    (tree / "src").chmod(0o755)  # so that the folder can be removed


def test_a_file_in_the_way_of_a_new_one_is_named(tree: Path, home: Home, bundle: PatchBundle) -> None:
    (tree / "new/deep").mkdir(parents=True)
    (tree / "new/deep/made.txt").write_text("mine")
    with pytest.raises(BundleRefused, match=r"new/deep/made\.txt' is there already"):
        apply_bundle(bundle, tree, home.path)
    assert (tree / "new/deep/made.txt").read_text() == "mine"


def test_a_tree_that_has_half_of_the_change_says_which_half(
    tree: Path, home: Home, bundle: PatchBundle, mixed: Any
) -> None:
    (tree / "src/lib.txt").write_bytes(mixed["src/lib.txt"][1])
    with pytest.raises(BundleRefused, match=r"'src/lib\.txt' has the bundle's change already"):
        apply_bundle(bundle, tree, home.path)
    with pytest.raises(BundleRefused, match="has the bundle's change no more"):
        rollback_bundle(bundle, tree, home.path)


def test_a_missing_tree_and_a_file_in_its_place(tree: Path, home: Home, bundle: PatchBundle, tmp_path: Path) -> None:
    with pytest.raises(BundleRefused, match=r"is not there; if it was moved.*--root"):
        apply_bundle(bundle, tmp_path / "nowhere", home.path)
    with pytest.raises(BundleRefused, match="cannot be used"):
        apply_bundle(bundle, tree / "other.txt", home.path)


def test_a_link_to_the_tree_itself_is_fine(tree: Path, home: Home, bundle: PatchBundle, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tree)
    apply_bundle(bundle, tmp_path / "link", home.path)
    assert (tree / "new/deep/made.txt").read_bytes() == b"made\n"
    rollback_bundle(bundle, tree, home.path)


def test_a_bundle_whose_promise_was_altered_is_refused(
    tree: Path, home: Home, bundle: PatchBundle, look_at: Look
) -> None:
    before = look_at(tree)
    lying = bundle.model_copy(update={"result_hashes": {**bundle.result_hashes, "src/lib.txt": "0" * 64}})
    with pytest.raises(BundleRefused, match=r"its edits give 'src/lib\.txt' another content"):
        apply_bundle(lying, tree, home.path)
    assert look_at(tree) == before


def test_a_bundle_that_changes_nothing_is_said_to_be_one(tree: Path, home: Home, bundle: PatchBundle) -> None:
    idle = bundle.model_copy(update={"result_hashes": bundle.base_hashes})
    with pytest.raises(BundleRefused, match="changes nothing"):
        apply_bundle(idle, tree, home.path)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO])
@pytest.mark.parametrize("direction", ["apply", "rollback"])
def test_a_failing_disk_leaves_everything_as_it_was(
    tree: Path,
    home: Home,
    bundle: PatchBundle,
    look_at: Look,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    direction: str,
) -> None:
    """The disk fails once at each single step in turn; afterwards all is old, or (past the last move) all is new."""
    operation = rollback_bundle if direction == "rollback" else apply_bundle
    opposite = apply_bundle if direction == "rollback" else rollback_bundle
    if direction == "rollback":
        apply_bundle(bundle, tree, home.path)
    before, count, at = look_at(tree), 0, 0

    def failing(name: str) -> None:
        nonlocal count
        count += 1
        if count == at:
            raise OSError(code, os.strerror(code), name)

    monkeypatch.setattr(steps, "reached", failing)
    for at in range(2, 60):
        count = 0
        try:
            operation(bundle, tree, home.path)
        except BundleError as error:
            told = error
        else:
            if count < at:
                break
            opposite(bundle, tree, home.path)  # what failed did not matter any more
            continue
        assert os.strerror(code) in str(told)
        if not isinstance(told, BundleRefused):
            # The tree is done; only tidying up failed, and the next run takes it up.
            count = -1000
            assert operation(bundle, tree, home.path).resumed
            opposite(bundle, tree, home.path)
        assert look_at(tree) == before, f"step {at}"
        assert left_over(home) == []
    assert at > 25, "every step failed once"


def test_a_file_changed_at_the_last_moment_stays_and_the_others_go_back(
    tree: Path, home: Home, bundle: PatchBundle, look_at: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = look_at(tree)

    def meddle(name: str) -> None:
        if name == "src/crlf.txt: replaced":
            (tree / "src/lib.txt").write_bytes(b"saved in an editor just now\n")

    monkeypatch.setattr(steps, "reached", meddle)
    with pytest.raises(BundleRefused, match=r"nothing was changed .*src/lib\.txt' was changed"):
        apply_bundle(bundle, tree, home.path)
    after = look_at(tree)
    assert after.pop("src/lib.txt")[1] == b"saved in an editor just now\n"
    del before["src/lib.txt"]
    assert after == before


APPLY = """
import sys
from pathlib import Path
from rusta_conductor.bundles import BundleRefused, BundleStore, apply_bundle
home, tree, ref = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
try:
    apply_bundle(BundleStore(home).load(ref), tree, home)
    print("applied")
except BundleRefused as refused:
    print(refused)
"""


def test_several_processes_at_once_apply_it_once(tree: Path, home: Home, bundle: PatchBundle) -> None:
    BundleStore(home).save(bundle)
    command = [sys.executable, "-c", APPLY, str(home.path), str(tree), bundle.id]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [worker.communicate(timeout=60)[0].strip() for worker in workers]
    assert said.count("applied") == 1
    assert sum("already applied" in text for text in said) == 2


def test_a_held_lock_is_waited_for(
    tree: Path, home: Home, bundle: PatchBundle, monkeypatch: pytest.MonkeyPatch, make_bundle: Any
) -> None:
    """Another bundle of the same home, applied from another thread, waits for this one to be done."""
    (tree / "third.txt").write_text("a\n")
    other = make_bundle(tree, {"third.txt": (b"a\n", b"b\n")})
    order: list[str] = []

    def other_one() -> None:
        apply_bundle(other, tree, home.path)

    thread = threading.Thread(target=other_one)

    def note(name: str) -> None:
        if name == "locked":
            order.append("locked")
            if len(order) == 1:
                thread.start()
        elif name == "journal closed":
            order.append("done")

    monkeypatch.setattr(steps, "reached", note)
    apply_bundle(bundle, tree, home.path)
    thread.join()
    assert order == ["locked", "done", "locked", "done"]
    assert (tree / "third.txt").read_text() == "b\n"


text = st.text(st.sampled_from("ab\n\r\ufeffü€"), max_size=40)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(old=text, new=text)
def test_any_two_texts_go_there_and_back(
    tmp_path_factory: pytest.TempPathFactory, make_bundle: Any, old: str, new: str
) -> None:
    """Whatever the texts, the files come out byte for byte, in both directions."""
    if old == new:
        return
    base = tmp_path_factory.mktemp("any")
    (base / "tree").mkdir()
    file = base / "tree" / "a.txt"
    file.write_bytes(old.encode())
    bundle = make_bundle(base / "tree", {"a.txt": (old.encode(), new.encode())})
    apply_bundle(bundle, base / "tree", base / "home")
    assert file.read_bytes() == new.encode()
    rollback_bundle(bundle, base / "tree", base / "home")
    assert file.read_bytes() == old.encode()
