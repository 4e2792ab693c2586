"""``rusta akida bench``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from rusta_conductor.cli import exit_codes
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import json_option


@click.command("bench", epilog="Exit codes: 0 all values equal the reference, 1 some differ.")
@click.argument("model", metavar="MODEL.fbz", type=click.Path(path_type=Path))
@click.option("--rows", type=click.IntRange(1, 10_000_000), default=10_000, show_default=True, help="Rows to infer.")
@json_option
def bench_command(model: Path, rows: int, as_json: bool) -> None:
    """Flash MODEL.fbz to a new virtual device and measure it: programming, inference, swapping weights.

    Modelled times follow the profile's model of the link, whose constants are quoted, not measured: only their ratios
    mean anything. Every output is compared with the reference.
    """
    from rusta_akida.flashing.measuring import measure
    from rusta_akida.program.container import load_container

    console = Console(as_json=as_json)
    found = measure(load_container(model), rows)
    console.json(asdict(found))
    for name, value, remark in found.table():
        console.line(f"{name:34} {value:>16}  {remark}")
    if found.mismatches:
        click.get_current_context().exit(exit_codes.FAILED)
