"""``rusta burst plot``: pictures as PNG, SVG or one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rusta_burst.cli.options import FILE, connectome_at, existing
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import json_option

_KINDS = ("raster", "rates", "potentials", "weights", "areas")


@click.command("plot")
@click.argument("connectome", type=FILE)
@click.option("--run", "recording", type=FILE, metavar="SPIKES", help="A recording of 'rusta burst run -o'.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(_KINDS), help="Which picture; several for HTML.")
@click.option("-o", "--output", type=FILE, required=True, help="The file to write: .png, .svg or .html.")
@json_option
def plot_command(connectome: Path, recording: Path | None, kinds: tuple[str, ...], output: Path, as_json: bool) -> None:
    """Draw a connectome or a run of it.

    raster, rates and potentials need --run. Without --kind an HTML page gets everything there is, a PNG or SVG the raster
    (with --run) or the areas.
    """
    from rusta_burst.exchange import formats
    from rusta_burst.pictures import saving
    from rusta_burst.storage import recordings
    from rusta_conductor.errors import UsageError

    page = output.suffix.lower() == ".html"
    if output.suffix.lower() not in saving.SUFFIXES:
        raise UsageError(f"{output}: the ending must be one of {', '.join(saving.SUFFIXES)}")
    made = formats.load(connectome_at(connectome))
    found = None if recording is None else recordings.load(existing(recording, "recording"))
    same = found is None or _fits(made, found, recording)
    chosen = kinds or _default(page, found)
    if len(chosen) > 1 and not page:
        raise UsageError("several pictures need an .html file; give one --kind for a .png or .svg")
    figures = {kind: saving.draw(kind, made, found) for kind in chosen}
    if page:
        saving.save_page(f"{connectome.name}", figures, _facts(made, found), output)
    else:
        saving.save_picture(figures[chosen[0]], output)
    console = Console(as_json=as_json)
    size = output.stat().st_size
    console.json({"path": str(output), "kinds": list(chosen), "bytes": size, "same_connectome": same})
    if not same:
        console.note(f"{recording} is of another connectome, or of this one before it learned or was changed")
    console.line(f"{output}: {', '.join(chosen)}, {size:,} bytes")


def _fits(made: Any, found: Any, path: Path | None) -> bool:
    """Whether a recording is of this connectome.

    Raises:
        InvalidInput: a neuron is in it that the connectome does not have.
    """
    from rusta_burst.errors import InvalidInput

    last = max(int(found.neurons.max(initial=0)), int(found.watched.max(initial=0)))
    if last >= len(made.neurons):
        raise InvalidInput(f"{path}: neuron {last} fired, but the connectome has {len(made.neurons)}; give its own")
    return bool(found.about.get("connectome") == made.digest)


def _default(page: bool, found: Any) -> tuple[str, ...]:
    if not page:
        return ("areas",) if found is None else ("raster",)
    run = () if found is None else ("raster", "rates", *(("potentials",) if len(found.watched) else ()))
    return (*run, "weights", "areas")


def _facts(made: Any, found: Any) -> dict[str, str]:
    facts = {
        "neurons": f"{int((made.neurons.alive == 1).sum()):,}",
        "synapses": f"{len(made.synapses):,}",
        "areas": ", ".join(area.name for area in made.areas[:20]),
        "digest": made.digest,
    }
    if found is not None:
        facts["bursts"] = f"{found.first} to {found.first + found.bursts - 1}"
        facts["spikes"] = f"{len(found.neurons):,}"
        facts["seed"] = str(found.about.get("seed", "unknown"))
    return facts
