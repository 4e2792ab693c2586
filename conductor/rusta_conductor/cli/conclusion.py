"""How the end of a run is shown, kept and turned into an exit code; the same for every domain."""

from __future__ import annotations

import json
from typing import Any

from rusta_conductor.bundles import keep_bundle
from rusta_conductor.bundles.sealing import KEY as BUNDLE
from rusta_conductor.cli import exit_codes
from rusta_conductor.cli.console import Console
from rusta_conductor.driver import Finish
from rusta_conductor.home import Home
from rusta_conductor.sessions import Session
from rusta_schemas.base import JsonObject


def conclude(home: Home, session: Session, finish: Finish, console: Console) -> int:
    """Print how a run ended, save the bundle it made, and give the exit code.

    A domain may have two methods that are used here when they are there: ``render(result, console)`` prints a result in
    the domain's own words, ``exit_code(result)`` gives its code.
    """
    episode, result = session.episode.id, finish.result
    kept = None
    if result is not None and finish.parked is None:
        kept = keep_bundle(home, result.data, session.log_head)
    told: JsonObject = {
        "episode": episode,
        "domain": session.domain.name,
        "outcome": result.outcome if result else None,
        "summary": result.summary if result else None,
        "parked": finish.parked,
        "resource": finish.resource,
        "bundle": {"id": kept[0].id, "path": str(kept[1])} if kept else None,
        "data": result.data if result else None,
    }
    console.json(told)
    if result is not None:
        render: Any = getattr(session.domain, "render", None)
        if callable(render):
            render(result, console)
        else:
            _render(result.outcome, result.summary, result.data, console)
    if kept:
        console.line(f"bundle   {kept[0].id[:16]}  ('rusta apply {kept[0].id[:12]}' applies it)")
    console.line(f"episode  {episode}")
    if finish.parked is not None:
        console.note(f"parked: {finish.parked}; 'rusta resume {episode}' goes on")
    return exit_code(session, finish)


def exit_code(session: Session, finish: Finish) -> int:
    """The documented exit code of a finished or parked run."""
    if finish.parked is not None or finish.result is None:
        return exit_codes.BUDGET if finish.resource else exit_codes.INTERRUPTED
    own: Any = getattr(session.domain, "exit_code", None)
    if callable(own):
        return int(own(finish.result))
    gave_up = "give_up" in session.episode.trace.events
    return exit_codes.OUTCOMES.get(finish.result.outcome, exit_codes.ABSTAINED if gave_up else exit_codes.OK)


def _render(outcome: str, summary: str, data: JsonObject, console: Console) -> None:
    console.line(f"{outcome}: {summary}", "bold")
    for name, value in data.items():
        if name == BUNDLE:
            continue  # it is told of below, by its id
        if isinstance(value, str | int | float | bool):
            console.line(f"  {name}: {value}")
        elif value:
            text = json.dumps(value, ensure_ascii=False)
            console.line(f"  {name}: {text if len(text) <= 100 else text[:99] + '…'}")
