"""The tools of a flash pass what every tool should pass, and the plugin declares what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import rusta_akida.plugin as plugin
from rusta_conductor import testing
from rusta_conductor.host import PluginHost
from rusta_schemas.effects import Effect

TOOLS = {spec.verb: spec for spec in plugin.TOOLS}


class TestSense(testing.ToolConformance):
    spec = TOOLS["flash_sense"]
    good_args: ClassVar = {"device": "virtual"}
    bad_args: ClassVar = {"device": ""}


def test_the_plugin_is_active(plugin_host: Callable[..., PluginHost]) -> None:
    (info,) = plugin_host(plugin).plugins.values()
    assert info.active
    assert info.problems == []
    assert {"flash", "akida"} <= set(info.declares["rusta_commands"])
    assert info.declares["rusta_domains"] == ["flash"]


def test_every_lasting_tool_can_be_asked_whether_it_happened() -> None:
    lasting = {verb for verb, spec in TOOLS.items() if spec.effect is Effect.DEVICE}
    assert lasting == {f"flash_{name}" for name in ("write", "replace", "activate", "restore", "discard")}
    assert all(TOOLS[verb].reconcile for verb in lasting)
    assert all(spec.effect in (Effect.READ, Effect.SANDBOX, Effect.DEVICE) for spec in TOOLS.values())
