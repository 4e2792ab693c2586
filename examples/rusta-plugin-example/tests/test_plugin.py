"""The plugin as rusta's host sees it. The host of the fixture is strict: the first problem raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rusta_plugin_example import plugin

from rusta_conductor.refs import resolve

if TYPE_CHECKING:
    from rusta_conductor.host import PluginHost


def test_it_is_active(plugin_host: Callable[..., PluginHost]) -> None:
    (info,) = plugin_host(plugin).plugins.values()
    assert info.active
    assert info.problems == []
    assert info.declares == {
        "rusta_commands": ["census", "risk-notes"],
        "rusta_tools": ["risk_census", "risk_page"],
        "rusta_domains": ["risk_notes"],
        "rusta_proposers": ["team_renames"],
    }


def test_every_reference_leads_somewhere(plugin_host: Callable[..., PluginHost]) -> None:
    host = plugin_host(plugin)
    handlers = [
        *(tool.handler for tool in host.tools.values()),
        *(command.handler for command in host.commands.values()),
        *(domain.handler for domain in host.domains.values()),
        *(proposer.handler for proposer in host.proposers.values()),
    ]
    assert len(handlers) == 6
    assert all(callable(resolve(handler)) for handler in handlers)
