"""What this plugin declares: the cargo tools, the checks of ``rusta doctor``, and what the repair domain adds.

Only names stand here; the modules behind them are imported when a tool is called.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.specs import CheckSpec, CommandSpec, DomainSpec, ProposerSpec, ToolSpec
from rusta_schemas.effects import Effect

_MODELS = "rusta_cargo.models"
_TOOLS = "rusta_cargo.tools"
_PROBE = MappingProxyType({"probes": 1.0})

TOOLS = (
    ToolSpec(
        verb="cargo_metadata",
        summary="List the packages and targets of the workspace.",
        effect=Effect.READ,
        args=f"{_MODELS}:NoArgs",
        handler=f"{_TOOLS}.metadata:cargo_metadata",
        timeout_s=120.0,
    ),
    ToolSpec(
        verb="cargo_check",
        summary="Check the tree with some edits made; diagnostics in normal form.",
        effect=Effect.SANDBOX,
        args=f"{_MODELS}:CheckArgs",
        handler=f"{_TOOLS}.checking:cargo_check",
        timeout_s=600.0,
        cost=_PROBE,
    ),
    ToolSpec(
        verb="clippy",
        summary="As cargo_check, with clippy's lints.",
        effect=Effect.SANDBOX,
        args=f"{_MODELS}:CheckArgs",
        handler=f"{_TOOLS}.checking:clippy",
        timeout_s=600.0,
        cost=_PROBE,
    ),
    ToolSpec(
        verb="cargo_test",
        summary="Build and run the tests of the tree with some edits made.",
        effect=Effect.SANDBOX,
        args=f"{_MODELS}:TestArgs",
        handler=f"{_TOOLS}.testing:cargo_test",
        timeout_s=900.0,
        cost=_PROBE,
    ),
    ToolSpec(
        verb="test_variants",
        summary="Which of many small changes make failing tests pass, with one build for all of them.",
        effect=Effect.SANDBOX,
        args=f"{_MODELS}:VariantArgs",
        handler=f"{_TOOLS}.variants:test_variants",
        timeout_s=900.0,
        cost=_PROBE,
    ),
    ToolSpec(
        verb="rustc_probe",
        summary="Compile one file or one text as a crate of its own, and run its tests if asked to.",
        effect=Effect.SANDBOX,
        args=f"{_MODELS}:ProbeArgs",
        handler=f"{_TOOLS}.probing:rustc_probe",
        timeout_s=120.0,
        cost=_PROBE,
    ),
    ToolSpec(
        verb="type_of",
        summary="The types of many expressions, by one run of the compiler.",
        effect=Effect.SANDBOX,
        args=f"{_MODELS}:TypeArgs",
        handler=f"{_TOOLS}.types:type_of",
        timeout_s=300.0,
        cost=_PROBE,
    ),
    ToolSpec(
        verb="rustfmt",
        summary="Format one file; the result is returned, the tree stays as it is.",
        effect=Effect.SANDBOX,
        args=f"{_MODELS}:FormatArgs",
        handler=f"{_TOOLS}.formatting:rustfmt",
        timeout_s=60.0,
    ),
    ToolSpec(
        verb="parse_probe",
        summary="Whether a file or a text parses.",
        effect=Effect.READ,
        args=f"{_MODELS}:SourceArgs",
        handler=f"{_TOOLS}.formatting:parse_probe",
        timeout_s=60.0,
    ),
    ToolSpec(
        verb="apply_edits",
        summary="Make edits in the sandbox's tree and report the exact change set.",
        effect=Effect.SANDBOX,
        args=f"{_MODELS}:TreeArgs",
        handler=f"{_TOOLS}.editing:apply_edits",
        timeout_s=60.0,
    ),
    ToolSpec(
        verb="read_span",
        summary="Read part of a file of the tree.",
        effect=Effect.READ,
        args=f"{_MODELS}:ReadArgs",
        handler=f"{_TOOLS}.reading:read_span",
        timeout_s=60.0,
    ),
    ToolSpec(
        verb="crates_at_hand",
        summary="Look into the crates on this machine: versions, features, and where they have a name.",
        effect=Effect.READ,
        args="rusta_cargo.crates.models:CratesArgs",
        handler=f"{_TOOLS}.crates:crates_at_hand",
        timeout_s=120.0,
    ),
    ToolSpec(
        verb="tree_hashes",
        summary="Digests of all files of the tree on disk, to see whether it changed.",
        effect=Effect.READ,
        args=f"{_MODELS}:NoArgs",
        handler=f"{_TOOLS}.reading:tree_hashes",
        timeout_s=120.0,
    ),
)

CHECKS = (
    CheckSpec("toolchain", "A Rust toolchain with cargo.", "rusta_cargo.checks:toolchain"),
    CheckSpec("clippy", "The clippy component.", "rusta_cargo.checks:clippy"),
    CheckSpec("rustfmt", "The rustfmt component.", "rusta_cargo.checks:rustfmt"),
    CheckSpec("rust_docs", "The installed documentation, for anchors.", "rusta_cargo.checks:rust_docs"),
    CheckSpec("rust_analyzer", "rust-analyzer, an optional helper.", "rusta_cargo.checks:rust_analyzer"),
)


@hookimpl
def rusta_tools() -> Iterable[ToolSpec]:
    """The cargo tools, and those of the repair domain."""
    from rusta_cargo.repair.declarations import TOOLS as REPAIR_TOOLS

    return (*TOOLS, *REPAIR_TOOLS)


@hookimpl
def rusta_checks() -> Iterable[CheckSpec]:
    """What the tools need of the machine."""
    return CHECKS


@hookimpl
def rusta_commands() -> Iterable[CommandSpec]:
    """The commands of the repair domain."""
    from rusta_cargo.repair.declarations import COMMANDS

    return COMMANDS


@hookimpl
def rusta_domains() -> Iterable[DomainSpec]:
    """The repair domain."""
    from rusta_cargo.repair.declarations import DOMAINS

    return DOMAINS


@hookimpl
def rusta_proposers() -> Iterable[ProposerSpec]:
    """The proposers of the repair domain."""
    from rusta_cargo.repair.declarations import PROPOSERS

    return PROPOSERS
