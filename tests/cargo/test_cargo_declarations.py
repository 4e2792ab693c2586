"""The plugin module is light, and everything it names is there."""

from __future__ import annotations

import subprocess
import sys

from pydantic import BaseModel

from rusta_cargo import plugin
from rusta_conductor.refs import resolve


def test_reading_the_declarations_loads_nothing_heavy() -> None:
    code = (
        "import sys, rusta_cargo.plugin as p\n"
        "[f() for f in (p.rusta_tools, p.rusta_checks, p.rusta_commands, p.rusta_domains, p.rusta_proposers)]\n"
        "print(*[m for m in ('pydantic', 'tree_sitter', 'sqlite3', 'click', 'tomllib', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_every_reference_leads_somewhere() -> None:
    for tool in plugin.TOOLS:
        args = resolve(tool.args)
        assert isinstance(args, type)
        assert issubclass(args, BaseModel)
        assert callable(resolve(tool.handler))
    for check in plugin.CHECKS:
        assert callable(resolve(check.handler))


def test_only_tools_that_compile_spend_probes() -> None:
    spending = {tool.verb for tool in plugin.TOOLS if tool.cost.get("probes")}
    assert spending == {
        "cargo_check", "clippy", "cargo_test", "test_variants", "rustc_probe", "type_of"
    }  # fmt: skip
