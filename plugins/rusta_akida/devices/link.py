"""One request, one reply, over pyusb: checksums on both ways, and another try where it is safe."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import usb.core
import usb.util

from rusta_akida.devices import protocol
from rusta_akida.devices.errors import DeviceBusy, DeviceGone, DeviceRefused, FrameError, TransferFailed
from rusta_akida.devices.protocol import ENDPOINT_IN, ENDPOINT_OUT, HEADER, TRANSFER, Assembler, Op, Status

TRIES = 4
TIMEOUT_MS = 2000
_GONE = (errno.ENODEV, errno.ENOENT, errno.ESHUTDOWN, errno.ECONNRESET, errno.EPROTO)


class _Failed(Exception):
    """This try did not come through; the reason is its text."""


@dataclass
class LinkCounters:
    """What a link has been through."""

    requests: int = 0
    repeats: int = 0
    resyncs: int = 0


class Link:
    """The driver's end. ``device`` is a ``usb.core.Device`` of any backend."""

    def __init__(self, device: usb.core.Device, timeout_ms: int = TIMEOUT_MS) -> None:
        self._device, self._timeout = device, timeout_ms
        self._sequence = 0
        self.counters = LinkCounters()
        try:
            device.set_configuration()
            usb.util.claim_interface(device, 0)
        except usb.core.USBError as error:
            self.close()
            if error.errno == errno.EBUSY:
                raise DeviceBusy("another client has claimed the device; wait for it, or end it") from None
            raise DeviceGone(f"the device cannot be opened: {error}") from None
        try:
            self._resync()  # what a client before this one left in the pipes is not ours
        except _Failed:
            pass  # the first request tries again
        except DeviceGone:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the device."""
        with contextlib.suppress(usb.core.USBError):
            usb.util.dispose_resources(self._device)

    def exchange(self, op: Op, payload: bytes = b"") -> bytes:
        """The payload of the reply.

        Raises:
            DeviceRefused: the device understood, and declined; its reason is the message.
            DeviceGone: it is not there any more.
            TransferFailed: it did not come through, after every try that was safe.
        """
        reason = ""
        for attempt in range(TRIES if op.repeatable else 1):
            self._sequence = (self._sequence + 1) & 0xFFFFFFFF
            self.counters.requests += 1
            self.counters.repeats += attempt > 0
            try:
                if reason:
                    self._resync()
                return self._once(op, payload)
            except _Failed as failure:
                reason = str(failure)
        if op.repeatable:
            raise TransferFailed(f"{op.name.lower()} did not come through in {TRIES} tries; last: {reason}")
        raise TransferFailed(
            f"{op.name.lower()} did not come through and is not repeated, it may have happened: {reason}"
        )

    def _once(self, op: Op, payload: bytes) -> bytes:
        request = protocol.encode(protocol.REQUEST, op, self._sequence, payload)
        for start in range(0, len(request), TRANSFER):
            piece = request[start : start + TRANSFER]
            sent = self._transfer(self._device.write, ENDPOINT_OUT, piece)
            if sent != len(piece):
                raise _Failed(f"short transfer: {sent} of {len(piece)} bytes")
        frame = self._reply()
        if frame.status == Status.BAD_FRAME:
            raise _Failed(f"the device got a damaged request: {_text(frame.payload)}")
        if frame.status == Status.BUSY:
            raise _Failed("the device is busy")
        if frame.sequence != self._sequence or frame.op != op:
            raise _Failed(f"a reply to another request: {frame.sequence}, not {self._sequence}")
        if frame.status != Status.OK:
            raise DeviceRefused(frame.status, _text(frame.payload))
        return frame.payload

    def _reply(self) -> protocol.Frame:
        assembler = Assembler(protocol.REPLY)
        wanted = HEADER.size
        received = 0
        while True:
            piece = bytes(self._transfer(self._device.read, ENDPOINT_IN, TRANSFER))
            received += len(piece)
            if not piece or received > HEADER.size + protocol.MOST_PAYLOAD:
                raise _Failed(f"the reply ends after {received} bytes")
            try:
                frames = assembler.feed(piece)
            except FrameError as error:
                raise _Failed(f"damaged reply: {error}") from None
            if frames:
                if len(frames) > 1 or assembler.waiting:
                    raise _Failed("more than one reply")
                return frames[0]
            if received < wanted or len(piece) < TRANSFER:
                raise _Failed(f"short transfer: a reply ends after {received} bytes")

    def _transfer(self, action: Callable[..., Any], *arguments: object) -> Any:
        try:
            return action(*arguments, self._timeout) if arguments else action()
        except usb.core.USBTimeoutError:
            raise _Failed("time-out") from None
        except usb.core.USBError as error:
            if error.errno in _GONE:
                raise DeviceGone(
                    "the device is gone (unplugged, or its process ended); plug it in and start again: "
                    "a program that was not activated has changed nothing"
                ) from None
            raise _Failed(f"{error.strerror or error}") from None

    def _resync(self) -> None:
        """Empty both pipes and clear halts, so that the next request begins afresh."""
        self.counters.resyncs += 1
        self._transfer(self._device.ctrl_transfer, protocol.CLEAR_REQUEST_TYPE, protocol.CLEAR_PIPES, 0, 0, b"")
        for endpoint in (ENDPOINT_OUT, ENDPOINT_IN):
            self._transfer(partial(self._device.clear_halt, endpoint))


def _text(payload: bytes) -> str:
    return payload.decode("utf-8", "replace")[:500]
