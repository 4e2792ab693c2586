"""The flashing domain: the way of an episode, its refusals, its roll-backs, its log, and its resumption."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from akida_programs import container_of, deep_program, small_program, weights

import rusta_akida.plugin
from rusta_akida.devices.device import ProgramVariable
from rusta_akida.devices.manager import open_device
from rusta_akida.devices.messages import program_hash
from rusta_akida.devices.usbip.server import UsbIpServer
from rusta_akida.devices.virtual.chip import Chip
from rusta_akida.devices.virtual.executor import Executor
from rusta_akida.devices.virtual.faults import FaultKind, FaultPlan
from rusta_akida.devices.virtual.gadget import Gadget
from rusta_akida.flashing import tools
from rusta_akida.flashing.running import Flash, begin, flash
from rusta_akida.flashing.shelf import Shelf
from rusta_akida.flashing.swapping import slots_between
from rusta_akida.program.builder import ProgramBuilder
from rusta_akida.program.container import Container, write_container
from rusta_akida.program.errors import ProgramError
from rusta_akida.program.reading import Program
from rusta_conductor.errors import ToolError
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_conductor.sessions import replay, resume
from rusta_devlog import DevLogStore

OLD, NEW = container_of(small_program(1), name="old"), container_of(small_program(2), name="new")


def hash_of(program: Program) -> str:
    return program_hash(program.program_info, program.program_data).hex()


@dataclass
class Bench:
    """A home, a host, and a device that this process serves, so that faults can be put into it."""

    host: PluginHost
    home: Home
    gadget: Gadget
    device: str

    def flash(self, container: Container, **more: Any) -> Flash:
        """A whole program is written unless ``in_place`` is said."""
        chosen = {"in_place": False, **more}
        return flash(self.host, self.home, container, self.device, rows=16, seed=5, **chosen)

    @property
    def active(self) -> bytes:
        stored = self.gadget.chip.active
        return b"" if stored is None else stored.info + stored.data

    def said(self, episode: str) -> list[str]:
        """The log in words: calls by verb, moves by signal."""
        found = []
        for _, _, entry in DevLogStore(self.home.devlog).reader(episode):
            data = entry["data"]
            word = data.get("signal") or data.get("action", {}).get("verb") or entry["kind"]
            if word != "done":
                found.append(word)
        return found


@pytest.fixture
def bench(rusta_home: Path, plugin_host: Callable[..., PluginHost]) -> Iterator[Bench]:
    gadget = Gadget(Chip())
    with UsbIpServer(gadget) as server:
        yield Bench(plugin_host(rusta_akida.plugin), Home(rusta_home), gadget, f"usbip:127.0.0.1:{server.port}")


def bytes_of(container: Container) -> bytes:
    return container.program.program_info + container.program.program_data


def test_an_episode_tries_proves_and_only_then_swaps(bench: Bench) -> None:
    done = bench.flash(NEW)
    assert done.result.outcome == "flashed"
    assert bench.active == bytes_of(NEW)
    assert bench.said(done.episode) == [
        "opened",
        *("flash_sense", "sensed", "flash_check", "need_probe"),
        *("flash_dry_run", "probed", "ready", "decision", "proposed"),
        *("flash_write", "flash_prove", "green"),
        *("flash_activate", "flash_prove", "reflected", "remembered", "closed"),
    ]
    data: Any = done.result.data
    assert data["proof"]["values"] == (16 + 8) * 2
    assert data["proof"]["mismatches"] == data["dry_run"]["mismatches"] == 0
    assert data["proof"]["outputs_sha256"] == data["dry_run"]["outputs_sha256"]
    report = replay(bench.host, bench.home, DevLogStore(bench.home.devlog).reader(done.episode))
    assert report.outcome == "flashed"


def test_what_is_there_already_is_proved_and_left(bench: Bench) -> None:
    bench.flash(NEW)
    again = bench.flash(NEW)
    assert again.result.outcome == "unchanged"
    assert "flash_write" not in bench.said(again.episode)
    assert bench.gadget.chip.health["programs"] == 1


@pytest.mark.parametrize(
    ("container", "says"),
    [
        (container_of(small_program(3), reference_error=0.1, quantised_error=0.2), "at most 2% is allowed"),
        (replace(NEW, proof_outputs=NEW.proof_outputs + 1), "16 of 16 stored outputs"),
        (container_of(ProgramBuilder().sdk_version("2.20.0").fully_connected(
            in_features=2, out_features=1, weights=[[1, 1]]).build()), "firmware version 2.20.0"),
    ],
)  # fmt: skip
def test_what_is_refused_never_reaches_the_device(bench: Bench, container: Container, says: str) -> None:
    bench.flash(OLD)
    done = bench.flash(container)
    assert done.result.outcome == "refused"
    assert says in done.result.summary
    assert bench.active == bytes_of(OLD)
    assert "flash_write" not in bench.said(done.episode)


def test_a_delta_can_be_allowed(bench: Bench) -> None:
    container = container_of(small_program(3), reference_error=0.1, quantised_error=0.2)
    assert bench.flash(container, allow_delta=True).result.outcome == "flashed"


class Liar(Executor):
    """A chip that computes wrongly: one value in each answer is off by one."""

    def run(self, inputs: np.ndarray) -> np.ndarray:
        outputs = super().run(inputs)
        outputs[-1, -1] += 1
        return outputs


def test_a_device_that_computes_wrongly_is_refuted_and_the_old_program_stays(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.flash(OLD)
    honest = tools.dry_run
    # The twin is in this process too; it has to stay honest.
    monkeypatch.setattr(tools, "dry_run", lambda args, context: _with(monkeypatch, Executor, honest, args, context))
    monkeypatch.setattr("rusta_akida.devices.virtual.chip.Executor", Liar)
    done = bench.flash(NEW)
    assert done.result.outcome == "rolled-back"
    assert "2 of 48 values differ" not in done.result.summary
    assert "1 of 48 values differ from the reference; first row 23, output 1" in done.result.summary
    assert bench.active == bytes_of(OLD)
    assert bench.gadget.chip.staging is None
    said = bench.said(done.episode)
    assert said[said.index("flash_prove") :] == [
        *("flash_prove", "red", "flash_discard", "decision", "give_up", "remembered", "closed")
    ]


def _with(monkeypatch: pytest.MonkeyPatch, executor: type, handler: Any, args: Any, context: Any) -> Any:
    with monkeypatch.context() as inner:
        inner.setattr("rusta_akida.devices.virtual.chip.Executor", executor)
        return handler(args, context)


def test_what_fails_after_the_swap_is_taken_back_byte_for_byte(bench: Bench) -> None:
    bench.flash(OLD)
    before = bench.active
    chip = bench.gadget.chip
    honest = chip.handle

    def breaking(op: int, payload: bytes) -> Any:
        """The swap goes well, and what is active then computes wrongly: a mesh that did not take."""
        answer = honest(op, payload)
        if op == 7 and chip.active is not None and chip.active.hash.hex() == hash_of(NEW.program):
            chip.active.executor = Liar(chip.active.program)
        return answer

    chip.handle = breaking  # type: ignore[method-assign]
    done = bench.flash(NEW)
    assert done.result.outcome == "rolled-back"
    assert "byte for byte" in done.result.summary
    assert bench.active == before == bytes_of(OLD)
    assert "flash_restore" in bench.said(done.episode)


def test_a_program_that_is_in_no_bank_any_more_is_written_anew(bench: Bench) -> None:
    """Restoring falls back on what was read from the device before the flash."""
    bench.flash(OLD)
    bench.flash(NEW)
    chip = bench.gadget.chip
    chip.previous = None
    args = tools.a.SwapArgs(device=bench.device, to=hash_of(OLD.program), before=hash_of(NEW.program))
    tools.restore(args, context(bench))
    assert bench.active == bytes_of(OLD)


def context(bench: Bench, attempt: int = 1) -> Any:
    import threading

    from rusta_conductor.tool import ToolContext

    return ToolContext(None, 60.0, threading.Event(), "0" * 64, attempt, bench.home.path)


def test_an_unplugged_device_fails_in_words_and_keeps_its_program(bench: Bench) -> None:
    bench.flash(OLD)
    start = bench.gadget.faults.counted
    probe = Bench(bench.host, bench.home, bench.gadget, bench.device)
    probe.flash(NEW)
    whole = bench.gadget.faults.counted - start
    bench.flash(OLD)
    outcomes = set()
    for at in range(0, whole, 7):
        bench.gadget.faults = FaultPlan({at: FaultKind.UNPLUG})
        done = bench.flash(NEW)
        bench.gadget.plug_in()
        outcomes.add(done.result.outcome)
        assert bench.active in (bytes_of(OLD), bytes_of(NEW))
        assert done.result.outcome in ("failed", "unknown", "flashed"), done.result.summary
        if done.result.outcome == "failed":
            assert bench.active == bytes_of(OLD)
        bench.gadget.faults = FaultPlan()
        bench.flash(OLD)
    assert "failed" in outcomes


@pytest.mark.parametrize(
    ("verb", "moment"),
    [
        *(("flash_write", moment) for moment in ("before", "half", "after")),
        *(("flash_activate", moment) for moment in ("before", "after")),
        *(("flash_replace", moment) for moment in ("before", "after")),
    ],
)
def test_a_process_that_dies_in_a_lasting_call_is_reconciled(bench: Bench, verb: str, moment: str) -> None:
    """The log ends with a started call. The resumed episode looks on the chip whether it happened."""
    bench.flash(OLD)
    name = verb.removeprefix("flash_")
    honest = getattr(tools, name)

    class Died(BaseException):
        pass

    def dying(args: Any, where: Any) -> Any:
        if moment == "half" and name == "write":
            with open_device(bench.device, bench.home.path) as device:
                device.write(NEW.program.program_info, tools.transaction_of(where.key))
        if moment == "after":
            honest(args, where)
        raise Died

    session = begin(bench.host, bench.home, NEW, bench.device, rows=16, seed=5, in_place=verb == "flash_replace")
    emitted = session.episode.journal.emit

    def emit(*bodies: Any) -> Any:
        if any(type(body).__name__ == "Done" and "Died" in str(body) for body in bodies):
            raise Died  # a killed process writes nothing
        return emitted(*bodies)

    session.episode.journal.emit = emit  # type: ignore[method-assign]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tools, name, dying)
        with session, pytest.raises(Died):
            session.run()
    swapped = verb != "flash_write" and moment == "after"
    assert bench.active == (bytes_of(NEW) if swapped else bytes_of(OLD))
    with resume(bench.host, bench.home, session.episode.id) as again:
        finish = again.run()
    assert finish.result is not None
    assert finish.result.outcome == "flashed"
    assert bench.active == bytes_of(NEW)
    health = bench.gadget.chip.health
    assert health["programs"] + health["variables"] == 2, "the swap was made once"
    words = bench.said(session.episode.id)
    assert words.count(verb) == (1 if moment == "after" else 2)


def test_where_only_a_slot_differs_its_weights_are_swapped_in_place(bench: Bench) -> None:
    bench.flash(OLD)
    done = bench.flash(NEW, in_place=True)
    assert done.result.outcome == "flashed"
    assert done.result.data["in_place"] is True
    assert bench.active == bytes_of(NEW)
    assert (bench.gadget.chip.health["programs"], bench.gadget.chip.health["variables"]) == (1, 1)
    said = bench.said(done.episode)
    assert "flash_write" not in said
    assert said[said.index("flash_replace") :] == [
        *("flash_replace", "flash_prove", "green", "reflected", "remembered", "closed")
    ]
    other = bench.flash(container_of(deep_program()), in_place=True)
    assert (other.result.outcome, other.result.data["in_place"]) == ("flashed", False)


def test_a_swap_in_place_that_is_refuted_is_taken_back_byte_for_byte(bench: Bench) -> None:
    bench.flash(OLD)
    chip = bench.gadget.chip
    honest = chip.handle

    def breaking(op: int, payload: bytes) -> Any:
        answer = honest(op, payload)
        if chip.active is not None and chip.active.hash.hex() == hash_of(NEW.program):
            chip.active.executor = Liar(chip.active.program)
        return answer

    chip.handle = breaking  # type: ignore[method-assign]
    done = bench.flash(NEW, in_place=True)
    assert done.result.outcome == "rolled-back"
    assert bench.active == bytes_of(OLD)
    assert chip.health["programs"] == 1, "by its slot, not by a whole program"


def test_a_swap_of_two_slots_that_was_cut_in_the_middle_is_brought_to_its_end(bench: Bench) -> None:
    """Two layers, each with a slot; the process died when one was new and one was old."""

    def two(seed: int) -> Container:
        builder = ProgramBuilder()
        for layer in range(2):
            ints = weights(seed + layer, 4, 4)
            builder.fully_connected(in_features=4, out_features=4, weights=ints, mutable=True, slot_id=layer)
        return container_of(builder.build(), name=f"two {seed}")

    first, second = two(1), two(11)
    bench.flash(first)
    with open_device(bench.device, bench.home.path) as device:
        assert slots_between(device.readback(), (second.program.program_info, second.program.program_data)) == (0, 1)
        device.set_variable(ProgramVariable(1, second.program.program_data[8:16]))
    digest = Shelf(bench.home.path).put_container(write_container(second))
    args = tools.a.ReplaceArgs(program=digest, device=bench.device, before=hash_of(first.program))
    with pytest.raises(ToolError, match="somebody flashed"):
        tools.replace(args, context(bench))
    assert tools.reconcile_replace(args, context(bench, attempt=2)) is None
    tools.replace(args, context(bench, attempt=2))
    assert bench.active == bytes_of(second)
    found = tools.reconcile_replace(args, context(bench, attempt=2))
    assert found is not None


def test_the_shelf_gives_back_what_it_was_given_and_notices_changes(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    program = deep_program()
    digest = shelf.put_program(program.program_info, program.program_data)
    assert shelf.program(digest) == (program.program_info, program.program_data)
    (path,) = (tmp_path / "akida/programs").glob("*.program")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ProgramError, match="changed since"):
        shelf.program(digest)
    with pytest.raises(ProgramError, match="No such file"):
        shelf.container("0" * 64)
