"""What is made or proved once and then used by later sandboxes: the /etc they show, and the trial of a file system."""

from __future__ import annotations

from pathlib import Path

import pytest

from rusta_conductor.sandbox import (
    Layout,
    Rung,
    RungReport,
    Sandbox,
    SandboxError,
    acquire_lane,
    bwrap,
    open_sandbox,
    opening,
)
from rusta_conductor.sandbox.etc import etc_folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A small /etc."""
    etc = tmp_path / "etc"
    (etc / "ld.so.conf.d").mkdir(parents=True)
    (etc / "alternatives").mkdir()
    (etc / "ld.so.cache").write_bytes(b"cache")
    (etc / "ld.so.conf.d" / "a.conf").write_text("/lib/a\n")
    (etc / "alternatives" / "cc").symlink_to("/usr/bin/gcc")
    (etc / "shadow").write_text("secret")
    return etc


def test_the_same_etc_is_used_again(home: Path, source: Path) -> None:
    """Made once, with nothing of the machine's own users."""
    place = etc_folder(home, source)
    before = place.stat().st_mtime_ns
    assert etc_folder(home, source) == place
    assert place.stat().st_mtime_ns == before
    assert [path.name for path in place.parent.iterdir()] == [place.name]
    assert (place / "alternatives" / "cc").readlink() == Path("/usr/bin/gcc")
    assert not (place / "shadow").exists()
    assert "rusta:" in (place / "passwd").read_text()


@pytest.mark.parametrize("change", ["cache", "conf", "link", "gone"])
def test_a_changed_etc_is_made_anew(home: Path, source: Path, change: str) -> None:
    """Every kind of change gives another folder that shows it."""
    before = etc_folder(home, source)
    link = source / "alternatives" / "cc"
    if change == "cache":
        (source / "ld.so.cache").write_bytes(b"other")
    elif change == "conf":
        (source / "ld.so.conf.d" / "a.conf").write_text("/lib/somewhere\n")
    else:
        link.unlink()
        if change == "link":
            link.symlink_to("/usr/bin/clang")
    after = etc_folder(home, source)
    assert after != before
    assert (after / "ld.so.cache").read_bytes() == (source / "ld.so.cache").read_bytes()
    assert (after / "alternatives" / "cc").is_symlink() == (change != "gone")


def test_a_file_system_is_tried_once(
    home: Path, tree: Path, rung: Rung, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The first sandbox runs an empty command, the next ones on the same disk do not."""
    tried: list[list[str]] = []
    run = Sandbox.run

    def counted(self: Sandbox, argv: list[str], **more: object) -> object:
        tried.append(argv)
        return run(self, argv, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Sandbox, "run", counted)
    other = tmp_path / "other"
    other.mkdir()
    for root in (tree, tree, other):
        with acquire_lane(home, "k") as lane, open_sandbox(Layout(root), lane, rung):
            pass
    assert tried == [["/bin/true"]]


def test_a_tree_that_cannot_be_laid_any_more_is_tried_again(
    home: Path, tree: Path, rungs: dict[Rung, RungReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was true of the file system has ended: one command fails and says so, then the next rung is taken."""
    if not (rungs[Rung.OVERLAY].ok and rungs[Rung.BWRAP_COPY].ok):
        pytest.skip("needs both bwrap rungs")
    monkeypatch.setenv("RUSTA_NATIVE", "0")
    good = [RungReport(rung, True, "said so", 0) for rung in (Rung.OVERLAY, Rung.BWRAP_COPY)]
    monkeypatch.setattr(opening, "probe_rungs", lambda home: good)
    monkeypatch.setattr(opening, "choose_rung", lambda home: good[0])
    with acquire_lane(home, "k") as lane, open_sandbox(Layout(tree), lane) as sandbox:
        assert sandbox.rung is Rung.OVERLAY
    monkeypatch.setattr(bwrap, "OUTER", "echo 'lower refused' >&2; exit 126")
    with acquire_lane(home, "k") as lane, open_sandbox(Layout(tree), lane) as sandbox:
        assert sandbox.rung is Rung.OVERLAY
        with pytest.raises(SandboxError, match="lower refused"):
            sandbox.run(["true"])
    with acquire_lane(home, "k") as lane, open_sandbox(Layout(tree), lane) as sandbox:
        assert sandbox.rung is Rung.BWRAP_COPY
        assert sandbox.run(["cat", "src/lib.rs"]).ok
