"""The explain domain: one look at the target, and the documentation of every error it has."""

from __future__ import annotations

from contextlib import AbstractContextManager
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from rusta_cargo.repair.abstaining import error_json
from rusta_cargo.repair.citing import message_anchor
from rusta_cargo.repair.goal import RepairGoal
from rusta_cargo.repair.offering import offers
from rusta_cargo.repair.sensing import Base, sense_base
from rusta_conductor.contract import Contract
from rusta_conductor.domain import GiveUp, Judgement, NeedProbe, Proposal, Ready, Result
from rusta_conductor.episode import Episode
from rusta_conductor.errors import ToolError
from rusta_schemas.action import Action
from rusta_schemas.base import JsonObject, to_json
from rusta_schemas.diagnostic import Diagnostic

if TYPE_CHECKING:
    from rusta_conductor.cli.console import Console


EXPLAIN_TOOL = "docs_explain"
MOST_EXPLAINED = 50


class ExplainDomain:
    """Looks and explains; it never proposes anything."""

    name = "explain"

    def __init__(self) -> None:
        self._base: Base | None = None
        self._fault = ""

    def contract(self) -> Contract:
        return Contract(anchored=False)

    def workspace(self, goal: JsonObject, home: Path) -> AbstractContextManager[object]:
        from rusta_cargo.workspace import CargoWorkspace

        return CargoWorkspace(RepairGoal.model_validate(goal).path, home, lanes=1)

    def sense(self, episode: Episode) -> None:
        goal = RepairGoal.model_validate(episode.goal).model_copy(update={"tests": False})
        try:
            self._base = sense_base(episode, goal, packages=False)
        except ToolError as error:
            self._fault = str(error)

    def plan(self, _episode: Episode) -> NeedProbe | Ready | GiveUp:
        base = self._base
        if base is None or base.verdict.failure is not None:
            why = self._fault if base is None else base.verdict.failure
            return GiveUp("abstained", f"the target cannot be checked: {why}")
        if base.verdict.ok:
            return GiveUp("nothing_to_do", "it compiles; there is nothing to explain")
        count = len(base.verdict.errors)
        return GiveUp("explained", f"{count} error{'' if count == 1 else 's'}")

    def remember(self, episode: Episode, given_up: GiveUp | None) -> Result:
        assert given_up is not None
        data: JsonObject = {}
        if self._base is not None and given_up.outcome == "explained":
            key = self._base.verdict.key
            errors = self._base.verdict.errors
            told = _explanations(episode, self._base)
            data = {
                "root": self._base.around.root,
                "command": self._base.verdict.command,
                "errors": [_explained(error, one, key) for error, one in zip_longest(errors, told)],
                "explanations": told,
            }
        return Result(given_up.outcome, given_up.reason, data)

    def probe(self, episode: Episode) -> GiveUp | None:
        raise NotImplementedError("plan never asks for more")

    def propose(self, episode: Episode) -> Proposal | GiveUp:
        raise NotImplementedError("plan is never ready")

    def validate(self, episode: Episode, proposal: Proposal) -> Judgement:
        raise NotImplementedError("there is no proposal")

    def rollback(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> GiveUp | None:
        raise NotImplementedError("there is no proposal")

    def reflect(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> None:
        raise NotImplementedError("there is no proposal")

    def partial(self, _episode: Episode) -> Result | None:
        return None

    def render(self, result: Result, console: Console) -> None:
        """Print a result for people."""
        from rusta_cargo.cli.showing import show

        show(result, console)

    def exit_code(self, result: Result) -> int:
        """The exit code of a command that ended with ``result``."""
        from rusta_cargo.cli.showing import exit_code

        return exit_code(result)


def _explained(error: Diagnostic, explanation: JsonValue, check_key: str) -> JsonObject:
    quoted = explanation.get("quotations") if isinstance(explanation, dict) else None
    first = quoted[0] if isinstance(quoted, list) and quoted else None
    anchor = first["anchor"] if isinstance(first, dict) else to_json(message_anchor(error, check_key))
    return {
        **error_json(error),
        "rendered": error.rendered,
        "notes": [note.message for note in error.notes],
        "suggestions": [suggestion.message for suggestion in error.suggestions],
        "anchor": anchor,
    }


def _explanations(episode: Episode, base: Base) -> list[JsonValue]:
    """What the documentation plugin makes of the errors; nothing where it is not installed."""
    if EXPLAIN_TOOL not in episode.host.tools:
        return []
    errors = base.verdict.errors[:MOST_EXPLAINED]
    diagnostics: list[JsonValue] = [to_json(error) for error in errors]
    candidates: list[JsonValue] = [list(offered) for offered in offers(episode, base, errors)]
    args: JsonObject = {"diagnostics": diagnostics, "candidates": candidates, "call": base.verdict.key}
    answer = episode.call(Action(verb=EXPLAIN_TOOL, args=args))
    found = answer.data.get("explanations", [])
    return found if answer.ok and isinstance(found, list) else []
