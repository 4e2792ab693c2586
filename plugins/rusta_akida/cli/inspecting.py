"""``rusta akida disasm``, ``diff`` and ``verify``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from rusta_akida.flashing.showing import LAYOUT
from rusta_conductor.cli import exit_codes
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import json_option

model_argument = click.argument("model", metavar="MODEL.fbz", type=click.Path(path_type=Path))


@click.command("disasm")
@model_argument
@json_option
def disasm_command(model: Path, as_json: bool) -> None:
    """Show every field of a program with its offset, its bytes and what they mean."""
    from rusta_akida.program.container import load_container
    from rusta_akida.program.disassembly import disassemble

    console = Console(as_json=as_json)
    container = load_container(model)
    fields = disassemble(container.program)
    console.json({"name": container.name, "profile": container.profile, "fields": [asdict(one) for one in fields]})
    console.line(f"{container.name}, built for {container.profile} ({LAYOUT})", "bold")
    for part in ("program_info", "program_data"):
        console.line()
        console.line(f"{part}, {len(getattr(container.program, part)):,} bytes")
        rows = [(f"0x{f.offset:04x}", f.octets, f.owner, f.name, f.value) for f in fields if f.part == part]
        console.table(("offset", "bytes", "of", "field", "value"), rows)


@click.command("diff", epilog="Exit codes: 0 the same program, 1 different programs.")
@click.argument("left", metavar="LEFT.fbz", type=click.Path(path_type=Path))
@click.argument("right", metavar="RIGHT.fbz", type=click.Path(path_type=Path))
@json_option
def diff_command(left: Path, right: Path, as_json: bool) -> None:
    """Show what is different between two programs, field by field and weight by weight."""
    from rusta_akida.program.container import load_container
    from rusta_akida.program.differing import differences

    console = Console(as_json=as_json)
    found = differences(load_container(left).program, load_container(right).program)
    console.json({"same": not found, "differences": [asdict(one) for one in found]})
    if not found:
        console.line("the same program")
        return
    console.table(("where", "what", left.name, right.name), [(d.where, d.name, d.left, d.right) for d in found])
    click.get_current_context().exit(exit_codes.FAILED)


@click.command("verify", epilog="Exit codes: 0 all is well, 1 something is not, 2 the file is no program.")
@model_argument
@click.option("--profile", "profile_name", metavar="NAME", help="Device profile; else the one that the file names.")
@json_option
def verify_command(model: Path, profile_name: str | None, as_json: bool) -> None:
    """Check a program's bytes, its fit to the device, its proof, and what quantising it cost."""
    from rusta_akida.program.container import load_container
    from rusta_akida.program.profiles import profile
    from rusta_akida.program.verifying import verify_container

    console = Console(as_json=as_json)
    container = load_container(model)
    verification = verify_container(container, profile(profile_name) if profile_name else None)
    told: dict[str, Any] = {"ok": verification.ok, "name": container.name, "budget": verification.budget.to_json()}
    console.json({**told, "findings": [asdict(one) for one in verification.findings]})
    for finding in verification.findings:
        console.line(f"{console.symbol('✓' if finding.ok else '✗')} {finding.name}: {finding.text}")
    rows = [(b.where, b.name, b.used, b.limit, b.why, b.source) for b in verification.budget.lines]
    console.table(("where", "what", "used", "possible", "remark", "source"), rows, right=("used",))
    console.line(LAYOUT)
    if not verification.ok:
        click.get_current_context().exit(exit_codes.FAILED)
