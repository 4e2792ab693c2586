"""What this plugin declares: tools that read the documentation, and the commands ``anchor`` and ``docs``.

Only names stand here; the modules behind them are imported when they are used.
"""

from __future__ import annotations

from collections.abc import Iterable

from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.specs import CommandSpec, ToolSpec
from rusta_schemas.effects import Effect

_TOOLS = "rusta_docs.tools"

TOOLS = tuple(
    ToolSpec(
        verb=verb,
        summary=summary,
        effect=Effect.READ,
        args=f"{_TOOLS}.arguments:{args}",
        handler=f"{_TOOLS}.{module}:{verb}",
        timeout_s=60.0,
    )
    for verb, args, module, summary in (
        ("docs_search", "SearchArgs", "reading", "Search the installed documentation."),
        ("docs_anchor", "KeysArgs", "reading", "Passages for error codes, lints, rules and items, with anchors."),
        ("docs_cite", "CiteArgs", "citing", "Anchors for what messages are about."),
        ("docs_passage", "PassageArgs", "reading", "What an anchor cites today."),
        ("docs_explain", "ExplainArgs", "reading", "Explain diagnostics, with the rule behind each."),
    )
)

COMMANDS = (
    CommandSpec(
        "anchor",
        "Show what an anchor cites, and where it comes from",
        "rusta_docs.cli.anchor:anchor",
    ),
    CommandSpec("docs", "Index and search the installed documentation", "rusta_docs.cli.docs:docs"),
)


@hookimpl
def rusta_tools() -> Iterable[ToolSpec]:
    """The documentation tools."""
    return TOOLS


@hookimpl
def rusta_commands() -> Iterable[CommandSpec]:
    """The documentation commands."""
    return COMMANDS
