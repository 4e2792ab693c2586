"""``rusta anchor``: what an anchor cites, and where it comes from.

Exit codes: 0 it cites what it always cited; 1 the document changed or is gone; 2 no such anchor.
"""

from __future__ import annotations

from pathlib import Path

import click

from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context


@click.command()
@click.argument("hash_", metavar="HASH")
@json_option
@pass_context
def anchor(context: Context, /, hash_: str, as_json: bool) -> None:
    """Show the passage that the anchor HASH cites; its first digits are enough."""
    from rusta_conductor.errors import UsageError
    from rusta_docs.resolving import resolve
    from rusta_docs.shelf import Shelf
    from rusta_docs.toolchains import library_for

    shelf: Shelf | None = None
    home = context.home.path
    try:
        with library_for(Path.cwd(), home) as library:
            shelf = library.shelf
    except UsageError:
        shelf = None  # what is indexed is found without a toolchain
    resolution = resolve(home, hash_, shelf)
    console = Console(as_json=as_json)
    console.json(resolution.model_dump(mode="json"))
    cited = resolution.anchor
    console.line(cited.title or cited.path, "bold")
    console.line(f"anchor  {cited.id}")
    console.line(f"origin  {cited.origin}, {cited.path}, bytes {cited.start}..{cited.end}")
    if resolution.file:
        console.line(f"open    {resolution.file}")
    console.line()
    if resolution.status == "holds":
        console.line(resolution.text)
        return
    console.line(f"{resolution.status}: {resolution.why}", "bold red")
    if resolution.text:
        console.line("\nwhat was cited\n", "bold")
        console.line(resolution.text)
    if resolution.now:
        console.line("\nwhat stands there now\n", "bold")
        console.line(resolution.now)
    click.get_current_context().exit(1)
