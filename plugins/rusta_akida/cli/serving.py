"""``rusta akida serve``."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=3240, show_default=True, help="0 takes a free one.")
@click.option("--pace-ms", type=click.FloatRange(0, 1000), default=0.0, help="Real time that every transfer takes.")
@click.option(
    "--memory", type=click.Path(dir_okay=False, path_type=Path), help="File that keeps the device's programs."
)
@json_option
@pass_context
def serve_command(context: Context, port: int, pace_ms: float, memory: Path | None, as_json: bool) -> None:
    """Serve a virtual device over USB/IP on the loopback address, until interrupted.

    Other processes reach it as --device usbip:127.0.0.1:PORT. One client has it at a time.
    """
    from rusta_akida.devices.errors import DeviceError
    from rusta_akida.devices.usbip.server import UsbIpServer
    from rusta_akida.devices.virtual.chip import Chip
    from rusta_akida.devices.virtual.gadget import Gadget
    from rusta_akida.devices.virtual.image import open_chip

    del context
    console = Console(as_json=as_json)
    chip = open_chip(memory) if memory else Chip(serial="V1")
    try:
        server = UsbIpServer(Gadget(chip, pace_s=pace_ms / 1000), port)
    except OSError as error:
        raise DeviceError(f"port {port} cannot be used: {error.strerror}; choose another one with --port") from None
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with server:
        console.json({"device": f"usbip:127.0.0.1:{server.port}"})
        console.line(f"usbip:127.0.0.1:{server.port}")
        stop.wait()
