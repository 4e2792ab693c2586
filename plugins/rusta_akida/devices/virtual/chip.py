"""The chip behind the virtual device: banks of program memory, and what it does for every operation.

Memory has a bank for the active program, one for the program before it, and one in which a new program is staged. Nothing
that is staged can be reached by an ordinary inference before ACTIVATE swaps the banks, which is one step; the old program
answers until then and can be gone back to afterwards. Replacing a variable changes the active program in one step as well.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from rusta_akida.devices import messages
from rusta_akida.devices.messages import Health, Identity, program_hash, to_payload
from rusta_akida.devices.protocol import MOST_PAYLOAD, NO_TRANSACTION, VERSION, Bank, Op, Region, Status
from rusta_akida.devices.virtual.executor import Executor
from rusta_akida.errors import AkidaError
from rusta_akida.program.blocks import read_block
from rusta_akida.program.budget import check_fits
from rusta_akida.program.errors import DoesNotFit
from rusta_akida.program.profiles import Profile, profile
from rusta_akida.program.reading import Program, parse_program

PRODUCT = "Rusta virtual neural device (layout published, not verified on silicon)"
MOST_STAGED = 16 << 20


class Refusal(Exception):
    """An operation that the chip declines."""

    def __init__(self, status: Status, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass
class Stored:
    """A program in a bank. transaction: the one that brought it."""

    info: bytes
    data: bytes
    program: Program
    executor: Executor
    transaction: bytes

    @classmethod
    def of(cls, info: bytes, data: bytes, transaction: bytes, on: Profile) -> Stored:
        """Raises AkidaError when the bytes are no program, or none that fits."""
        program = parse_program(info, data)
        check_fits(program, on)
        return cls(info, data, program, Executor(program), transaction)

    def replaced(self, number: int, data: bytes) -> Stored:
        """With other bytes in the block of layer ``number``. Raises AkidaError when a value is none."""
        layer = self.program.layers[number]
        read_block(layer.spec, data, layer.offset, number)
        program = replace(self.program, program_data=data)
        return Stored(self.info, data, program, self.executor.replaced(program, number), self.transaction)

    @property
    def hash(self) -> bytes:
        return program_hash(self.info, self.data)


@dataclass
class Staging:
    """A program on its way in. ``sealed`` once it is whole and has been checked."""

    transaction: bytes
    info: bytearray = field(default_factory=bytearray)
    data: bytearray = field(default_factory=bytearray)
    sealed: Stored | None = None


class Chip:
    """Executes operations. ``changed`` is called after the lasting state has changed, before the reply goes out."""

    def __init__(
        self, on: Profile | None = None, serial: str = "V0", changed: Callable[[Chip], None] | None = None
    ) -> None:
        self.profile = on or profile()
        self.serial = serial
        self.active: Stored | None = None
        self.previous: Stored | None = None
        self.staging: Staging | None = None
        self.health = {name: 0 for name in Health.__dataclass_fields__ if name != "modelled_us"}
        self.modelled_us = 0.0
        self._changed = changed or (lambda _chip: None)
        self._lock = threading.Lock()
        self._operations: dict[int, Callable[[bytes], bytes]] = {
            Op.IDENTIFY: self._identify, Op.HEALTH: self._health, Op.BEGIN: self._begin, Op.BLOCK: self._block,
            Op.SEAL: self._seal, Op.READ: self._read, Op.ACTIVATE: self._activate, Op.DISCARD: self._discard,
            Op.RESTORE: self._restore, Op.SET_VARIABLE: self._set_variable, Op.INFER: self._infer,
            Op.RESET: self._reset,
        }  # fmt: skip

    def handle(self, op: int, payload: bytes) -> tuple[Status, bytes]:
        """Do one operation: (status, payload of the reply). The payload of a refusal is its reason."""
        operation = self._operations.get(op)
        if operation is None:
            return Status.UNKNOWN_OPERATION, f"operation {op} is not known".encode()
        with self._lock:
            try:
                return Status.OK, operation(payload)
            except Refusal as refusal:
                return refusal.status, str(refusal).encode()

    def lose_power(self) -> None:
        """What is staged is gone; programs stay."""
        self.staging = None

    def _identify(self, payload: bytes) -> bytes:
        _exactly(payload, 0)
        staged = self.staging.sealed if self.staging else None
        return to_payload(
            Identity(
                product=PRODUCT, serial=self.serial, profile=self.profile.name,
                version=self.profile.versions[0] if self.profile.versions else "", layout=self.profile.layout,
                protocol=VERSION, active=_hex(self.active), previous=_hex(self.previous), staged=_hex(staged),
                sealed=self.staging.transaction.hex() if self.staging and staged else "",
                done=self.active.transaction.hex() if self.active else "",
            )
        )  # fmt: skip

    def _health(self, payload: bytes) -> bytes:
        _exactly(payload, 0)
        return to_payload(Health(modelled_us=round(self.modelled_us, 3), **self.health))

    def _begin(self, payload: bytes) -> bytes:
        _exactly(payload, 16)
        if payload == NO_TRANSACTION:
            raise Refusal(Status.BAD_ARGUMENT, "a transaction needs a number that is not zero")
        if self.staging is None or self.staging.transaction != payload:
            self._stage(Staging(payload))
        return b""

    def _block(self, payload: bytes) -> bytes:
        _at_least(payload, messages.BLOCK_HEAD.size)
        transaction, region, offset = messages.BLOCK_HEAD.unpack_from(payload)
        staging, content = self._staged(transaction), payload[messages.BLOCK_HEAD.size :]
        if region not in (Region.STAGED_INFO, Region.STAGED_DATA):
            raise Refusal(Status.BAD_ARGUMENT, f"region {region} cannot be written")
        memory = staging.info if region == Region.STAGED_INFO else staging.data
        if offset > len(memory) or offset + len(content) > MOST_STAGED:
            raise Refusal(Status.BAD_ARGUMENT, f"a block at {offset} of {len(content)} bytes; {len(memory)} are there")
        if staging.sealed is not None and bytes(memory[offset : offset + len(content)]) != content:
            raise Refusal(Status.BAD_ARGUMENT, "the transaction is sealed")
        memory[offset : offset + len(content)] = content
        return b""

    def _seal(self, payload: bytes) -> bytes:
        _exactly(payload, messages.SEAL.size)
        transaction, info_size, data_size, wanted = messages.SEAL.unpack(payload)
        staging = self._staged(transaction)
        if (len(staging.info), len(staging.data)) != (info_size, data_size):
            why = f"{len(staging.info)} and {len(staging.data)} bytes are staged, {info_size} and {data_size} announced"
            raise Refusal(Status.HASH_DIFFERS, why)
        info, data = bytes(staging.info), bytes(staging.data)
        if program_hash(info, data) != wanted:
            raise Refusal(Status.HASH_DIFFERS, "the staged bytes are not the ones announced")
        if staging.sealed is None:
            try:
                staging.sealed = Stored.of(info, data, transaction, self.profile)
            except DoesNotFit as error:
                raise Refusal(Status.DOES_NOT_FIT, str(error)) from None
            except AkidaError as error:
                raise Refusal(Status.BAD_ARGUMENT, str(error)) from None
            self._changed(self)
        return b""

    def _read(self, payload: bytes) -> bytes:
        _exactly(payload, messages.READ.size)
        region, offset, count = messages.READ.unpack(payload)
        staging, active, previous = self.staging, self.active, self.previous
        memory = {
            Region.STAGED_INFO: staging.info if staging else None,
            Region.STAGED_DATA: staging.data if staging else None,
            Region.ACTIVE_INFO: active.info if active else None,
            Region.ACTIVE_DATA: active.data if active else None,
            Region.PREVIOUS_INFO: previous.info if previous else None,
            Region.PREVIOUS_DATA: previous.data if previous else None,
        }.get(region)
        if memory is None:
            bank = {0: "staged", 2: "active", 4: "previous"}.get(region & ~1, f"{region}th")
            raise Refusal(Status.NO_PROGRAM, f"the device has no {bank} program; write one first")
        if count > MOST_PAYLOAD or offset > len(memory):
            raise Refusal(Status.BAD_ARGUMENT, f"{count} bytes at {offset}; the region has {len(memory)}")
        return bytes(memory[offset : offset + count])

    def _activate(self, payload: bytes) -> bytes:
        _exactly(payload, messages.ACTIVATE.size)
        transaction, staged, active = messages.ACTIVATE.unpack(payload)
        if self.active is not None and self.active.transaction == transaction and self.active.hash == staged:
            return b""  # asked again: it is done
        staging = self._staged(transaction)
        if staging.sealed is None or staging.sealed.hash != staged:
            raise Refusal(Status.HASH_DIFFERS, "what is staged is not sealed, or is another program")
        now = self.active.hash if self.active else messages.NO_PROGRAM
        if now != active:
            raise Refusal(Status.CHANGED, f"the active program is {now.hex()[:12]} now, not {active.hex()[:12]}")
        self.previous, self.active, self.staging = self.active, staging.sealed, None
        self.health["programs"] += 1
        self.modelled_us += self.profile.link.programming_us
        self._changed(self)
        return b""

    def _discard(self, payload: bytes) -> bytes:
        _exactly(payload, 16)
        if self.staging is not None and self.staging.transaction == payload:
            self._stage(None)
        return b""

    def _restore(self, payload: bytes) -> bytes:
        _exactly(payload, messages.RESTORE.size)
        now = self.active.hash if self.active else messages.NO_PROGRAM
        if payload == now:
            return b""
        before = self.previous.hash if self.previous else messages.NO_PROGRAM
        if payload != before:
            raise Refusal(Status.CHANGED, f"the program before is {before.hex()[:12]}, not {payload.hex()[:12]}")
        self.active, self.previous = self.previous, self.active
        self.modelled_us += self.profile.link.programming_us
        self._changed(self)
        return b""

    def _set_variable(self, payload: bytes) -> bytes:
        _at_least(payload, messages.VARIABLE_HEAD.size)
        slot, count = messages.VARIABLE_HEAD.unpack_from(payload)
        content = payload[messages.VARIABLE_HEAD.size :]
        if len(content) != count:
            raise Refusal(Status.BAD_ARGUMENT, f"{count} bytes announced, {len(content)} are there")
        active = self._running(Bank.ACTIVE)
        number = active.program.slots.get(slot)
        if number is None:
            there = ", ".join(map(str, sorted(active.program.slots))) or "none"
            raise Refusal(Status.NO_SUCH_SLOT, f"the program has no mutable slot {slot}; there: {there}")
        layer = active.program.layers[number]
        if count not in (layer.spec.weight_bytes, layer.spec.block_bytes):
            why = f"slot {slot} has {layer.spec.weight_bytes} bytes of weights, {count} were sent"
            raise Refusal(Status.BAD_ARGUMENT, why)
        data = active.data[: layer.offset] + content + active.data[layer.offset + count :]
        if data != active.data:
            try:
                self.active = active.replaced(number, data)
            except AkidaError as error:
                raise Refusal(Status.BAD_ARGUMENT, str(error)) from None
            self._changed(self)
        self.health["variables"] += 1
        return b""

    def _infer(self, payload: bytes) -> bytes:
        _at_least(payload, messages.INFER_HEAD.size)
        bank, rows, features = messages.INFER_HEAD.unpack_from(payload)
        stored = self._running(bank)
        if features != stored.executor.in_features or len(payload) != messages.INFER_HEAD.size + rows * features:
            why = f"{rows} x {features} values announced in {len(payload)} bytes; rows of {stored.executor.in_features}"
            raise Refusal(Status.BAD_ARGUMENT, why)
        outputs = stored.program.out_features
        if messages.OUTPUT_HEAD.size + 4 * rows * outputs > MOST_PAYLOAD:
            raise Refusal(Status.BAD_ARGUMENT, f"{rows} rows of {outputs} outputs do not fit a reply")
        values = np.frombuffer(payload, np.uint8, rows * features, messages.INFER_HEAD.size).reshape(rows, features)
        if values.size and int(values.max()) > stored.executor.highest_input:
            raise Refusal(Status.BAD_ARGUMENT, f"input {values.max()}; the highest is {stored.executor.highest_input}")
        self.health["inferences"] += rows
        self.modelled_us += rows * self.profile.link.inference_us
        return messages.OUTPUT_HEAD.pack(rows, outputs) + stored.executor.run(values).astype("<i4").tobytes()

    def _reset(self, payload: bytes) -> bytes:
        _exactly(payload, 0)
        self._stage(None)
        return b""

    def _stage(self, staging: Staging | None) -> None:
        """What is staged from now on; what a sealed one leaves behind is a change that lasts."""
        sealed = self.staging is not None and self.staging.sealed is not None
        self.staging = staging
        if sealed:
            self._changed(self)

    def _staged(self, transaction: bytes) -> Staging:
        if self.staging is None or self.staging.transaction != transaction:
            raise Refusal(Status.NO_TRANSACTION, f"transaction {transaction.hex()[:12]} is not open")
        return self.staging

    def _running(self, bank: int) -> Stored:
        if bank == Bank.ACTIVE and self.active is not None:
            return self.active
        if bank == Bank.STAGED and self.staging is not None and self.staging.sealed is not None:
            return self.staging.sealed
        which = "active" if bank == Bank.ACTIVE else "sealed"
        raise Refusal(Status.NO_PROGRAM, f"the device has no {which} program; write one first")


def _hex(stored: Stored | None) -> str:
    return stored.hash.hex() if stored else ""


def _exactly(payload: bytes, size: int) -> None:
    if len(payload) != size:
        raise Refusal(Status.BAD_ARGUMENT, f"a payload of {size} bytes is needed, {len(payload)} came")


def _at_least(payload: bytes, size: int) -> None:
    if len(payload) < size:
        raise Refusal(Status.BAD_ARGUMENT, f"a payload of {size} bytes or more is needed, {len(payload)} came")
