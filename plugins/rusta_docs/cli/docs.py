"""``rusta docs build|status|search``: the index of the installed documentation.

Exit codes: 0 done; 1 ``status`` found the index out of date or damaged, or ``search`` found nothing;
2 no documentation.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context

if TYPE_CHECKING:
    from rusta_docs.building import Progress
    from rusta_docs.library import Library

_SHOWN = 320


@click.group()
def docs() -> None:
    """Index and search the documentation that came with the toolchain."""


_crate_option = click.option(
    "--crate",
    "crate",
    type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path),
    help="The declarations of the crate in this folder instead of the documentation.",
)


@docs.command()
@click.option("--force", is_flag=True, help="Build it anew instead of bringing it up to date.")
@click.option(
    "--only",
    multiple=True,
    metavar="NAME",
    help="Only this collection; may be given several times.",
)
@_crate_option
@json_option
@pass_context
def build(context: Context, /, force: bool, only: tuple[str, ...], crate: Path | None, as_json: bool) -> None:
    """Build the index, or bring it up to date."""
    from rusta_docs.store import DocStore

    console = Console(as_json=as_json)
    context.home.ready()
    _either(only, crate)
    with _library(context) as library:
        with _bar() as progress:
            if crate is None:
                report = library.build(only=only, force=force, progress=progress)
            else:
                report = library.build_crate(crate, force=force, progress=progress)
        with DocStore(report.path) as store:
            counts = store.counts()
    console.json(
        {
            "path": str(report.path),
            "indexed": report.indexed,
            "kept": report.kept,
            "removed": report.removed,
            "fresh": report.fresh,
            "seconds": round(report.seconds, 3),
            "bytes": report.bytes,
        }
    )
    console.line(
        f"{report.indexed} documents indexed, {report.kept} unchanged, {report.removed} gone, in "
        f"{report.seconds:.1f} s; {report.bytes / 1e6:.1f} MB in {report.path}"
    )
    rows = [(name, str(documents), str(passages)) for name, documents, passages in counts]
    console.table(("collection", "documents", "passages"), rows, ("documents", "passages"))


@docs.command()
@json_option
@pass_context
def status(context: Context, /, as_json: bool) -> None:
    """Say whether the index is there and up to date."""
    from rusta_docs.collections import scan
    from rusta_docs.gathering import lint_documents
    from rusta_docs.store import StoreDamaged

    console = Console(as_json=as_json)
    with _library(context) as library:
        installed = [] if library.shelf.docs is None else [*scan(library.shelf.docs), *lint_documents(library.shelf)]
        state, stale = "up to date", 0
        try:
            library.store.check()
            known = {k.path: (k.size, k.mtime_ns) for k in library.store.known()}
            here = {f.path: (f.size, f.mtime_ns) for f in installed}
            stale = len({path for path in known.keys() | here.keys() if known.get(path) != here.get(path)})
            state = f"{stale} documents differ; 'rusta docs build' reads them again" if stale else state
        except StoreDamaged as error:
            state, stale = str(error), len(installed)
        console.json(
            {
                "index": str(library.index),
                "origin": library.shelf.origin,
                "documents": len(installed),
                "stale": stale,
            }
        )
        console.line(f"{library.shelf.origin}: {len(installed)} documents installed")
        console.line(f"{library.index}: {state}")
    if stale or not installed:
        click.get_current_context().exit(1)


@docs.command()
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--limit",
    type=click.IntRange(1, 50),
    default=5,
    show_default=True,
    help="At most so many passages.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="NAME",
    help="Only this collection; may be given several times.",
)
@_crate_option
@json_option
@pass_context
def search(
    context: Context, /, query: tuple[str, ...], limit: int, only: tuple[str, ...], crate: Path | None, as_json: bool
) -> None:
    """Show the passages nearest to QUERY."""
    console = Console(as_json=as_json)
    words = " ".join(query)
    _either(only, crate)
    with _library(context) as library:
        hits = library.search(words, limit, only) if crate is None else library.search_crate(crate, words, limit)
        if crate is None:
            library.issue(hit.passage for hit in hits)
    for hit in hits:
        passage = hit.passage
        console.json(hit.model_dump(mode="json"))
        console.line(f"{' › '.join(passage.headings)}  [{passage.anchor.id[:12]}]", "bold")
        console.line(f"  {passage.place}")
        text = " ".join(passage.text.split())
        console.line(f"  {text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}\n")
    if not hits:
        console.note(f"nothing found for {' '.join(query)!r}; try other words")
        click.get_current_context().exit(1)


def _either(only: tuple[str, ...], crate: Path | None) -> None:
    if only and crate is not None:
        raise click.UsageError("--only is for the documentation; a crate is one collection")


def _library(context: Context) -> Library:
    from rusta_docs.toolchains import library_for

    return library_for(Path.cwd(), context.home.path)


@contextmanager
def _bar() -> Iterator[Progress | None]:
    """A bar on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console as RichConsole
    from rich.progress import Progress as RichProgress

    # It is drawn only when told, never by a thread of its own: the build forks its workers.
    with RichProgress(console=RichConsole(stderr=True), auto_refresh=False, transient=True) as bar:
        task = bar.add_task("reading the documentation")

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=max(total, 1), refresh=True)

        yield tell
