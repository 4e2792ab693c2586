"""What this plugin declares. Nothing else is imported until it is used."""

from __future__ import annotations

from collections.abc import Iterable

from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.specs import CheckSpec, CommandSpec, DomainSpec, ProposerSpec, RankerSpec, ToolSpec
from rusta_schemas.effects import Effect

COMMANDS = (
    CommandSpec("train", "Train a byte model from scratch", "rusta_hecate.cli:train"),
    CommandSpec("model", "Look at, measure and use the byte model", "rusta_hecate.cli_model:model"),
)

DOMAINS = (
    DomainSpec("train", "Train a model; promote it when its gates hold", "rusta_hecate.episode.domain:TrainDomain"),
)

TOOLS = (
    *(
        ToolSpec(
            verb=verb,
            summary=summary,
            effect=effect,
            args="rusta_hecate.episode.words:TrainArgs",
            handler=f"rusta_hecate.episode.tools:{verb}",
            timeout_s=timeout,
        )
        for verb, summary, effect, timeout in (
            ("train_look", "What there is to train on.", Effect.READ, 600.0),
            ("train_try", "A few steps on one batch.", Effect.READ, 1800.0),
            ("train_run", "Train to the end of the run.", Effect.SANDBOX, 1e6),
            ("train_measure", "Quantise a checkpoint and measure it.", Effect.SANDBOX, 7200.0),
        )
    ),
    ToolSpec(
        verb="rank_changes",
        summary="How much likelier each of several changes makes its text.",
        effect=Effect.READ,
        args="rusta_hecate.ranking:RankArgs",
        handler="rusta_hecate.ranking:rank_changes",
        timeout_s=60.0,
    ),
)

RANKERS = (
    RankerSpec(
        "hecate",
        "repair",
        "What the byte predictor finds likelier, of changes that tests have to judge",
        "rank_changes",
    ),
)

PROPOSERS = (
    ProposerSpec(
        "hecate_names",
        "repair",
        "Names that the byte model finds likely where one is unknown",
        "rusta_hecate.proposing:names_in_place",
        order=800,
        most=0.35,  # what it gives the best of its names; reading the place takes a few tenths of a second
    ),
)

CHECKS = (CheckSpec("training", "What models would be trained on", "rusta_hecate.episode.check:check_training"),)


@hookimpl
def rusta_commands() -> Iterable[CommandSpec]:
    """The commands of this plugin."""
    return COMMANDS


@hookimpl
def rusta_domains() -> Iterable[DomainSpec]:
    """The training domain."""
    return DOMAINS


@hookimpl
def rusta_tools() -> Iterable[ToolSpec]:
    """What a training episode may call, and the tool of the ranker."""
    return TOOLS


@hookimpl
def rusta_proposers() -> Iterable[ProposerSpec]:
    """The proposer of names."""
    return PROPOSERS


@hookimpl
def rusta_rankers() -> Iterable[RankerSpec]:
    """The opinion on repair candidates."""
    return RANKERS


@hookimpl
def rusta_checks() -> Iterable[CheckSpec]:
    """The check of what training computes on."""
    return CHECKS
