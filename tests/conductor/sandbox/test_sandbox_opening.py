"""Choosing and proving rungs, refused layouts, odd paths, extra trees, the last rung."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

import rusta_conductor
from rusta_conductor.sandbox import (
    Layout,
    Rung,
    RungReport,
    SandboxError,
    SandboxRefused,
    acquire_lane,
    choose_rung,
    open_sandbox,
    probe_rungs,
)
from rusta_conductor.sandbox import probe as probe_module

SOURCES = Path(rusta_conductor.__file__).parents[1]


@pytest.mark.parametrize(
    "name",
    [
        "with space",
        "ümläut ß",
        "co:lon",
        "com,ma",
        "back\\slash",
        "quo'te\"s",
        "$(touch evil)",
        "-dash",
        "new\nline",
        "per%cent",
        "star*",
    ],
)
def test_odd_paths(home: Path, tmp_path: Path, rung: Rung, name: str) -> None:
    """Neither the tree's name nor the state folder's is ever taken for syntax."""
    root = tmp_path / name / "tree"
    (root / "s p").mkdir(parents=True)
    (root / "s p" / "f,:\\").write_text("base")
    state = tmp_path / f"state {name}"
    with acquire_lane(state, "k") as lane, open_sandbox(Layout(root), lane, rung) as sandbox:
        done = sandbox.run(["sh", "-c", 'pwd; cat "f,:\\\\"; echo n >new'], cwd="s p")
        assert done.stdout.decode() == f"{sandbox.root / 's p'}\nbase", done
        assert sandbox.changes() == {"s p/new": b"n\n"}
        sandbox.set_tree({"s p/f,:\\": b"host"})
        assert sandbox.run(["cat", "s p/f,:\\"]).stdout == b"host"
    assert not (tmp_path / "evil").exists()
    assert (root / "s p" / "f,:\\").read_text() == "base"


def test_extra_trees_and_tools_are_read_only(home: Path, tree: Path, tmp_path: Path, rung: Rung) -> None:
    """They appear at their own path, cannot be written, and missing ones are skipped."""
    extra, tools = tmp_path / "dependency", tmp_path / "tools"
    for folder in (extra, tools):
        folder.mkdir()
        (folder / "file").write_text("inside")
    script = tools / "run"
    script.write_text("#!/bin/sh\necho tool ran\n")
    script.chmod(0o755)
    layout = Layout(tree, (extra,), (tools, tmp_path / "missing"))
    with acquire_lane(home, "k") as lane, open_sandbox(layout, lane, rung) as sandbox:
        assert sandbox.run(["cat", str(extra / "file")]).stdout == b"inside"
        assert sandbox.run([str(script)]).stdout == b"tool ran\n"
        for path in (extra / "file", tools / "file", extra / "new"):
            assert not sandbox.run(["sh", "-c", 'echo x >"$1"', "sh", str(path)]).ok
    assert (extra / "file").read_text() == (tools / "file").read_text() == "inside"
    assert not (extra / "new").exists()


def test_sockets_and_fifos_in_an_extra_tree(home: Path, tree: Path, tmp_path: Path, rung: Rung) -> None:
    """A read-only mount does not stop a talk through a socket; these are covered."""
    extra = tmp_path / "dependency"
    extra.mkdir()
    os.mkfifo(extra / "fifo")
    reader = os.open(extra / "fifo", os.O_RDONLY | os.O_NONBLOCK)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(extra / "sock"))
        server.listen()
        server.setblocking(False)
        code = (
            "import socket, sys\n"
            "try: s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.send(b'x')\n"
            "except OSError: print('refused')\n"
        )
        layout = Layout(tree, (extra,))
        with acquire_lane(home, "k") as lane, open_sandbox(layout, lane, rung) as sandbox:
            done = sandbox.run(["/usr/bin/python3", "-c", code, str(extra / "sock")])
            assert done.stdout == b"refused\n" or done.exit_code == 127
            sandbox.run(["sh", "-c", 'echo secret >"$1"', "sh", str(extra / "fifo")])
        with pytest.raises(BlockingIOError):
            server.accept()
    assert os.read(reader, 10) == b""
    os.close(reader)


@pytest.mark.parametrize("root", ["/", "/usr", "/proc", "/dev/shm", "/etc", "relative", "/no/such"])
def test_impossible_roots_are_refused(home: Path, root: str) -> None:
    """A tree that is part of the system, or no tree at all."""
    with (
        acquire_lane(home, "k") as lane,
        pytest.raises(SandboxRefused, match=r"path|overlaps|lies inside"),
    ):
        open_sandbox(Layout(Path(root)), lane, Rung.NONE)


def test_state_inside_the_tree_is_refused(tmp_path: Path) -> None:
    """The lane would be copied into itself, and the command could see other episodes."""
    with acquire_lane(tmp_path / "state", "k") as lane:
        with pytest.raises(SandboxRefused, match="RUSTA_HOME"):
            open_sandbox(Layout(tmp_path), lane, Rung.NONE)
        (tmp_path / "tree").mkdir()
        with pytest.raises(SandboxRefused, match="other episodes"):
            open_sandbox(Layout(tmp_path / "tree", read_only=(tmp_path,)), lane, Rung.NONE)
        with pytest.raises(SandboxRefused, match="not absolute"):
            open_sandbox(Layout(tmp_path / "tree", (Path("x"),)), lane, Rung.NONE)


def test_a_link_to_the_tree_is_refused(home: Path, tree: Path, tmp_path: Path) -> None:
    """Only the resolved path is the same inside and outside."""
    (tmp_path / "link").symlink_to(tree)
    with acquire_lane(home, "k") as lane, pytest.raises(SandboxRefused, match="resolved"):
        open_sandbox(Layout(tmp_path / "link"), lane, Rung.NONE)


def test_the_last_rung_reads_and_edits_but_runs_nothing(home: Path, tree: Path) -> None:
    """Without isolation nothing of the target is executed."""
    with acquire_lane(home, "k") as lane, open_sandbox(Layout(tree), lane, Rung.NONE) as sandbox:
        assert sandbox.read("src/lib.rs").startswith(b"pub fn")
        sandbox.set_tree({"src/lib.rs": b"edited"})
        assert sandbox.changes() == {"src/lib.rs": b"edited"}
        with pytest.raises(SandboxRefused, match="no command is run"):
            sandbox.run(["true"])


def test_links_of_the_tree_are_read_but_not_edited(home: Path, tree: Path, rung: Rung) -> None:
    """Reading follows links inside the tree; an edit must name the real file."""
    with acquire_lane(home, "k") as lane, open_sandbox(Layout(tree), lane, rung) as sandbox:
        assert sandbox.read("link.rs") == sandbox.read("src/lib.rs")
        with pytest.raises(SandboxRefused, match=r"is a link to 'src/lib\.rs'"):
            sandbox.set_tree({"link.rs": b"x"})
        sandbox.set_tree({"src/lib.rs": b"changed"})
        assert sandbox.read("link.rs") == b"changed"
        assert sandbox.run(["sh", "-c", "rm link.rs; ln -s src/other.rs link.rs"]).ok
        assert sandbox.irregular() == ("link.rs",)
        sandbox.reset()
        assert sandbox.run(["readlink", "link.rs"]).stdout == b"src/lib.rs\n"


@pytest.mark.parametrize("path", ["", "/abs", "../x", "a/../b", "./a", "a//b", "a/", "nul\0", "/".join("a" * 200)])
def test_paths_must_be_normalised(home: Path, tree: Path, path: str) -> None:
    """set_tree, read and touch take the one spelling of a path."""
    with acquire_lane(home, "k") as lane, open_sandbox(Layout(tree), lane, Rung.NONE) as sandbox:
        for act in (lambda: sandbox.set_tree({path: b""}), lambda: sandbox.read(path)):
            with pytest.raises(SandboxRefused, match="normalised"):
                act()
        with pytest.raises(SandboxRefused):
            sandbox.touch([path])


def test_touch(home: Path, tree: Path, rung: Rung) -> None:
    """A fresh time and nothing else; a missing file is named."""
    with acquire_lane(home, "k") as lane, open_sandbox(Layout(tree), lane, rung) as sandbox:
        old = sandbox.run(["stat", "-c", "%Y", "src/lib.rs"]).stdout
        sandbox.touch(["src/lib.rs"])
        assert int(sandbox.run(["stat", "-c", "%Y", "src/lib.rs"]).stdout) > int(old)
        assert sandbox.changes() == {}
        with pytest.raises(SandboxError, match="no such file"):
            sandbox.touch(["src/nothing.rs"])


def test_modes_are_kept(home: Path, tree: Path, rung: Rung) -> None:
    """An edited script stays executable, a new file is an ordinary one, chmod is undone by reset."""
    script = tree / "run.sh"
    script.write_text("#!/bin/sh\necho 1\n")
    script.chmod(0o755)
    with acquire_lane(home, "k") as lane, open_sandbox(Layout(tree), lane, rung) as sandbox:
        sandbox.set_tree({"run.sh": b"#!/bin/sh\necho 2\n", "new.sh": b""})
        assert sandbox.run(["./run.sh"]).stdout == b"2\n"
        assert sandbox.run(["stat", "-c", "%a", "new.sh"]).stdout == b"644\n"
        assert sandbox.run(["chmod", "600", "src/lib.rs", "run.sh"]).ok
        sandbox.reset()
        modes = sandbox.run(["stat", "-c", "%a", "src/lib.rs", "run.sh"]).stdout.split()
        assert modes == [b"%o" % ((tree / "src/lib.rs").stat().st_mode & 0o777), b"755"]


# the ladder -----------------------------------------------------------------------------------


def test_probe_tries_every_rung(rungs: dict[Rung, RungReport]) -> None:
    """Four reports in the order of preference, each with a sentence."""
    assert list(rungs) == list(Rung)
    assert all(report.why for report in rungs.values())
    assert rungs[Rung.NONE].ok


def test_probe_leaves_nothing_and_remembers(home: Path) -> None:
    """The second answer comes from the note; only lanes and the note are left."""
    first = probe_rungs(home)
    assert probe_rungs(home) == first
    assert sorted(path.name for path in home.iterdir()) == ["cache", "lanes"]
    note = home / "cache" / "sandbox-rungs.json"
    raw = json.loads(note.read_text())
    raw["rungs"][0]["why"] = "from the note"
    note.write_text(json.dumps(raw))
    if all(report.ok for report in first):
        assert probe_rungs(home)[0].why == "from the note"
    assert probe_rungs(home, fresh=True)[0].why == first[0].why
    note.write_text("{nonsense")
    assert [report.ok for report in probe_rungs(home)] == [report.ok for report in first]


def test_a_rung_can_be_forced(home: Path, rung: Rung, monkeypatch: pytest.MonkeyPatch) -> None:
    """RUSTA_SANDBOX names one; a wrong name says which there are."""
    monkeypatch.setenv("RUSTA_SANDBOX", str(rung))
    report = choose_rung(home)
    assert (report.rung, report.ok) == (rung, True)
    assert "RUSTA_SANDBOX" in report.why
    monkeypatch.setenv("RUSTA_SANDBOX", "docker")
    with pytest.raises(SandboxError, match="overlay, bwrap-copy, landlock, none"):
        choose_rung(home)


def test_a_missing_launcher_is_a_reason(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the native part the third rung says so, and the first two still work."""
    before = {report.rung: report.ok for report in probe_rungs(home)}
    monkeypatch.setenv("RUSTA_NATIVE", "0")
    after = {report.rung: report for report in probe_rungs(home, fresh=True)}
    assert "RUSTA_NATIVE=0" in after[Rung.LANDLOCK].why
    assert not after[Rung.LANDLOCK].ok
    assert after[Rung.OVERLAY].ok == before[Rung.OVERLAY]
    monkeypatch.setenv("RUSTA_SANDBOX", "landlock")
    with pytest.raises(SandboxError, match="does not work here"):
        choose_rung(home)


def test_the_next_rung_is_taken_when_a_tree_does_not_fit(
    home: Path, tree: Path, rungs: dict[Rung, RungReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system that cannot be a lower folder: the copy is used and the reason is told."""
    if not (rungs[Rung.OVERLAY].ok and rungs[Rung.BWRAP_COPY].ok):
        pytest.skip("needs both bwrap rungs")
    proc_like = Path("/sys/kernel")
    if not proc_like.is_dir():
        pytest.skip("no sysfs here")
    from rusta_conductor.sandbox import bwrap

    monkeypatch.setattr(bwrap, "OUTER", "echo 'lower refused' >&2; exit 126")
    monkeypatch.setenv("RUSTA_NATIVE", "0")
    probe_rungs(home)  # with the broken mount in place the overlay rung fails its trial
    with acquire_lane(home, "k") as lane, open_sandbox(Layout(tree), lane) as sandbox:
        assert sandbox.rung is Rung.BWRAP_COPY
        assert sandbox.run(["cat", "src/lib.rs"]).ok
    good = [RungReport(rung, True, "said so", 0) for rung in Rung]
    from rusta_conductor.sandbox import opening

    monkeypatch.setattr(opening, "probe_rungs", lambda home: good)
    monkeypatch.setattr(opening, "choose_rung", lambda home: good[0])
    with acquire_lane(home, "k") as lane, open_sandbox(Layout(tree), lane) as sandbox:
        assert sandbox.rung is Rung.BWRAP_COPY
        assert "lower refused" in sandbox.why


def test_a_trial_that_fails_is_not_ok(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each thing the trial looks for makes a rung fail when it is found."""
    for script, fault in {
        "exit 11": "could read a file outside",
        "exit 14": "could connect",
        "exit 0": "not the change set",
        "exit 3": "ended with",
    }.items():
        monkeypatch.setattr(probe_module, "_SCRIPT", script)
        for report in probe_rungs(home, fresh=True)[:-1]:
            assert not report.ok
            assert fault in report.why or "not there" in report.why


AS_NOBODY = """
import json, sys
from pathlib import Path
from rusta_conductor.sandbox import *
place = Path(sys.argv[1])
home, root = place / "state", place / "tree"
(root / "d").mkdir(parents=True); (root / "d" / "f").write_text("base")
results = {}
for report in probe_rungs(home):
    if not report.ok or report.rung is Rung.NONE:
        continue
    with acquire_lane(home, "k") as lane, open_sandbox(Layout(root), lane, report.rung) as box:
        script = 'cat /etc/shadow; rm -rf d; mkdir -p n/m; echo x >n/m/f; chmod 000 n/m n'
        done = box.run(["sh", "-c", script])
        first = {k: v and v.decode() for k, v in box.changes().items()}
        bomb = box.run(["sh", "-c", "b() { b | b & }; b; sleep 1"], limits=Limits(processes=60))
        box.reset()
        results[report.rung] = [done.stdout.decode(), first, bomb.wall_ms < 30000, box.changes()]
print(json.dumps(results))
"""


def test_an_ordinary_user_has_the_same_rungs(tmp_path: Path, rungs: dict[Rung, RungReport]) -> None:
    """The whole ladder without root: run as "nobody" when the tests run as root."""
    if os.geteuid() != 0:
        pytest.skip("the tests already run as an ordinary user")
    import shutil
    import tempfile

    with tempfile.TemporaryDirectory(dir="/tmp", prefix="rusta-nobody-") as name:
        place = Path(name)
        shutil.copytree(SOURCES / "rusta_conductor" / "sandbox", place / "lib/rusta_conductor/sandbox")
        package = place / "lib/rusta_conductor"
        (package / "__init__.py").write_text("")
        shutil.copy(SOURCES / "rusta_conductor" / "errors.py", package / "errors.py")
        import rusta_native

        shutil.copytree(Path(rusta_native.__file__).parent, place / "lib/rusta_native")
        (place / "script.py").write_text(AS_NOBODY)
        (place / "work").mkdir()
        subprocess.run(["chmod", "-R", "a+rX", name], check=True)
        os.chown(place / "work", 65534, 65534)
        user = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
        env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(place / "lib"), "HOME": "/nonexistent"}
        argv = [*user, "/usr/bin/python3", "-B", str(place / "script.py"), str(place / "work")]
        done = subprocess.run(argv, env=env, cwd="/", capture_output=True, text=True, check=False)
        if "No such file" in done.stderr and not done.stdout:
            pytest.skip("no setpriv or /usr/bin/python3 for another user")
        assert done.returncode == 0, done.stderr
        results = json.loads(done.stdout)
    assert set(results) == {rung for rung, report in rungs.items() if report.ok} - {Rung.NONE}
    for shown, first, quick, after in results.values():
        assert shown == ""
        assert first == {"d/f": None, "n/m/f": "x\n"}
        assert quick
        assert after == {}
