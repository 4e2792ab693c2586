"""Fixtures and helpers for the tests of plugins. pytest finds this package by itself where ``rusta`` is installed.

Fixtures: ``rusta_home``, ``devlog``, ``plugin_host``, ``episode``, ``sandbox_repo``. Helpers, imported when asked for:
:class:`ToolConformance`, :class:`ScriptedDomain`, :func:`reference`.

    from rusta_conductor.testing import ToolConformance

    class TestCount(ToolConformance):
        spec = ToolSpec("count", "Count files", Effect.READ, "my.tool:Args", "my.tool:run")
        good_args = {"folder": "src"}
        bad_args = {"folder": 7}

    def test_a_run(episode):
        live = episode({"sense": [{"call": "count", "args": {"folder": "."}}]}, plugins=[my_plugin])
        assert live.run().result.outcome == "done"

pytest loads this module at every start, so it imports nothing heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rusta_conductor.testing.fixtures import (
    devlog,
    episode,
    plugin_host,
    rusta_home,
    sandbox_repo,
)

if TYPE_CHECKING:
    from rusta_conductor.testing.conformance import ToolConformance
    from rusta_conductor.testing.references import reference
    from rusta_conductor.testing.scripted import ScriptedDomain

_LAZY = {
    "ToolConformance": "conformance",
    "ScriptedDomain": "scripted",
    "reference": "references",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)


__all__ = [
    "ScriptedDomain",
    "ToolConformance",
    "devlog",
    "episode",
    "plugin_host",
    "reference",
    "rusta_home",
    "sandbox_repo",
]
