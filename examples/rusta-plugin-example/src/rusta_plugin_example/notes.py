"""``rusta risk-notes PATH``: one episode of the domain ``risk_notes``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context

if TYPE_CHECKING:
    from rusta_schemas.base import JsonObject


@click.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".")
@json_option
@pass_context
def risk_notes(context: Context, path: Path, as_json: bool) -> None:
    """Propose RISKS.md for the crate at PATH, a page that names every risky site; 'rusta apply' writes it."""
    from rusta_conductor.cli.conclusion import conclude
    from rusta_conductor.sessions import start

    goal: JsonObject = {"path": str(path.resolve())}
    with start(context.host, context.home, "risk_notes", goal, budget={"lines": 2000}) as session:
        code = conclude(context.home, session, session.run(), Console(as_json=as_json))
    click.get_current_context().exit(code)
