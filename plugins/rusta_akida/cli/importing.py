"""``rusta akida import``."""

from __future__ import annotations

from pathlib import Path

import click

from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import json_option


@click.command("import")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("model", metavar="MODEL.fbz", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--weights", metavar="NAME", help="Name of the weights in the file, when it is not a usual one.")
@click.option("--biases", metavar="NAME", help="Name of the biases in the file.")
@click.option("--bits", type=click.Choice(["1", "2", "4"]), default="4", show_default=True, help="Bits of a weight.")
@click.option("--transpose", is_flag=True, help="The weights lie as (inputs, outputs).")
@click.option("--slot", type=click.IntRange(0, 255), default=0, show_default=True, help="Slot for set_variable.")
@json_option
def import_command(
    source: Path,
    model: Path,
    weights: str | None,
    biases: str | None,
    bits: str,
    transpose: bool,
    slot: int,
    as_json: bool,
) -> None:
    """Make a program from the weights in SOURCE (.npy, .npz, .safetensors or .onnx) and write it to MODEL.fbz.

    Floats are rounded, with one scale for each output; the scales are in the file's details. From ONNX one Gemm, MatMul
    with Add, or Conv is taken.
    """
    from rusta_akida.program.budget import check_fits
    from rusta_akida.program.container import save_container
    from rusta_akida.program.importing.readouts import import_readout

    console = Console(as_json=as_json)
    container = import_readout(
        source, weights=weights, biases=biases, bits=int(bits), transpose=transpose, slot_id=slot
    )  # fmt: skip
    check_fits(container.program)
    data = save_container(model, container)
    program = container.program
    told = {"model": str(model), "bytes": len(data), "inputs": program.in_features, "outputs": program.out_features}
    console.json(told)
    console.line(f"{model}: {program.in_features} inputs, {program.out_features} outputs, {len(data):,} bytes")
