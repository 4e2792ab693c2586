"""The client's end of USB/IP: a wire for the pyusb backend, without a kernel module and without root."""

from __future__ import annotations

import errno
import socket
import struct
import time

from rusta_akida.devices.usbip import wire
from rusta_akida.devices.usbip.wire import Closed, Header
from rusta_akida.devices.virtual.gadget import UsbFailure

_CONNECT_S = 5.0
# Beyond the transfer's own limit, for the answer to a transfer that is given up.
_GRACE_S = 2.0
_BUSY_S = 1.0


def list_devices(host: str, port: int) -> list[tuple[str, int, int]]:
    """(bus id, vendor, product) of the devices that a server offers.

    Raises:
        OSError: there is no server, or it talks otherwise.
    """
    with socket.create_connection((host, port), _CONNECT_S) as connection:
        connection.sendall(wire.OPERATION.pack(wire.VERSION, wire.REQ_DEVLIST, 0))
        try:
            version, code, status = wire.OPERATION.unpack(wire.receive(connection, wire.OPERATION.size))
            if (version, code, status) != (wire.VERSION, wire.REP_DEVLIST, 0):
                raise OSError(errno.EPROTO, "this is no USB/IP server that could be used")
            (count,) = struct.unpack(">I", wire.receive(connection, 4))
            found = []
            for _ in range(min(count, 256)):
                record = wire.DEVICE.unpack(wire.receive(connection, wire.DEVICE.size))
                wire.receive(connection, 4 * record[-1])
                found.append((record[1].rstrip(b"\0").decode("ascii", "replace"), record[5], record[6]))
            return found
        except Closed as error:
            raise OSError(errno.EPROTO, str(error)) from None


class UsbIpWire:
    """A device behind a USB/IP server. Connected at :meth:`open`; its descriptors are asked for then."""

    def __init__(self, host: str, port: int, bus_id: str = wire.BUS_ID) -> None:
        self._host, self._port, self._bus_id = host, port, bus_id
        self._socket: socket.socket | None = None
        self._sequence = 0
        self._owner: object = None
        self.bus, self.address = 1, 1
        self.open()
        try:
            self.device_descriptor = self.control(0x80, 6, 0x0100, 0, b"", 18, 1000)
            self.configuration_descriptor = self.control(0x80, 6, 0x0200, 0, b"", 255, 1000)
        except UsbFailure:
            self.close()
            raise

    def open(self) -> None:
        """Import the device, if it is not imported yet.

        Raises:
            UsbFailure: EBUSY when another client keeps it, ENODEV when there is no server.
        """
        until = time.monotonic() + _BUSY_S
        while self._socket is None:
            try:
                self._import()
            except UsbFailure as failure:
                # The server may not have noticed yet that the client before us has closed.
                if failure.number != errno.EBUSY or time.monotonic() >= until:
                    raise
                time.sleep(0.01)

    def _import(self) -> None:
        where = f"{self._host}:{self._port}"
        try:
            connection = socket.create_connection((self._host, self._port), _CONNECT_S)
        except OSError as error:
            raise UsbFailure(errno.ENODEV, f"no device at {where}: {error}") from None
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            request = wire.OPERATION.pack(wire.VERSION, wire.REQ_IMPORT, 0) + self._bus_id.encode().ljust(32, b"\0")
            connection.sendall(request)
            version, code, status = wire.OPERATION.unpack(wire.receive(connection, wire.OPERATION.size))
            if (version, code) != (wire.VERSION, wire.REP_IMPORT):
                raise Closed("it talks another protocol")
            if status:
                raise UsbFailure(errno.EBUSY, "another client has the device")
            wire.receive(connection, wire.DEVICE.size)
        except (OSError, Closed, UsbFailure) as error:
            connection.close()
            if isinstance(error, UsbFailure):
                raise
            raise UsbFailure(errno.ENODEV, f"no device at {where}: {error}") from None
        self._socket = connection

    def close(self) -> None:
        """Give the device back."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def claim(self, owner: object) -> None:
        if self._owner not in (None, owner):
            raise UsbFailure(errno.EBUSY, "another client has claimed the device")
        self._owner = owner

    def release(self, owner: object) -> None:
        if self._owner is owner:
            self._owner = None

    def control(
        self, kind: int, request: int, value: int, index: int, data: bytes, length: int, timeout_ms: int
    ) -> bytes:
        incoming = bool(kind & 0x80)
        setup = struct.pack("<BBHHH", kind, request, value, index, length if incoming else len(data))
        return self._submit(0, wire.IN if incoming else wire.OUT, data, length, setup, timeout_ms)[1]

    def bulk_out(self, endpoint: int, data: bytes, timeout_ms: int) -> int:
        return self._submit(endpoint, wire.OUT, data, 0, bytes(8), timeout_ms)[0]

    def bulk_in(self, endpoint: int, length: int, timeout_ms: int) -> bytes:
        return self._submit(endpoint & 0x7F, wire.IN, b"", length, bytes(8), timeout_ms)[1]

    def _submit(
        self, endpoint: int, direction: int, data: bytes, length: int, setup: bytes, timeout_ms: int
    ) -> tuple[int, bytes]:
        """(bytes moved, bytes that came in)."""
        connection = self._socket
        if connection is None:
            raise UsbFailure(errno.ENODEV, "the device is not open")
        self._sequence += 1
        size = len(data) if direction == wire.OUT else length
        header = Header(wire.CMD_SUBMIT, self._sequence, 0x10001, direction, endpoint, (0, size, 0, -1, 0), setup)
        try:
            connection.settimeout((timeout_ms or 60_000) / 1000)
            connection.sendall(header.to_bytes() + data)
            try:
                answer = Header.of(wire.receive(connection, wire.HEADER.size))
            except TimeoutError:
                return self._give_up(connection, direction)
            return self._returned(connection, answer, direction)
        except (OSError, Closed, struct.error) as error:
            self.close()
            raise UsbFailure(errno.ENODEV, f"the connection ended: {error}") from None

    def _returned(self, connection: socket.socket, answer: Header, direction: int) -> tuple[int, bytes]:
        status, moved = answer.numbers[:2]
        if (
            answer.command != wire.RET_SUBMIT
            or answer.sequence != self._sequence
            or not 0 <= moved <= wire.MOST_TRANSFER
        ):
            raise Closed(f"answer {answer.command}/{answer.sequence} of {moved} bytes is none")
        back = wire.receive(connection, moved) if direction == wire.IN and moved else b""
        if status:
            raise UsbFailure(-status, f"the transfer failed: {errno.errorcode.get(-status, status)}")
        return moved, back

    def _give_up(self, connection: socket.socket, direction: int) -> tuple[int, bytes]:
        """Take a transfer back that does not end. It may end just now, and then it counts."""
        given_up = self._sequence
        connection.settimeout(_GRACE_S)
        connection.sendall(Header(wire.CMD_UNLINK, given_up + 1_000_000, numbers=(given_up,)).to_bytes())
        ended: tuple[int, bytes] | None = None
        while True:
            answer = Header.of(wire.receive(connection, wire.HEADER.size))
            if answer.command == wire.RET_UNLINK:
                break
            ended = self._returned(connection, answer, direction)
        if ended is None:
            raise UsbFailure(errno.ETIMEDOUT, "the transfer took too long")
        return ended
