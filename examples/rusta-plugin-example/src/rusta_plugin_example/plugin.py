"""What this plugin declares. The entry point in ``pyproject.toml`` names this module."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.specs import CommandSpec, DomainSpec, ProposerSpec, ToolSpec
from rusta_schemas.effects import Effect

if TYPE_CHECKING:
    from rusta_schemas.devlog import DevLogEntry

HERE = "rusta_plugin_example"


@hookimpl
def rusta_tools() -> Iterable[ToolSpec]:
    return (
        ToolSpec(
            verb="risk_census",
            summary="List unsafe, todo!, unwrap() and similar sites in the sources",
            effect=Effect.READ,
            args=f"{HERE}.tool:CensusArgs",
            handler=f"{HERE}.tool:risk_census",
            timeout_s=60,
        ),
        ToolSpec(
            verb="risk_page",
            summary="Hold a page of risky sites against the sources",
            effect=Effect.READ,
            args=f"{HERE}.page:PageArgs",
            handler=f"{HERE}.page:risk_page",
            timeout_s=60,
        ),
    )


@hookimpl
def rusta_domains() -> Iterable[DomainSpec]:
    return (DomainSpec("risk_notes", "Bring RISKS.md up to date", f"{HERE}.domain:RiskNotes"),)


@hookimpl
def rusta_proposers() -> Iterable[ProposerSpec]:
    return (
        ProposerSpec(
            name="team_renames",
            domain="repair",
            summary="Successors of retired names, from rusta-renames.toml",
            handler=f"{HERE}.proposer:team_renames",
            order=50,
        ),
    )


@hookimpl
def rusta_commands() -> Iterable[CommandSpec]:
    return (
        CommandSpec("census", "Count risky sites in a crate", f"{HERE}.command:census"),
        CommandSpec("risk-notes", "Propose a page of a crate's risky sites", f"{HERE}.notes:risk_notes"),
    )


@hookimpl
def rusta_episode_closed(entry: DevLogEntry) -> None:
    from rusta_plugin_example.diary import write_line

    write_line(entry)
