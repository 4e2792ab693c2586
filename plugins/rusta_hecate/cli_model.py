"""``rusta model show|measure|sample|rollback``: the trained models.

Exit codes: 0 done; 1 a model or corpus is missing or damaged.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context

if TYPE_CHECKING:
    from rusta_hecate.inference.network import Network

_file = click.option(
    "--file", "file", type=click.Path(path_type=Path, dir_okay=False), help="A model file (default: the shipped one)."
)

_FIRST = 8192
_MATTERS = 0.5


@click.group()
def model() -> None:
    """Look at, measure and use the byte model."""


@model.command()
@_file
@json_option
@pass_context
def show(_context: Context, /, file: Path | None, as_json: bool) -> None:
    """Say what a model is and how it was trained."""
    console = Console(as_json=as_json)
    network = _network(file)
    console.json(network.header)
    for part in ("config", "training"):
        for name, value in network.header.get(part, {}).items():
            console.line(f"{part}.{name}: {value}")
    console.line(
        f"int8 {network.header.get('bits_int8')} bits a byte, float32 {network.header.get('bits_float32')}, "
        "on the held-out text that its gate measured"
    )


@model.command()
@_file
@click.option("--corpus", type=click.Path(path_type=Path, file_okay=False), help="Corpus folder.")
@click.option("--primed", is_flag=True, help="Let the predictor read the training documents first.")
@click.option("--every", type=click.IntRange(min=1), help="Measure the first 8 KiB of every n-th document only.")
@json_option
@pass_context
def measure(
    context: Context, /, file: Path | None, corpus: Path | None, primed: bool, every: int | None, as_json: bool
) -> None:
    """Bits per byte on the held-out documents: the network, the predictor, and both together."""
    from rusta_datasets import Corpus
    from rusta_hecate.measuring import mixed_bits

    console = Console(as_json=as_json)
    found = Corpus(corpus or context.home.path / "corpus")
    held_out = found.entries("heldout")[:: every or 1]
    texts = (found.document(entry)[: _FIRST if every else None] for entry in held_out)
    weights = found.weights()
    # Text that is hardly drawn in training (generated sources) would only push the rest out of the predictor.
    told = (entry for entry in found.entries("train") if weights.get(entry.source, 1.0) >= _MATTERS)
    measured = mixed_bits(_network(file), texts, (found.document(entry) for entry in told) if primed else ())
    console.json({**measured.__dict__, "primed": primed})
    how = "primed with the training documents" if primed else "cold"
    console.line(f"{measured.bytes} bytes of {measured.documents} held-out documents; predictor {how}")
    console.line(
        f"bits a byte: network {measured.network:.4f}, predictor {measured.predictor:.4f}, both {measured.mixed:.4f}"
    )


@model.command("sample")
@_file
@click.argument("prompt", default="")
@click.option("--bytes", "count", type=click.IntRange(1, 100_000), default=200, show_default=True)
@click.option("--temperature", type=click.FloatRange(0.0, 10.0), default=0.8, show_default=True)
@click.option("--top-p", type=click.FloatRange(0.0, 1.0, min_open=True), default=0.95, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
def sample_(file: Path | None, prompt: str, count: int, temperature: float, top_p: float, seed: int) -> None:
    """Let the model go on after PROMPT."""
    from rusta_hecate.inference.sampling import Choice, generate

    made = generate(_network(file), prompt.encode(), count, Choice(temperature, top_p, seed))
    click.echo(prompt + made.decode("utf-8", "backslashreplace"))


@model.command()
@click.argument("name")
@pass_context
def rollback(context: Context, /, name: str) -> None:
    """Take the last promotion of NAME back."""
    from rusta_hecate.shelf import Shelf

    former = Shelf(context.home.path).roll_back(name)
    click.echo(f"promoted again: {former}" if former else f"{name} is not promoted any more; there was none before it")


def _network(file: Path | None) -> Network:
    from rusta_hecate.inference.network import Network
    from rusta_hecate.scoring import shipped

    return Network.load(file) if file is not None else shipped()
