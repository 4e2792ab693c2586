"""``rusta census PATH``."""

from __future__ import annotations

from pathlib import Path

import click

from rusta_plugin_example.census import KINDS, is_source
from rusta_plugin_example.tool import Census, CensusArgs, take_census


@click.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(KINDS)), help="Only these.")
@click.option("--limit", default=20, show_default=True, help="How many sites to list.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def census(path: Path, kinds: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Count unsafe, todo!, panic! and unwrap() sites in the crate at PATH."""
    args = CensusArgs.model_validate({"kinds": kinds, "limit": max(0, limit)})
    every = (file.relative_to(path).as_posix() for file in sorted(path.rglob("*.rs")))
    result = take_census(filter(is_source, every), lambda file: _content(path / file), args)
    click.echo(result.model_dump_json(indent=2) if as_json else table(result))


def table(result: Census) -> str:
    """The census for people: the counts, then the sites."""
    lines = [f"{count:6}  {kind}" for kind, count in result.counts.items()]
    lines += [f"{site.path}:{site.line}: {site.kind}: {site.text}" for site in result.sites]
    hidden = sum(result.counts.values()) - len(result.sites)
    if hidden:
        lines.append(f"... and {hidden} more; --limit shows them")
    lines += [f"{path}: could not be read" for path in result.skipped]
    return "\n".join(lines)


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None
