"""``rusta corpus build|show|verify``: the text that models are trained on, made from the installed documentation.

Exit codes: 0 done; 1 the corpus is damaged, or a source is missing or refused.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context

if TYPE_CHECKING:
    from rusta_datasets.corpus import Corpus

FOLDER = "corpus"

_at = click.option(
    "--at", type=click.Path(path_type=Path, file_okay=False), help="The corpus folder (default: in the state folder)."
)


@click.group()
def corpus() -> None:
    """Make and check the text that models are trained on."""


@corpus.command()
@click.option(
    "--docs",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of the HTML documentation (default: that of the toolchain in use).",
)
@_at
@json_option
@pass_context
def build(context: Context, /, docs: Path | None, at: Path | None, as_json: bool) -> None:
    """Take the text out of the installed documentation, split it, and write its ledger."""
    from rusta_datasets.corpus import build_from_docs

    context.home.ready()
    folder, release = (docs, docs.name) if docs else _installed()
    made = build_from_docs(folder, place(context, at), release)
    _show(made, Console(as_json=as_json))


@corpus.command()
@_at
@json_option
@pass_context
def show(context: Context, /, at: Path | None, as_json: bool) -> None:
    """Say what a corpus holds, and what the licence gate kept out of it."""
    from rusta_datasets.corpus import Corpus

    _show(Corpus(place(context, at)), Console(as_json=as_json))


@corpus.command()
@_at
@json_option
@pass_context
def verify(context: Context, /, at: Path | None, as_json: bool) -> None:
    """Check every document against the ledger."""
    from rusta_datasets.corpus import Corpus

    console = Console(as_json=as_json)
    found = Corpus(place(context, at))
    found.verify()
    count = len(found.ledger.documents)
    console.json({"folder": str(found.folder), "documents": count, "digest": found.digest()})
    console.line(f"{count} documents are as the ledger says; digest {found.digest()[:16]}")


def place(context: Context, at: Path | None) -> Path:
    """The corpus folder that is meant."""
    return at if at is not None else context.home.path / FOLDER


def _installed() -> tuple[Path, str]:
    from rusta_cargo import find_toolchain
    from rusta_datasets.errors import SourceMissing

    toolchain = find_toolchain(Path.cwd())
    if toolchain.docs is None:
        raise SourceMissing("the toolchain's documentation is not installed: `rustup component add rust-docs`")
    return toolchain.docs, toolchain.release


def _show(found: Corpus, console: Console) -> None:
    rows: Counter[tuple[str, str]] = Counter()
    for entry in found.ledger.documents:
        rows[entry.source, entry.side] += entry.length
    names = list(dict.fromkeys(entry.source for entry in found.ledger.documents))
    console.json(
        {
            "folder": str(found.folder),
            "documents": len(found.ledger.documents),
            "bytes": {side: int(found.bytes_of(side).size) for side in ("train", "heldout")},
            "digest": found.digest(),
            "refused": [dict(one) for one in found.ledger.refused],
        }
    )
    table = [(name, str(rows[name, "train"]), str(rows[name, "heldout"])) for name in names]
    console.table(("source", "train", "held out"), table, ("train", "held out"))
    for one in found.ledger.refused:
        console.line(f"left out  {one['name']}: {one['why']}")
    console.line(f"{len(found.ledger.documents)} documents in {found.folder}")
