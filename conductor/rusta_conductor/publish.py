"""Writing what is generated from the code: the JSON Schemas, and the table of verbs in the documentation.

    python -m rusta_conductor.publish            write what has changed
    python -m rusta_conductor.publish --check    change nothing; exit code 1 when something is out of date

The schemas of documents and events come from ``rusta_schemas``; those of verbs from the tools that the plugins of our
own distribution declare (a stranger's are the stranger's to publish, with ``rusta_schemas.publish.verb_schema``).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel

from rusta_conductor.errors import RustaError, UsageError
from rusta_conductor.host import OWN_DISTRIBUTION, PluginHost
from rusta_conductor.refs import resolve
from rusta_conductor.specs import ToolSpec
from rusta_schemas.base import JsonObject
from rusta_schemas.publish import all_documents, differences, folder, verb_schema, write

BEGIN = "<!-- verbs: written by `python -m rusta_conductor.publish` -->"
END = "<!-- /verbs -->"


def own_tools(host: PluginHost) -> list[ToolSpec]:
    """The tools of our own distribution's plugins, by verb.

    Raises:
        UsageError: one of those plugins is broken, so its verbs are not known.
    """
    for info in host.plugins.values():
        if info.distribution == OWN_DISTRIBUTION and info.problems:
            raise UsageError(f"plugin {info.name!r} is broken: {info.problems[0]}")
    owned = [
        spec
        for verb, spec in sorted(host.tools.items())
        if host.plugins[host.owners["rusta_tools", verb]].distribution == OWN_DISTRIBUTION
    ]
    for spec in owned:
        args_model(spec)
    return owned


def args_model(spec: ToolSpec) -> type[BaseModel]:
    """The model of a tool's arguments.

    Raises:
        UsageError: it is not a model, or takes fields that it does not know.
    """
    model = resolve(spec.args)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise UsageError(f"tool {spec.verb!r}: {spec.args!r} is not a pydantic model")
    if model.model_config.get("extra") != "forbid":
        raise UsageError(f"tool {spec.verb!r}: {spec.args!r} must be closed (extra='forbid')")
    return model


def schema_files(tools: Sequence[ToolSpec]) -> dict[str, JsonObject]:
    """File name below ``v1`` → schema, for all documents, events and verbs."""
    verbs = {
        f"verbs/{spec.verb}.json": verb_schema(spec.verb, args_model(spec), str(spec.effect), spec.summary)
        for spec in tools
    }
    return {**all_documents(), **verbs}


def verb_table(tools: Sequence[ToolSpec]) -> str:
    """The verbs as a Markdown table; a question mark is an argument that may be left out."""
    lines = ["| verb | effect | arguments | what it does |", "|---|---|---|---|"]
    for spec in tools:
        fields = args_model(spec).model_fields
        names = ", ".join(
            f"`{field.alias or name}`{'' if field.is_required() else '?'}" for name, field in fields.items()
        )
        lines.append(f"| `{spec.verb}` | {spec.effect} | {names} | {spec.summary} |")
    return "\n".join(lines)


def with_table(page: str, table: str) -> str:
    """``page`` with ``table`` between its two marks.

    Raises:
        UsageError: the marks are not there.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise UsageError(f"the page has no place for the table: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def actions_page() -> Path:
    """The page with the table of verbs; only a checkout has it."""
    return folder().parents[2] / "docs" / "reference" / "actions.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; gives the exit code."""
    parser = argparse.ArgumentParser(prog="rusta_conductor.publish", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, only compare")
    check = parser.parse_args(arguments).check
    host = PluginHost()
    host.load_installed()
    try:
        tools = own_tools(host)
        files = schema_files(tools)
        changed = differences(files, folder()) if check else write(files, folder())
        page = actions_page()
        if page.is_file():
            old = page.read_text("utf-8")
            new = with_table(old, verb_table(tools))
            if new != old:
                changed.append(page.name)
                if not check:
                    page.write_text(new, "utf-8")
    except RustaError as error:
        print(f"publish: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    for name in changed:
        print(f"{'out of date' if check else 'written'}: {name}")  # noqa: T201
    if check and changed:
        print("run: python -m rusta_conductor.publish", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
