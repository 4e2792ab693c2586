"""``rusta burst import``, ``export`` and ``diff``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rusta_burst.cli.options import FILE, connectome_at, existing
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import json_option

_FORMAT = click.option("--format", "format_", metavar="NAME", help="The format, where the ending does not tell it.")


@click.command("import")
@click.argument("source", type=FILE)
@click.option("-o", "--output", type=FILE, required=True, help="The .burst file to write.")
@_FORMAT
@json_option
def import_command(source: Path, output: Path, format_: str | None, as_json: bool) -> None:
    """Read a connectome of another format (npz, csv, parquet, sonata, genome) and write it as a .burst file."""
    from rusta_burst.exchange import formats, genome
    from rusta_burst.storage import connectomes

    remarks: tuple[str, ...] = ()
    format_name = formats.format_of(existing(source), format_).name
    if format_name == "genome":
        grown = genome.read(source)
        made, remarks = grown.connectome, grown.remarks
    else:
        made = formats.load(source, format_name)
    connectomes.save(made, output)
    console = Console(as_json=as_json)
    console.json(
        {
            "path": str(output), "format": format_name, "digest": made.digest, "neurons": len(made.neurons),
            "synapses": len(made.synapses), "remarks": list(remarks),
        }
    )  # fmt: skip
    for remark in remarks:
        console.line(f"note: {remark}")
    console.line(f"{output}: {len(made.neurons):,} neurons, {len(made.synapses):,} synapses, from {format_name}")


@click.command("export")
@click.argument("connectome", type=FILE)
@click.argument("output", type=FILE)
@_FORMAT
@json_option
def export_command(connectome: Path, output: Path, format_: str | None, as_json: bool) -> None:
    """Write a connectome in another format: npz, csv, parquet, sonata (.h5), genome (.json), .nest.py, .brian2.py."""
    from rusta_burst.exchange import formats

    format_name = formats.format_of(output, format_).name
    made = formats.load(connectome_at(connectome))
    formats.save(made, output, format_name)
    console = Console(as_json=as_json)
    console.json({"path": str(output), "format": format_name, "digest": made.digest, "bytes": output.stat().st_size})
    console.line(f"{output}: {formats.BY_NAME[format_name].summary}, {output.stat().st_size:,} bytes")


@click.command("diff")
@click.argument("before", type=FILE)
@click.argument("after", type=FILE)
@json_option
def diff_command(before: Path, after: Path, as_json: bool) -> None:
    """Say what is different between two connectomes. Exit code 1 when they differ."""
    from rusta_burst.connectome.difference import difference
    from rusta_burst.exchange import formats

    found = difference(formats.load(connectome_at(before)), formats.load(connectome_at(after)))
    console = Console(as_json=as_json)
    console.json(found.to_json())
    show_difference(found.to_json(), console)
    if not found.equal:
        click.get_current_context().exit(1)


def show_difference(found: dict[str, Any], console: Console) -> None:
    """Print a difference for people."""
    if found["equal"]:
        console.line("they are equal")
        return
    for what in ("areas_added", "areas_removed", "areas_changed"):
        if found[what]:
            console.line(f"{what.replace('_', ' ')}: {', '.join(found[what])}")
    if found["areas_reordered"]:
        console.line("the areas stand in another order")
    if found["rules_changed"]:
        console.line("the plasticity rules differ")
    console.line(
        f"neurons: {found['neurons_added']:,} added, {found['neurons_removed']:,} removed"
        + _fields(found["neurons_changed"])
    )
    console.line(
        f"synapses: {found['synapses_added']:,} added, {found['synapses_removed']:,} removed"
        + _fields(found["synapses_changed"])
    )
    if found["synapses_reordered"]:
        console.line("the synapses stand in another order")
    if found["weight_moved"]:
        console.line(f"weights: {found['weight_moved']:,} steps in all, {found['weight_mean_change']:+.4g} on average")
    rows = []
    for item in found["first"]:
        what = f"neuron {item['neuron']}" if "neuron" in item else f"{item['source']} -> {item['target']}"
        rows.append((what, item["field"], f"{item['before']:g}", f"{item['after']:g}"))
    if rows:
        console.table(("where", "field", "before", "after"), rows, ("before", "after"))


def _fields(changed: dict[str, int]) -> str:
    return "".join(f", {count:,} with another {name}" for name, count in changed.items())
