"""The installed commands: flash, akida and doctor, with people's mistakes, and a kill -9 in mid-flash."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from akida_programs import container_of, deep_program, small_program, weights
from click.testing import CliRunner

import rusta_akida.plugin
from rusta_akida.cli.finding import check_devices
from rusta_akida.devices.manager import open_device
from rusta_akida.devices.messages import program_hash
from rusta_akida.program.container import load_container, save_container
from rusta_conductor import builtin
from rusta_conductor.cli import Context
from rusta_conductor.cli import rusta as root
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_devlog import DevLogStore

RUSTA = Path(sys.executable).with_name("rusta")


class Rusta:
    """The command with a state folder of its own: called in this process, started as the installed program."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"
        self.env = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "RUSTA_HOME": str(self.home), "RUSTA_PLUGINS": "akida"
        }  # fmt: skip

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [RUSTA, *map(str, arguments)], env=self.env, cwd=self.folder, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __call__(self, *arguments: object, code: int = 0) -> tuple[str, str]:
        host = PluginHost(strict=True)
        host.register(builtin, name="conductor")
        host.register(rusta_akida.plugin, name="akida")
        context = Context.of(host, Home(self.home))
        done = CliRunner().invoke(root, list(map(str, arguments)), obj=context)
        assert done.exit_code == code, f"{arguments}: exit {done.exit_code}\n{done.output}"
        assert "Traceback" not in done.output
        return done.stdout, done.stderr

    def json(self, *arguments: object, code: int = 0) -> Any:
        return json.loads(self(*arguments, "--json", code=code)[0].splitlines()[0])


@pytest.fixture
def rusta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rusta:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUSTA_HOME", str(tmp_path / "home"))
    return Rusta(tmp_path)


@pytest.fixture
def model(tmp_path: Path) -> Callable[..., Path]:
    def save(name: str, seed: int, **more: Any) -> Path:
        path = tmp_path / f"{name}.fbz"
        save_container(path, container_of(small_program(seed), name=name, **more))
        return path

    return save


@pytest.fixture
def served(rusta: Rusta) -> Iterator[str]:
    """A device in a process of its own, slow enough to be met in the middle of something."""
    process = rusta.start("akida", "serve", "--port", 0, "--pace-ms", 25)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        assert process.returncode == 0


def test_flash_look_and_compare(rusta: Rusta, model: Callable[..., Path]) -> None:
    first, second = model("first", 1), model("second", 2)
    told = rusta.json("flash", first, "--rows", 32, "--seed", 1)
    assert (told["outcome"], told["data"]["proof"]["mismatches"]) == ("flashed", 0)
    out, _ = rusta("flash", second)
    assert "second is active on virtual" in out
    assert "published, not verified on silicon" in out
    (device,) = rusta.json("akida", "devices")["devices"]
    program = load_container(second).program
    assert device["active"] == program_hash(program.program_info, program.program_data).hex()
    assert rusta.json("akida", "diff", first, first)["same"] is True
    told = rusta.json("akida", "diff", first, second, code=1)
    assert {entry["name"].split(" (")[0] for entry in told["differences"]} == {"weights", "biases"}
    fields = rusta.json("akida", "disasm", first)["fields"]
    for part, size in (("program_info", 35), ("program_data", 7)):
        spans = [(f["offset"], f["size"]) for f in fields if f["part"] == part]
        assert [offset for offset, _ in spans] == [sum(s for _, s in spans[:n]) for n in range(len(spans))]
        assert sum(length for _, length in spans) == size
    assert rusta.json("akida", "verify", first)["ok"] is True
    measured = rusta.json("akida", "bench", first, "--rows", 500)
    assert measured["mismatches"] == 0
    assert measured["values"] == 1000
    assert measured["ratio"] > 500


def test_mistakes_are_told_without_a_stack_trace(rusta: Rusta, model: Callable[..., Path], tmp_path: Path) -> None:
    good = model("good", 1)
    bad = model("bad", 1, reference_error=0.1, quantised_error=0.5)
    (tmp_path / "cut.fbz").write_bytes(good.read_bytes()[:200])
    (tmp_path / "vendor.fbz").write_bytes(bytes([0xC8, 1]) + b"\xf0\xc7" + b"2.18.2\0" + bytes(190))
    np.save(tmp_path / "wide.npy", np.ones((1, 57_335), np.float32))
    (tmp_path / "text.npz").write_text("hello", "utf-8")
    cases = [
        (("flash", "none.fbz"), 2, "No such file"),
        (("flash", "cut.fbz"), 2, "total_size"),
        (("flash", "vendor.fbz"), 2, "model file of the chip's vendor"),
        (("flash", "waveform"), 2, "the tasks are: waveforms"),
        (("flash", good, "--device", "nowhere"), 1, "names no device"),
        (("flash", good, "--device", "usbip:127.0.0.1:1"), 1, "rusta akida serve"),
        (("flash", bad), 1, "at most 2% is allowed"),
        (("akida", "verify", bad), 1, "at most 2% is allowed"),
        (("akida", "verify", good, "--profile", "akd9"), 2, "there are: akd1000, akd1500"),
        (("akida", "verify", good, "--profile", "akd1500"), 1, "firmware 2.18.2 only"),
        (("akida", "disasm", "cut.fbz"), 2, "offset"),
        (("akida", "import", "none.npy", "x.fbz"), 2, "No such file"),
        (("akida", "import", "wide.npy", "x.fbz"), 2, "at most 57,334"),
        (("akida", "import", "text.npz", "x.fbz"), 2, "text.npz is damaged or of another kind"),
        (("akida", "serve", "--port", "70000"), 2, "70000"),
    ]
    for arguments, code, says in cases:
        out, err = rusta(*arguments, code=code)
        assert says in out + err, (arguments, out, err)
        assert "allow_pickle" not in err
    assert not (tmp_path / "x.fbz").exists()


def test_import_makes_a_program_that_can_be_flashed(rusta: Rusta, tmp_path: Path) -> None:
    ints = weights(3, 2, 9)
    np.savez(tmp_path / "readout.npz", weights=ints * 0.25, bias=np.array([0.5, -1.75]))
    assert rusta.json("akida", "import", "readout.npz", "readout.fbz")["outputs"] == 2
    container = load_container(tmp_path / "readout.fbz")
    assert np.abs(container.program.weights[0].weights).max() == 7
    assert rusta.json("flash", "readout.fbz")["outcome"] == "flashed"


def test_a_task_is_trained_quantised_and_flashed(rusta: Rusta, tmp_path: Path) -> None:
    told = rusta.json("flash", "waveforms", "--units", 120, "--save", "waves.fbz", "--allow-delta", "--seed", 3)
    assert told["outcome"] == "flashed"
    container = load_container(tmp_path / "waves.fbz")
    assert container.details["labels"] == ["sine", "square", "sawtooth"]
    assert container.reference_error < 0.05
    assert container.quantised_error < 0.15 < container.details["max_abs"]
    assert len(container.proof_inputs) == 256


def test_doctor_speaks_of_devices(rusta: Rusta, monkeypatch: pytest.MonkeyPatch) -> None:
    check = check_devices(rusta.home)
    assert check.ok is True
    assert "virtual can be driven" in check.summary
    assert not rusta.home.exists(), "looking makes nothing"
    monkeypatch.setenv("RUSTA_AKIDA_DEVICE", "usbip:127.0.0.1:1")
    assert check_devices(rusta.home).ok is False
    monkeypatch.setenv("RUSTA_AKIDA_DEVICE", "rubbish")
    assert "names no device" in check_devices(rusta.home).summary


@pytest.mark.parametrize("at", ["flash_write", pytest.param("flash_activate", marks=pytest.mark.slow)])
def test_kill_9_in_mid_flash_and_resume(rusta: Rusta, served: str, model: Callable[..., Path], at: str) -> None:
    """The device is in another process and outlives ours. Whatever was under way, resuming ends with the new program."""
    first, second = model("first", 1), model("second", 2)
    rusta("flash", first, "--device", served, "--rows", 8)
    known = set(DevLogStore(rusta.home / "devlog").episodes())
    process = rusta.start("flash", second, "--device", served, "--rows", 8, "--seed", 4, "--whole")
    episode = wait_for(rusta, known, at, process)
    time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=20)
    assert process.returncode == -signal.SIGKILL
    with open_device(served) as device:
        halfway = device.readback()
    programs = [load_container(path).program for path in (first, second)]
    assert halfway in [(p.program_info, p.program_data) for p in programs], "a whole program answers"
    done = rusta.start("resume", episode, "--json")
    told = json.loads(done.communicate(timeout=120)[0])
    assert told["outcome"] == "flashed"
    with open_device(served) as device:
        assert device.readback() == (programs[1].program_info, programs[1].program_data)
        assert device.health().programs == 2, "each program was activated once"
    rusta("devlog", "verify", episode)
    assert json.loads(rusta("replay", episode, "--json")[0])["outcome"] == "flashed"


def wait_for(rusta: Rusta, known: set[str], verb: str, process: subprocess.Popen[str]) -> str:
    """The new episode, as soon as its log has a call of ``verb``."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, process.communicate()
        store = DevLogStore(rusta.home / "devlog")
        for episode in set(store.episodes()) - known:
            if any(
                path.is_file() and verb.encode() in path.read_bytes() for path in (rusta.home / "devlog").rglob("*")
            ):
                lines = [entry for _, _, entry in store.reader(episode)]
                if any(e["kind"] == "started" and e["data"]["action"]["verb"] == verb for e in lines):
                    return episode
        time.sleep(0.02)
    raise AssertionError(f"{verb} was never called")


def test_a_deep_program_over_the_served_device(rusta: Rusta, served: str, tmp_path: Path) -> None:
    save_container(tmp_path / "deep.fbz", container_of(deep_program(), name="deep"))
    assert rusta.json("flash", "deep.fbz", "--device", served, "--rows", 8)["outcome"] == "flashed"
