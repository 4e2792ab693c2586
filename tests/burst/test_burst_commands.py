"""The installed command, from making a connectome to taking a change of it back; and a kill in the middle of a run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rusta_burst.cli import watching
from rusta_burst.cli.group import burst
from rusta_burst.dynamics import deadline
from rusta_conductor.cli.context import Context
from rusta_conductor.cli.exit_codes import code_of
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost

RUSTA = Path(sys.executable).with_name("rusta")
DRIVE = ("--drive", "exciting=30000@0.05", "--seed", "3")


class Shell:
    """``rusta burst`` in a folder with a state folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {**os.environ, "RUSTA_HOME": str(folder / "home"), "RUSTA_PLUGINS": "burst", "NO_COLOR": "1"}

    def __call__(self, *arguments: str, code: int = 0, top: bool = False) -> str:
        command = [str(RUSTA), *([] if top else ["burst"]), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=250, check=False
        )
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stdout if code == 0 else done.stdout + done.stderr

    def json(self, *arguments: str, code: int = 0, top: bool = False) -> Any:
        out = self(*arguments, "--json", code=code, top=top)
        return json.loads(next(line for line in out.splitlines() if line.startswith("{")))


class Quick:
    """The same commands inside this process: no start-up for each of them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        monkeypatch.chdir(folder)
        monkeypatch.setenv("RUSTA_PLUGINS", "burst")
        self._context = Context.of(PluginHost.from_environment(), Home(folder / "home"))

    def __call__(self, *arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(burst, list(arguments), obj=self._context)
        error = done.exception
        if error is None or isinstance(error, SystemExit):
            assert done.exit_code == code, (arguments, done.output)
            return done.output
        assert code_of(error) == code, (arguments, error)
        return str(error)

    def json(self, *arguments: str, code: int = 0) -> Any:
        out = self(*arguments, "--json", code=code)
        return json.loads(next(line for line in out.splitlines() if line.startswith("{")))


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Quick:
    return Quick(tmp_path, monkeypatch)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_a_connectome_is_made_run_pictured_changed_and_restored(shell: Shell, quick: Quick) -> None:
    made = shell.json("make", "--preset", "balanced", "--neurons", "500", "-o", "a.burst")
    assert quick.json("inspect", "a.burst")["digest"] == made["digest"]
    ran = quick.json(
        "run", "a.burst", "--bursts", "60", *DRIVE, "-o", "a.spikes", "--snapshot", "a.snapshot", "--watch", "3"
    )
    assert ran["outcome"] == "ran"
    assert ran["data"]["spikes"] > 0
    recorded = quick.json("inspect", "a.spikes")
    assert (recorded["bursts"], recorded["spikes"]) == (60, ran["data"]["spikes"])
    assert quick.json("inspect", "a.snapshot")["state"] == ran["data"]["state_sha256"]
    quick("plot", "a.burst", "--run", "a.spikes", "-o", "a.html")
    assert (shell.folder / "a.html").read_text(encoding="utf-8").count("<svg") == 5

    before = (shell.folder / "a.burst").read_bytes()
    (shell.folder / "wild.json").write_text(
        '[{"op": "set_synapses", "between": ["exciting", "exciting"], "weight": 255}]'
    )
    (shell.folder / "mild.json").write_text('[{"op": "remove_synapses", "ids": [0, 1, 2]}]')
    assert "no candidate keeps within the bounds" in quick("edit", "a.burst", "wild.json", *DRIVE, code=10)
    assert (shell.folder / "a.burst").read_bytes() == before
    promoted = quick.json("edit", "a.burst", "wild.json", "mild.json", "--promote", *DRIVE)
    assert promoted["outcome"] == "promoted"
    assert promoted["data"]["proved"]["candidate"] == 1
    after = (shell.folder / "a.burst").read_bytes()
    assert after != before
    assert len(quick.json("inspect", "a.burst")["areas"]) == 2
    quick("restore", "a.burst")
    assert (shell.folder / "a.burst").read_bytes() == before
    assert "no change of" in quick("restore", "a.burst", code=1)
    assert shell.json("replay", promoted["episode"], top=True)["outcome"] == "promoted"


def test_a_change_made_by_somebody_since_is_not_taken_back(quick: Quick) -> None:
    quick("make", "--preset", "chain", "--neurons", "20", "-o", "a.burst")
    (quick.folder / "e.json").write_text('[{"op": "remove_synapses", "ids": [0]}]')
    tried = quick("edit", "a.burst", "e.json", "--bursts", "5")
    assert "nobody fired in the dry runs" in tried
    assert "nothing was written; --promote" in tried
    assert "nothing was written" not in quick("edit", "a.burst", "e.json", "--promote", "--bursts", "5")
    quick("make", "--preset", "chain", "--neurons", "30", "-o", "a.burst")
    theirs = (quick.folder / "a.burst").read_bytes()
    assert "was written since the change" in quick("restore", "a.burst", code=1)
    assert (quick.folder / "a.burst").read_bytes() == theirs


def test_a_run_in_two_parts_is_the_run_in_one(quick: Quick) -> None:
    quick("make", "--preset", "learning", "--neurons", "300", "-o", "a.burst")
    whole = quick.json("run", "a.burst", "--bursts", "40", *DRIVE, "--learned", "whole.burst")
    quick("run", "a.burst", "--bursts", "25", *DRIVE, "--snapshot", "half.snapshot")
    rest = quick.json("run", "a.burst", "--bursts", "15", *DRIVE, "--from", "half.snapshot", "--learned", "parts.burst")
    assert rest["data"]["state_sha256"] == whole["data"]["state_sha256"]
    assert quick.json("diff", "whole.burst", "parts.burst")["equal"]
    assert quick.json("diff", "a.burst", "whole.burst", code=1)["synapses_changed"]["weight"] > 0


def test_a_run_that_was_killed_comes_to_the_same_state(shell: Shell) -> None:
    """Kill -9 in a run that learns; what resumes it is the snapshot and the log."""
    shell("make", "--preset", "learning", "--neurons", "400", "-o", "a.burst")
    goal = ("run", "a.burst", "--bursts", "400", "--chunk", "10", *DRIVE, "-o", "a.spikes", "--learned", "b.burst")
    whole = shell.json(*goal)
    kept = [(shell.folder / name).read_bytes() for name in ("a.spikes", "b.burst")]
    for name in ("a.spikes", "b.burst"):
        (shell.folder / name).unlink()
    with subprocess.Popen(
        [str(RUSTA), "burst", *goal],
        cwd=shell.folder,
        env=shell.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        runs = shell.folder / "home" / "burst" / "runs"
        until = time.monotonic() + 120
        while len(list(runs.glob("*/*.spikes"))) < 3 and process.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL, "it ended before it could be killed"
    left = json.loads(shell("episodes", "--json", top=True).splitlines()[0])
    killed = left["episode"] if "episode" in left else left["id"]
    resumed = shell.json("resume", killed, top=True)
    assert resumed["outcome"] == "ran"
    assert resumed["data"] == whole["data"]
    assert [(shell.folder / name).read_bytes() for name in ("a.spikes", "b.burst")] == kept
    assert not list(runs.iterdir()), "the run's own files are gone"
    assert shell.json("replay", killed, top=True)["outcome"] == "ran"


def test_bursts_at_a_rate_end_with_a_report(quick: Quick) -> None:
    quick("make", "--preset", "chain", "--neurons", "20", "-o", "a.burst")
    lines = quick("watch", "a.burst", "--bursts", "6", "--hz", "500", "--overrun", "drop", "--json").splitlines()
    report = json.loads(lines[-1])["deadline"]
    assert (len(lines), report["bursts"], report["rate"]) == (7, 6, 500.0)
    assert "due times dropped" in quick("watch", "a.burst", "--bursts", "6", "--hz", "500", "--overrun", "stretch")
    assert watching.POLICIES == deadline.POLICIES


def test_a_watched_neuron_has_to_be_there(quick: Quick) -> None:
    quick("make", "--preset", "chain", "--neurons", "20", "-o", "a.burst")
    said = quick("run", "a.burst", "--watch", "20", "--bursts", "2", code=1)
    assert "watch: neuron 20 is not there; the last one is 19" in said


def test_a_recording_of_another_connectome_is_told_and_one_that_does_not_fit_refused(quick: Quick) -> None:
    (quick.folder / "s.csv").write_text("burst,neuron,amount\n0,27,70000\n")
    for neurons in ("30", "20"):
        quick("make", "--preset", "chain", "--neurons", neurons, "-o", f"{neurons}.burst")
    quick("run", "30.burst", "--stimulus", "s.csv", "--bursts", "5", "-o", "a.spikes")
    assert quick.json("plot", "30.burst", "--run", "a.spikes", "-o", "a.svg")["same_connectome"]
    said = quick("plot", "20.burst", "--run", "a.spikes", "-o", "b.svg", code=2)
    assert "a.spikes: neuron 29 fired, but the connectome has 20" in said
    assert not (quick.folder / "b.svg").exists()
    quick("make", "--preset", "chain", "--neurons", "40", "-o", "40.burst")
    assert not quick.json("plot", "40.burst", "--run", "a.spikes", "-o", "b.svg")["same_connectome"]
    assert "of another connectome" in quick("plot", "40.burst", "--run", "a.spikes", "-o", "b.svg")


def test_looking_needs_no_episode(quick: Quick) -> None:
    quick("make", "--preset", "chain", "--neurons", "20", "-o", "a.burst")
    (quick.folder / "s.csv").write_text("burst,neuron,amount\n1,3,70000\n")
    stepped = quick("step", "a.burst", "--bursts", "3", "--stimulus", "s.csv")
    assert "burst 1: 1 fired, 0 events arrived: 3" in stepped
    assert "burst 2: 1 fired, 1 events arrived: 4" in stepped
    told = quick.json("why", "a.burst", "4", "--stimulus", "s.csv")
    assert told["causes"] == [{"source": 3, "burst": 1, "contribution": 65025}]
    assert quick.json("why", "a.burst", "3", "--stimulus", "s.csv")["from_outside"] == 70000
    assert "neuron 4 of area 'row'" in quick("inspect", "a.burst", "--neuron", "4")
    assert "40 bursts" in quick("watch", "a.burst", "--bursts", "40", "--stimulus", "s.csv")


@pytest.mark.parametrize("name", ["a.npz", "a.csv", "a.parquet", "a.h5", "a.json"])
def test_what_is_exported_can_be_imported(name: str, quick: Quick) -> None:
    quick("make", "--preset", "chain", "--neurons", "20", "-o", "a.burst")
    quick("export", "a.burst", name)
    quick("import", name, "-o", "b.burst")
    assert len(quick.json("inspect", "b.burst")["areas"]) == 1
    assert quick.json("inspect", "b.burst")["synapses"] == 19


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "none.burst"), "connectome none.burst is not there"),
        (("run", "."), "is a folder"),
        (("run", "bad.txt"), "bad.txt is no connectome by its name; expected an ending of .burst, .npz"),
        (("edit", "bad.txt", "bad.json"), "bad.txt is no connectome by its name"),
        (("run", "junk.burst"), "junk.burst: byte 0 should begin with"),
        (("make",), "give either a RECIPE or --preset NAME"),
        (("make", "--preset", "balanced"), "say where to write it with -o"),
        (("make", "--preset", "nothing", "-o", "x.burst"), "there is no preset 'nothing'"),
        (("make", "--preset", "chain", "-o", "x.what"), "the ending does not tell the format"),
        (("export", "junk.burst", "x.csv"), "byte 0 should begin with"),
        (("plot", "junk.burst", "-o", "x.gif"), "the ending must be one of"),
        (("edit", "junk.burst", "bad.json"), "bad.json: edit: operation"),
        (("why", "junk.burst", "3"), "byte 0 should begin with"),
        (("step", "junk.burst", "--drive", "x"), "byte 0 should begin with"),
        (("inspect", "junk.spikes"), "byte 0 should begin with"),
        (("run", "junk.burst", "--drive", "x"), "must look like AREA=AMOUNT"),
        (("run", "junk.burst", "--stimulus", "bad.json"), "line 1 must be 'burst,neuron,amount'"),
        (("run", "junk.burst", "-o", "none/x.spikes"), "there is no folder"),
        (("run", "junk.burst", "--learned", "."), "is a folder"),
        (("run", "junk.burst", "--learned", "x.what"), "the ending does not tell the format"),
    ],
)
def test_bad_input_is_one_clear_line_and_leaves_nothing(arguments: tuple[str, ...], told: str, quick: Quick) -> None:
    for name in ("junk.burst", "junk.spikes"):
        (quick.folder / name).write_bytes(b"no such thing" * 20)
    (quick.folder / "bad.json").write_text('[{"op": "fly"}]')
    (quick.folder / "bad.txt").write_text("1 2")
    left = sorted(p.name for p in quick.folder.iterdir())
    code = 1 if arguments == ("run", "junk.burst") else 2
    assert told in quick(*arguments, code=code)
    assert sorted(p.name for p in quick.folder.iterdir() if p.name != "home") == left
