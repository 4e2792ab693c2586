"""``rusta burst make``: a connectome from a recipe or a preset."""

from __future__ import annotations

from pathlib import Path

import click

from rusta_burst.cli.options import FILE
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import json_option


@click.command("make")
@click.argument("recipe", type=FILE, required=False)
@click.option("--preset", metavar="NAME", help="A recipe that comes with rusta: balanced, chain, layers, learning.")
@click.option("--neurons", type=click.IntRange(10, 50_000_000), default=12_000, show_default=True, help="Of a preset.")
@click.option("-o", "--output", type=FILE, help="The file to write; its ending tells the format.")
@click.option("--format", "format_", metavar="NAME", help="The format, where the ending does not tell it.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Instead of the recipe's.")
@click.option("--show", is_flag=True, help="Print the recipe as JSON and write nothing.")
@json_option
def make_command(
    recipe: Path | None,
    preset: str | None,
    neurons: int,
    output: Path | None,
    format_: str | None,
    seed: int | None,
    show: bool,
    as_json: bool,
) -> None:
    """Grow a connectome from RECIPE, a TOML or JSON file, or from a preset.

    The same recipe and seed give the same connectome, bit for bit.
    """
    from rusta_burst.exchange import formats
    from rusta_burst.growth import recipe as recipes
    from rusta_burst.growth.growing import grow
    from rusta_burst.growth.presets import preset_recipe
    from rusta_conductor.errors import UsageError

    if (recipe is None) == (preset is None):
        raise UsageError("give either a RECIPE or --preset NAME")
    told = recipes.read(recipe) if recipe is not None else preset_recipe(str(preset), neurons)
    console = Console(as_json=as_json)
    if show:
        click.echo(told.model_dump_json(indent=1, by_alias=True, exclude_defaults=True))
        return
    if output is None:
        raise UsageError("say where to write it with -o FILE")
    format_name = formats.format_of(output, format_).name
    made = grow(told, seed)
    formats.save(made, output, format_name)
    used = seed if seed is not None else (told.seed or 0)
    console.json(
        {
            "path": str(output),
            "digest": made.digest,
            "neurons": len(made.neurons),
            "synapses": len(made.synapses),
            "seed": used,
        }
    )
    console.line(
        f"{output}: {len(made.neurons):,} neurons, {len(made.synapses):,} synapses, seed {used}, digest {made.digest[:12]}"
    )
