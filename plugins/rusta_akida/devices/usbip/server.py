"""A USB/IP server for one virtual device: the device lives in this process, its users in others.

It speaks what the Debian package ``usbip`` speaks. It answers on the loopback address only, as it asks nobody for a
password. One client at a time has the device.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
import threading

from rusta_akida.devices.usbip import wire
from rusta_akida.devices.usbip.wire import Closed, Header
from rusta_akida.devices.virtual.gadget import DEVICE_DESCRIPTOR, Gadget, UsbFailure

_IDLE_S = 30.0


class UsbIpServer:
    """Serves ``gadget`` on ``port`` of the loopback address (0: a free one). Use it in ``with``, or call :meth:`close`."""

    def __init__(self, gadget: Gadget, port: int = 0) -> None:
        self.gadget = gadget
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port = int(self._socket.getsockname()[1])
        self._imported = threading.Lock()
        self._stopping = False
        self._clients: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    def start(self) -> UsbIpServer:
        """Serve in a thread of its own."""
        thread = threading.Thread(target=self.serve, name="rusta-usbip", daemon=True)
        thread.start()
        self._threads.append(thread)
        return self

    def serve(self) -> None:
        """Serve until :meth:`close`."""
        while not self._stopping:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._clients.add(client)
            thread = threading.Thread(target=self._client, args=(client,), name="rusta-usbip-client", daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """Stop; clients see the connection end."""
        self._stopping = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for client in tuple(self._clients):
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(2)

    def __enter__(self) -> UsbIpServer:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _client(self, client: socket.socket) -> None:
        with client, contextlib.suppress(Closed, OSError, struct.error):
            client.settimeout(_IDLE_S)
            version, code, _ = wire.OPERATION.unpack(wire.receive(client, wire.OPERATION.size))
            if version != wire.VERSION:
                client.sendall(wire.OPERATION.pack(wire.VERSION, code & 0x7FFF, 1))
            elif code == wire.REQ_DEVLIST:
                count = struct.pack(">I", 1)
                reply = wire.OPERATION.pack(wire.VERSION, wire.REP_DEVLIST, 0) + count
                client.sendall(reply + wire.device_record(1, 1, DEVICE_DESCRIPTOR) + wire.INTERFACE.pack(0xFF, 0, 0))
            elif code == wire.REQ_IMPORT:
                self._import(client)
        self._clients.discard(client)

    def _import(self, client: socket.socket) -> None:
        bus_id = wire.receive(client, 32).rstrip(b"\0").decode("ascii", "replace")
        known = bus_id == wire.BUS_ID
        free = known and self._imported.acquire(blocking=False)
        client.sendall(wire.OPERATION.pack(wire.VERSION, wire.REP_IMPORT, 0 if free else 1))
        if not free:
            return
        try:
            client.sendall(wire.device_record(1, 1, DEVICE_DESCRIPTOR))
            client.settimeout(None)
            self._transfers(client)
        finally:
            self._imported.release()

    def _transfers(self, client: socket.socket) -> None:
        waiting: list[Header] = []
        while True:
            header = Header.of(wire.receive(client, wire.HEADER.size))
            if header.command == wire.CMD_UNLINK:
                given_up = [one for one in waiting if one.sequence == header.numbers[0]]
                waiting = [one for one in waiting if one.sequence != header.numbers[0]]
                status = -errno.ECONNRESET if given_up else 0
                client.sendall(Header(wire.RET_UNLINK, header.sequence, numbers=(status,)).to_bytes())
                continue
            length = header.numbers[1]
            if header.command != wire.CMD_SUBMIT or not 0 <= length <= wire.MOST_TRANSFER:
                raise Closed(f"command {header.command} with {length} bytes is none")
            data = wire.receive(client, length) if header.direction == wire.OUT else b""
            waiting.append(header)
            # A read waits, as on a real bus, until there is something to read or it is given up.
            waiting = [one for one in waiting if not self._answer(client, one, data if one is header else b"")]

    def _answer(self, client: socket.socket, header: Header, data: bytes) -> bool:
        if header.endpoint and header.direction == wire.IN and not self.gadget.has_reply:
            return False
        try:
            status, length, back = 0, *self._transfer(header, data)
        except UsbFailure as failure:
            if failure.number == errno.ETIMEDOUT:
                return header.direction == wire.OUT and self._silent(client, header)
            status, length, back = -failure.number, 0, b""
        client.sendall(Header(wire.RET_SUBMIT, header.sequence, numbers=(status, length)).to_bytes() + back)
        return True

    def _silent(self, client: socket.socket, header: Header) -> bool:
        """A transfer that timed out on the device's side: the client is told so at once, to spare its time."""
        numbers = (-errno.ETIMEDOUT, 0)
        client.sendall(Header(wire.RET_SUBMIT, header.sequence, numbers=numbers).to_bytes())
        return True

    def _transfer(self, header: Header, data: bytes) -> tuple[int, bytes]:
        """(bytes moved, bytes that go back)."""
        length = header.numbers[1]
        if header.endpoint == 0:
            kind, request, value, index, _ = struct.unpack("<BBHHH", header.setup)
            back = self.gadget.control(kind, request, value, index, length)
            return (len(back), back) if header.direction == wire.IN else (len(data), b"")
        if header.direction == wire.IN:
            back = self.gadget.bulk_in(0x80 | header.endpoint, length)
            return len(back), back
        return self.gadget.bulk_out(header.endpoint, data), b""
