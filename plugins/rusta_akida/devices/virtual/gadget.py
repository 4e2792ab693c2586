"""The USB side of the virtual device: descriptors, control requests and two bulk pipes around a :class:`Chip`."""

from __future__ import annotations

import errno
import struct
import threading
import time
from collections import deque

from rusta_akida.devices import protocol
from rusta_akida.devices.errors import FrameError
from rusta_akida.devices.protocol import ENDPOINT_IN, ENDPOINT_OUT, Assembler, Frame, Status
from rusta_akida.devices.virtual.chip import PRODUCT, Chip
from rusta_akida.devices.virtual.faults import FaultKind, FaultPlan, flipped

# pid.codes keeps this pair for tests; no product has it.
VENDOR_ID, PRODUCT_ID = 0x1209, 0x0001
MAKER = "Rusta"
_PACKET = 512
DEVICE_DESCRIPTOR = struct.pack(
    "<BBHBBBBHHHBBBB", 18, 1, 0x0200, 0xFF, 0, 0, 64, VENDOR_ID, PRODUCT_ID, 0x0100, 1, 2, 3, 1
)
_INTERFACE = struct.pack("<BBBBBBBBB", 9, 4, 0, 0, 2, 0xFF, 0, 0, 0)
_ENDPOINTS = b"".join(struct.pack("<BBBBHB", 7, 5, ep, 2, _PACKET, 0) for ep in (ENDPOINT_OUT, ENDPOINT_IN))
CONFIGURATION_DESCRIPTOR = (
    struct.pack("<BBHBBBBB", 9, 2, 9 + len(_INTERFACE) + len(_ENDPOINTS), 1, 1, 0, 0x80, 250) + _INTERFACE + _ENDPOINTS
)
_GET_DESCRIPTOR, _GET_CONFIGURATION, _SET_CONFIGURATION, _CLEAR_FEATURE = 6, 8, 9, 1


class UsbFailure(Exception):
    """A transfer that fails, with the error number of the system."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(why)
        self.number = number


class Gadget:
    """The device as a bus sees it. Transfers raise :class:`UsbFailure`.

    Args:
        faults: what goes wrong, and when. pace_s: real seconds that every bulk transfer takes.
    """

    def __init__(self, chip: Chip, faults: FaultPlan | None = None, pace_s: float = 0.0) -> None:
        self.chip = chip
        self.faults = faults or FaultPlan()
        self.pace_s = pace_s
        self.claimed_by: object = None
        self.plugged = True
        self._assembler = Assembler(protocol.REQUEST)
        self._replies: deque[bytes] = deque()
        self._halted: set[int] = set()
        self._busy = False
        self._lock = threading.RLock()

    def plug_in(self) -> None:
        """Plug it in again: pipes are empty, what was staged is gone, programs are there."""
        with self._lock:
            self.plugged = True
            self._clear()
            self.chip.lose_power()

    @property
    def has_reply(self) -> bool:
        return bool(self._replies) or ENDPOINT_IN in self._halted or not self.plugged

    def control(self, kind: int, request: int, value: int, index: int, length: int) -> bytes:
        """A control transfer. Nothing that goes out has data; what comes in has at most ``length`` bytes."""
        with self._lock:
            self._present()
            if (kind, request) == (protocol.CLEAR_REQUEST_TYPE, protocol.CLEAR_PIPES):
                self._clear()
                return b""
            if kind == 0x80 and request == _GET_DESCRIPTOR:
                return self._descriptor(value >> 8, value & 0xFF)[:length]
            if kind == 0x80 and request == _GET_CONFIGURATION:
                return b"\x01"[:length]
            if kind == 0x00 and request == _SET_CONFIGURATION and value in (0, 1):
                return b""
            if kind == 0x02 and request == _CLEAR_FEATURE:
                self._halted.discard(index)
                return b""
            raise UsbFailure(errno.EPIPE, f"control request {kind:#04x}/{request:#04x} is not known")

    def bulk_out(self, endpoint: int, data: bytes) -> int:
        """Bytes that came through."""
        with self._lock:
            fault = self._begin(endpoint, ENDPOINT_OUT, len(data))
            if fault in (FaultKind.STALL, FaultKind.TIMEOUT):
                raise self._failure(fault, endpoint)
            if fault is FaultKind.BIT_FLIP:
                data = flipped(data, 4 * len(data))
            elif fault is FaultKind.WRONG_CRC:
                data = flipped(data, 16 * 8)
            elif fault is FaultKind.BUSY:
                self._busy = True
            elif fault in (FaultKind.SHORT, FaultKind.UNPLUG):
                data = data[: len(data) // 2]
            self.chip.health["bytes_in"] += len(data)
            self._take(data)
            if fault in (FaultKind.LOST, FaultKind.UNPLUG):
                raise self._failure(fault, endpoint)
            return len(data)

    def bulk_in(self, endpoint: int, length: int) -> bytes:
        """At most ``length`` bytes of the next reply."""
        with self._lock:
            fault = self._begin(endpoint, ENDPOINT_IN, min(length, len(self._replies[0]) if self._replies else 0))
            if fault in (FaultKind.STALL, FaultKind.TIMEOUT, FaultKind.UNPLUG):
                raise self._failure(fault, endpoint)
            if not self._replies:
                raise UsbFailure(errno.ETIMEDOUT, "nothing to read")
            reply = self._replies.popleft()
            data, rest = reply[:length], reply[length:]
            if rest:
                self._replies.appendleft(rest)
            if fault is FaultKind.LOST:
                raise self._failure(fault, endpoint)
            if fault is FaultKind.SHORT:
                data = data[: len(data) // 2]
            elif fault is FaultKind.BIT_FLIP:
                data = flipped(data, 4 * len(data))
            elif fault is FaultKind.WRONG_CRC:
                data = flipped(data, 16 * 8)
            elif fault is FaultKind.BUSY:
                data = protocol.encode(protocol.REPLY, 0, 0, b"busy", Status.BUSY)[:length]
            self.chip.health["bytes_out"] += len(data)
            return data

    def _begin(self, endpoint: int, expected: int, size: int) -> FaultKind | None:
        self._present()
        if endpoint != expected:
            raise UsbFailure(errno.EINVAL, f"there is no such endpoint {endpoint:#04x}")
        if endpoint in self._halted:
            raise UsbFailure(errno.EPIPE, "the endpoint is halted")
        if self.pace_s:
            time.sleep(self.pace_s)
        link = self.chip.profile.link
        self.chip.health["transfers"] += 1
        self.chip.modelled_us += link.transfer_us + size / link.bytes_per_s * 1e6
        return self.faults.next()

    def _failure(self, fault: FaultKind, endpoint: int) -> UsbFailure:
        if fault is FaultKind.STALL:
            self._halted.add(endpoint)
            return UsbFailure(errno.EPIPE, "the endpoint halted")
        if fault is FaultKind.UNPLUG:
            self.plugged = False
            return UsbFailure(errno.ENODEV, "the device is gone")
        return UsbFailure(errno.ETIMEDOUT, "the transfer took too long")

    def _take(self, data: bytes) -> None:
        try:
            frames = self._assembler.feed(data)
        except FrameError as error:
            self.chip.health["bad_frames"] += 1
            self._replies.append(protocol.encode(protocol.REPLY, 0, 0, str(error).encode(), Status.BAD_FRAME))
            return
        for frame in frames:
            self._replies.append(self._answer(frame))

    def _answer(self, frame: Frame) -> bytes:
        if self._busy:
            self._busy = False
            status, payload = Status.BUSY, b"busy"
        else:
            status, payload = self.chip.handle(frame.op, frame.payload)
        return protocol.encode(protocol.REPLY, frame.op, frame.sequence, payload, status)

    def _clear(self) -> None:
        self._assembler.clear()
        self._replies.clear()
        self._halted.clear()
        self._busy = False

    def _present(self) -> None:
        if not self.plugged:
            raise UsbFailure(errno.ENODEV, "the device is gone")

    def _descriptor(self, kind: int, index: int) -> bytes:
        if kind == 1:
            return DEVICE_DESCRIPTOR
        if kind == 2:
            return CONFIGURATION_DESCRIPTOR
        if kind == 3:
            texts = {1: MAKER, 2: PRODUCT, 3: self.chip.serial}
            body = struct.pack("<H", 0x0409) if index == 0 else texts.get(index, "").encode("utf-16-le")[:252]
            return struct.pack("<BB", len(body) + 2, 3) + body
        raise UsbFailure(errno.EPIPE, f"there is no descriptor of kind {kind}")
