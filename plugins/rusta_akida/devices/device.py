"""A device, as programs use it: write, activate, ask, replace a variable, read back, go back."""

from __future__ import annotations

import hashlib
import os
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from rusta_akida.devices import messages, protocol
from rusta_akida.devices.errors import DeviceError, ReadbackMismatch
from rusta_akida.devices.link import Link, LinkCounters
from rusta_akida.devices.messages import Health, Identity, program_hash
from rusta_akida.devices.protocol import Bank, Op, Region
from rusta_akida.program.errors import BuildError
from rusta_akida.program.layers import LayerSpec
from rusta_akida.program.reading import Program, parse_program
from rusta_akida.program.reference import check_inputs
from rusta_akida.quantiser.packing import pack

_REPLY_ROOM = protocol.MOST_PAYLOAD // 4


@dataclass(frozen=True)
class ProgramVariable:
    """New weights for a mutable slot: packed bytes, or integers (outputs, inputs) that 4 bits hold."""

    slot_id: int
    data: bytes | npt.ArrayLike

    @property
    def packed(self) -> bytes:
        return self.data if isinstance(self.data, bytes) else pack(self.data, 4)


@dataclass(frozen=True)
class InferConfig:
    """How to infer. batch: rows in one request; None is as many as a request and its reply hold."""

    batch: int | None = None
    bank: Bank = Bank.ACTIVE


@dataclass
class Cost:
    """What happened inside a ``with device.measured()`` block. modelled_us: by the device's model of the link."""

    transfers: int = 0
    octets: int = 0
    modelled_us: float = 0.0


class Device:
    """An open device. One thread at a time talks to it; a lock sees to that. Close it, or use it in ``with``.

    A program is written beside the active one, read back and compared before it is activated, and the swap is one step.
    So whatever goes wrong on the way, the old program is whole and answers.
    """

    def __init__(self, link: Link, name: str = "device", on_close: Callable[[], None] | None = None) -> None:
        self._link, self.name, self._on_close = link, name, on_close
        self._lock = threading.RLock()
        self._transaction = protocol.NO_TRANSACTION
        self._info: bytes | None = None
        self._data: bytes | None = None
        # Shapes of what the banks hold. The device is ours alone while it is open, so they change by our doing only.
        self._programs: dict[Bank, Program] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the device."""
        with self._lock:
            self._link.close()
            if self._on_close is not None:
                self._on_close()
                self._on_close = None

    @property
    def counters(self) -> LinkCounters:
        """What the link has been through: requests, repeats, resynchronisations."""
        return self._link.counters

    def identify(self) -> Identity:
        """Who it is, and which programs it holds (by hash)."""
        return Identity.of(self._exchange(Op.IDENTIFY))

    def health(self) -> Health:
        """Its counters."""
        return Health.of(self._exchange(Op.HEALTH))

    # -- a program, step by step ------------------------------------------------------------------------------------

    def write(self, program_info: bytes, transaction: bytes | None = None) -> None:
        """Begin a new program: write its program_info beside the active program.

        Args:
            transaction: 16 bytes that name this change; the same bytes take up a change that was cut off.
        """
        with self._lock:
            self._transaction = transaction or os.urandom(16)
            self._forget()
            self._exchange(Op.BEGIN, self._transaction)
            self._write_region(Region.STAGED_INFO, program_info)
            self._info, self._data = program_info, None

    def dma_write_program(self, program_data: bytes) -> None:
        """Write the program_data that belongs to the program_info of :meth:`write`."""
        with self._lock:
            if self._info is None:
                raise DeviceError("write(program_info) comes before dma_write_program(program_data)")
            self._write_region(Region.STAGED_DATA, program_data)
            self._data = program_data

    def seal_program(self) -> str:
        """Let the device check what was written, read all of it back and compare; gives the program's hash.

        Raises:
            DeviceRefused: it is no program, or none that fits the device.
            ReadbackMismatch: what was read back is something else. Nothing is active that was not before.
        """
        with self._lock:
            info, data = self._staged()
            digest = program_hash(info, data)
            self._exchange(Op.SEAL, messages.SEAL.pack(self._transaction, len(info), len(data), digest))
            for region, wanted in ((Region.STAGED_INFO, info), (Region.STAGED_DATA, data)):
                found = self._read_region(region, len(wanted))
                if found != wanted:
                    at = next((i for i, (a, b) in enumerate(zip(found, wanted, strict=False)) if a != b), len(found))
                    self.discard_program()
                    raise ReadbackMismatch(
                        f"{region.name.lower()} differs at byte {at} when it is read back; the old program is active"
                    )
            return digest.hex()

    def set_program(self) -> str:
        """Check and activate what was written; gives its hash. The program before it is kept and can be restored."""
        with self._lock:
            digest = self.seal_program()
            self.activate(self._transaction, digest, self.identify().active)
            return digest

    def activate(self, transaction: bytes, digest: str, active: str) -> None:
        """Swap: the sealed program ``digest`` becomes the active one, if ``active`` still is (by hash).

        Raises:
            DeviceRefused: another program is active by now, or nothing of this transaction is sealed.
        """
        old = bytes.fromhex(active) or messages.NO_PROGRAM
        self._exchange(Op.ACTIVATE, messages.ACTIVATE.pack(transaction, bytes.fromhex(digest), old))
        self._forget()

    def discard_program(self, transaction: bytes | None = None) -> None:
        """Throw away what is staged."""
        self._exchange(Op.DISCARD, transaction or self._transaction)
        self._forget()

    def restore(self, digest: str) -> None:
        """Go back to the program before, whose hash is ``digest`` ("" is: none). Done already is done.

        Raises:
            DeviceRefused: the program before is another one.
        """
        self._exchange(Op.RESTORE, bytes.fromhex(digest) or messages.NO_PROGRAM)
        self._forget()

    def program_external(self, program_info: bytes, program_data: bytes, transaction: bytes | None = None) -> str:
        """Write, check, read back and activate a program; gives its hash. See the class for what holds on failure."""
        with self._lock:
            self.write(program_info, transaction)
            self.dma_write_program(program_data)
            return self.set_program()

    # -- using it ---------------------------------------------------------------------------------------------------

    def set_variable(self, variable: ProgramVariable) -> None:
        """Replace the weights of a mutable slot of the active program, in one step.

        Raises:
            DeviceRefused: there is no such slot, or the data does not have its size.
        """
        if not 0 <= variable.slot_id <= 255:
            raise BuildError(f"slot_id is {variable.slot_id!r}; 0 to 255 are possible")
        data = variable.packed
        self._exchange(Op.SET_VARIABLE, messages.VARIABLE_HEAD.pack(variable.slot_id, len(data)) + data)

    def infer(self, inputs: npt.ArrayLike, config: InferConfig | None = None) -> npt.NDArray[np.int32]:
        """Outputs int32 (rows, outputs) for inputs (rows, features) of small unsigned integers.

        Raises:
            BuildError: the inputs do not fit the program. DeviceRefused: there is no program.
        """
        chosen = config or InferConfig()
        with self._lock:
            first, outputs = self._shape(chosen.bank)
            rows = check_inputs(inputs, first.in_features, first.bits_in)
            room = max(1, min(_REPLY_ROOM // first.in_features, _REPLY_ROOM // (4 * outputs)))
            batch = max(1, min(chosen.batch or room, room))
            found = [self._infer(chosen.bank, rows[at : at + batch]) for at in range(0, len(rows), batch)]
            return np.concatenate(found) if found else np.zeros((0, outputs), np.int32)

    def readback(self, bank: str = "active") -> tuple[bytes, bytes]:
        """(program_info, program_data) of the bank ``active``, ``previous`` or ``staged``, compared with the hash that
        the device names.

        Raises:
            DeviceRefused: the bank is empty. ReadbackMismatch: the hash does not fit.
        """
        info_region = Region[f"{bank.upper()}_INFO"]
        with self._lock:
            info = self._read_region(info_region)
            data = self._read_region(Region(info_region + 1))
            said = getattr(self.identify(), bank)
            if said and said != program_hash(info, data).hex():
                raise ReadbackMismatch(f"the {bank} program that was read back has another hash than the device says")
            return info, data

    def reset(self) -> None:
        """Throw away what is staged and start afresh; programs stay. It is never repeated by itself."""
        self._exchange(Op.RESET)
        self._forget()

    @contextmanager
    def measured(self) -> Iterator[Cost]:
        """Take the cost of what is done inside, from the device's counters."""
        before, cost = self.health(), Cost()
        # The two questions cost something too: what two of them in a row cost is taken off.
        idle = self.health()
        yield cost
        after = self.health()
        cost.transfers = (after.transfers - idle.transfers) - (idle.transfers - before.transfers)
        moved = [h.bytes_in + h.bytes_out for h in (before, idle, after)]
        cost.octets = (moved[2] - moved[1]) - (moved[1] - moved[0])
        cost.modelled_us = (after.modelled_us - idle.modelled_us) - (idle.modelled_us - before.modelled_us)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _exchange(self, op: Op, payload: bytes = b"") -> bytes:
        with self._lock:
            return self._link.exchange(op, payload)

    def _forget(self) -> None:
        self._info = self._data = None
        self._programs.clear()

    def _staged(self) -> tuple[bytes, bytes]:
        if self._info is None or self._data is None:
            raise DeviceError("nothing is written; write(program_info) and dma_write_program(program_data) come first")
        return self._info, self._data

    def _write_region(self, region: Region, content: bytes) -> None:
        for start in range(0, len(content), protocol.BLOCK):
            head = messages.BLOCK_HEAD.pack(self._transaction, region, start)
            self._exchange(Op.BLOCK, head + content[start : start + protocol.BLOCK])

    def _read_region(self, region: Region, size: int | None = None) -> bytes:
        found = bytearray()
        while size is None or len(found) < size:
            count = protocol.BLOCK if size is None else min(protocol.BLOCK, size - len(found))
            piece = self._exchange(Op.READ, messages.READ.pack(region, len(found), count))
            found += piece
            if len(piece) < count:
                break
        return bytes(found)

    def _infer(self, bank: Bank, rows: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
        head = messages.INFER_HEAD.pack(bank, *rows.shape)
        outputs = messages.read_outputs(self._exchange(Op.INFER, head + rows.tobytes()))
        if len(outputs) != len(rows):
            raise DeviceError(f"the device answered {len(outputs)} rows to {len(rows)}")
        return outputs

    def _shape(self, bank: Bank) -> tuple[LayerSpec, int]:
        """The first layer and the number of outputs of the program in a bank. Weights may change, shapes don't."""
        program = self._programs.get(bank)
        if program is None:
            info, data = self.readback("active" if bank is Bank.ACTIVE else "staged")
            program = self._programs[bank] = parse_program(info, data, weights=False)
        return program.layers[0].spec, program.out_features


def transaction_of(key: str) -> bytes:
    """16 bytes that name a change, from any key that stays the same when the change is taken up again."""
    return hashlib.sha256(struct.pack("<I", len(key)) + key.encode()).digest()[:16]
