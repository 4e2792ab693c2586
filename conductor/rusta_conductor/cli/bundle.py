"""``rusta apply`` and ``rusta rollback``: the two commands that change the user's tree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from rusta_conductor.bundles import (
    BundleNotFound,
    BundleRefused,
    BundleStore,
    interrupted_bundles,
    operate,
)
from rusta_conductor.bundles.fit import Direction
from rusta_conductor.bundles.sealing import bundle_of_episode
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context
from rusta_conductor.cli.progress import Progress
from rusta_devlog import UnknownEpisode
from rusta_schemas.bundle import PatchBundle


def _complete(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[Any]:
    from click.shell_completion import CompletionItem

    context = ctx.find_root().ensure_object(Context)
    names = [n for n in BundleStore(context.home).names() if n.startswith(incomplete)]
    return [*map(CompletionItem, names), CompletionItem(incomplete, type="file")]


def _arguments(function: Callable[..., None]) -> Callable[..., None]:
    root = click.option(
        "--root",
        type=click.Path(path_type=Path),
        help="The tree, when it is not where the bundle was made for it.",
    )
    bundle = click.argument("bundle", shell_complete=_complete)
    return bundle(root(json_option(pass_context(function))))


@click.command()
@_arguments
def apply(context: Context, bundle: str, root: Path | None, as_json: bool) -> None:
    """Apply BUNDLE to the tree it was made for.

    BUNDLE is the beginning of a bundle's id, its file, or the episode that made it. All of its files change or none.
    It is refused when a file is not as it was when the bundle was proved. After a kill, running this again brings the
    change to its end; 'rusta rollback' undoes it.
    """
    _operate(context, bundle, "apply", root, as_json)


@click.command()
@_arguments
def rollback(context: Context, bundle: str, root: Path | None, as_json: bool) -> None:
    """Take BUNDLE back out of its tree, byte for byte.

    It is refused when one of its files was changed since it was applied; the message names the files.
    """
    _operate(context, bundle, "rollback", root, as_json)


def _operate(context: Context, ref: str, direction: Direction, root: Path | None, as_json: bool) -> None:
    console = Console(as_json=as_json)
    bundle = _find(context, ref)
    for waiting in interrupted_bundles(context.home.path):
        if waiting.bundle != bundle.id:
            console.note(f"rusta: note: {waiting}")
    with Progress() as progress:
        done = operate(context.host, context.home, bundle, direction, root=root, observer=progress)
    console.json(
        {
            "episode": done.episode,
            "outcome": done.result.outcome,
            "summary": done.result.summary,
            "bundle": bundle.id,
            "root": done.result.data["root"],
            "files": sorted(bundle.base_hashes),
        }
    )
    if not done.done:
        raise BundleRefused(done.result.summary)
    console.line(f"{done.result.outcome}: {bundle.summary}", "bold")
    for path in sorted(bundle.base_hashes):
        console.line(f"  {_sign(bundle, path, direction)} {path}")
    console.line(f"in {done.result.data['root']}")
    back = "rollback" if direction == "apply" else "apply"
    console.line(f"'rusta {back} {bundle.id[:12]}' reverses this; episode {done.episode}")


def _find(context: Context, ref: str) -> PatchBundle:
    try:
        return BundleStore(context.home).load(ref)
    except BundleNotFound as error:
        try:
            found = bundle_of_episode(context.home, ref)
        except UnknownEpisode:
            raise error from None
        if found is None:
            raise BundleNotFound(f"episode {ref!r} made no bundle (or has not ended); see 'rusta episodes'") from None
        return found


def _sign(bundle: PatchBundle, path: str, direction: Direction) -> str:
    before, after = bundle.base_hashes[path], bundle.result_hashes[path]
    if direction == "rollback":
        before, after = after, before
    return "+" if before is None else "-" if after is None else "~"
