"""``rusta akida devices``, and the check of ``rusta doctor``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rusta_akida.errors import AkidaError
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context
from rusta_conductor.doctor import Check


@click.command("devices")
@click.option("--device", metavar="NAME", help="Also look here, such as usbip:127.0.0.1:3240.")
@json_option
@pass_context
def devices_command(context: Context, device: str | None, as_json: bool) -> None:
    """List devices: what they are, which program is active, and why one cannot be driven."""
    console = Console(as_json=as_json)
    rows = _looked_at(context.home.path, device)
    console.json({"devices": rows})
    shown = [(r["name"], "yes" if r["drivable"] else "no", r["active"][:12] or "-", r["text"], r["why"]) for r in rows]
    console.table(("device", "drivable", "program", "what", "remark"), shown)


def check_devices(home: Path) -> Check:
    """Devices that can be used; the virtual one is always there."""
    try:
        rows = _looked_at(home if (home / "akida").is_dir() else None, None)
    except AkidaError as error:
        return Check("akida", False, str(error), "Correct or unset RUSTA_AKIDA_DEVICE.")
    detail: Any = {"devices": rows}
    hardware = [row for row in rows if row["transport"] != "virtual"]
    idle = [row for row in hardware if not row["drivable"]]
    broken = [row for row in rows if row["drivable"] and row["why"]]
    names = ", ".join(row["name"] for row in rows if row not in broken and row["drivable"])
    if broken:
        return Check("akida", False, f"{broken[0]['name']}: {broken[0]['why']}", "See 'rusta akida devices'.", detail)
    if idle:
        return Check(
            "akida", None, f"{names or 'nothing'} can be driven", f"{idle[0]['name']}: {idle[0]['why']}", detail
        )
    remark = "" if hardware else "; no card, the virtual device stands in (layout not verified on silicon)"
    return Check("akida", True, f"{names} can be driven{remark}", detail=detail)


def _looked_at(home: Path | None, name: str | None) -> list[dict[str, Any]]:
    from rusta_akida.devices.manager import DeviceManager

    rows = []
    for found in DeviceManager.discover(home, name=name).devices:
        row: dict[str, Any] = {
            "name": found.name, "transport": found.transport, "drivable": found.drivable, "text": found.text,
            "why": found.why, "active": "", "serial": "", "profile": "", "version": "",
        }  # fmt: skip
        if found.open is not None:
            try:
                with found.open() as device:
                    who = device.identify()
                row |= {"active": who.active, "serial": who.serial, "profile": who.profile, "version": who.version}
            except AkidaError as error:
                row["why"] = str(error)
        rows.append(row)
    return rows
