"""What the tools of an episode work in: the connectome of its goal, a changed copy of it, and running machines."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from rusta_burst.connectome.model import Connectome
from rusta_burst.domain.goals import RunSettings
from rusta_burst.errors import BurstError, InvalidInput
from rusta_burst.exchange import formats
from rusta_burst.running import states
from rusta_burst.running.machine import Machine
from rusta_burst.running.reports import Activity
from rusta_burst.storage import recordings
from rusta_conductor.errors import Cancelled

_KEEP = 2


class BurstWorkspace:
    """Entered at an episode's first call. The connectome's file is only read; everything written lies in ``folder``."""

    def __init__(
        self, path: Path, folder: Path, settings: RunSettings, watch: tuple[int, ...] = (), origin: Path | None = None
    ) -> None:
        self.path, self.folder = path, folder
        self._settings, self._watch, self._origin = settings, watch, origin
        self._base: Connectome | None = None
        self.changed: Connectome | None = None
        self._machine: tuple[str, Machine] | None = None
        #: Whether what was written into ``folder`` can go when the workspace is left.
        self.finished = False

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        if self.finished and error is None:
            self.clean()
        with suppress(OSError):
            self.folder.rmdir()  # only when nothing was written

    @property
    def base(self) -> Connectome:
        """The connectome as it is in its file.

        Raises:
            BurstError: it cannot be read, or is damaged.
        """
        if self._base is None:
            self._base = formats.load(self.path)
        return self._base

    def file_sha256(self) -> str:
        """SHA-256 of the file."""
        return sha256_of(self.path)

    def stimulus_sha256(self) -> str | None:
        """SHA-256 of the stimulus, where there is one."""
        return None if self._settings.stimulus is None else sha256_of(Path(self._settings.stimulus))

    def connectome(self, which: str) -> Connectome:
        """The base, or the changed copy.

        Raises:
            InvalidInput: nothing was changed yet.
        """
        if which == "base":
            return self.base
        if self.changed is None:
            raise InvalidInput("there is no changed connectome; call burst_edit first")
        return self.changed

    def forget_machine(self) -> None:
        """Drop the running machine; the next step begins anew."""
        self._machine = None

    def machine_at(self, which: str, start: int) -> Machine:
        """A machine whose next burst is ``start``: the running one, or one taken up from the nearest snapshot.

        Bursts between the snapshot and ``start`` are run again; they come out the same.

        Raises:
            InvalidInput: ``start`` is before the snapshot that the run begins from, or a watched neuron is not there.
        """
        if self._machine is None or self._machine[0] != which or self._machine[1].burst != start:
            machine = Machine(self.connectome(which), self._settings.settings())
            last = machine.network.neurons - 1
            if which == "base" and self._watch and max(self._watch) > last:
                raise InvalidInput(f"watch: neuron {max(self._watch)} is not there; the last one is {last}")
            if self._origin is not None:
                states.resume(machine, self._origin)
            for at in reversed(self._snapshots(which)):
                if machine.burst < at <= start:
                    states.resume(machine, self.snapshot(which, at))
                    break
            if machine.burst > start:
                raise InvalidInput(f"burst {start} is before the snapshot that the run begins from ({machine.burst})")
            while machine.burst < start:
                machine.step()
            self._machine = (which, machine)
        return self._machine[1]

    def step(self, which: str, start: int, bursts: int, cancel: Any, *, keep: bool) -> dict[str, Any]:
        """Run bursts and report them; with ``keep``, spikes and a snapshot are written.

        Raises:
            Cancelled: the user interrupted.
        """
        machine = self.machine_at(which, start)
        activity = Activity(machine)
        recorder = recordings.Recorder(start, self._watch)
        for _ in range(bursts):
            if cancel.is_set():
                self.forget_machine()
                raise Cancelled(f"interrupted in burst {machine.burst}")
            report = machine.step()
            activity.note(report.burst, report.fired, report.events)
            if keep:
                recorder.note(report.fired, machine.network.potentials if self._watch else None)
        told = activity.report()
        if keep:
            about = {"connectome": machine.connectome.digest, "seed": self._settings.seed}
            recordings.save(recorder.recording(about), self.folder / f"{which}-{start:012d}.spikes")
            told["state_sha256"] = states.save(machine, self.snapshot(which, machine.burst))
            for old in self._snapshots(which)[:-_KEEP]:
                self.snapshot(which, old).unlink(missing_ok=True)
        else:
            told["state_sha256"] = states.digest_of(states.capture(machine))
        return told

    def clean(self) -> None:
        """Throw away everything that was written."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def snapshot(self, which: str, burst: int) -> Path:
        """Where the state before ``burst`` is, when it was kept."""
        return self.folder / f"{which}-{burst:012d}.snapshot"

    def _snapshots(self, which: str) -> list[int]:
        return sorted(int(path.stem.rpartition("-")[2]) for path in self.folder.glob(f"{which}-*.snapshot"))


def sha256_of(path: Path) -> str:
    """SHA-256 of a file.

    Raises:
        BurstError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BurstError(f"cannot read {path}: {error.strerror or error}") from None


def joined_recording(folder: Path, which: str = "base") -> recordings.Recording:
    """The spikes of all chunks of a run as one recording.

    Raises:
        InvalidInput: there are none.
    """
    parts = [recordings.load(path) for path in sorted(folder.glob(f"{which}-*.spikes"))]
    if not parts:
        raise InvalidInput(f"there are no spikes in {folder}")
    offsets = [np.zeros(1, np.uint64)]
    total = np.uint64(0)
    for part in parts:
        offsets.append(part.offsets[1:] + total)
        total += part.offsets[-1]
    watched = parts[0].watched
    return recordings.Recording(
        parts[0].first,
        np.concatenate(offsets),
        np.concatenate([part.neurons for part in parts]),
        watched,
        np.concatenate([part.potentials for part in parts]),
        parts[0].about,
    )
