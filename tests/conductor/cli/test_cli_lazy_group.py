"""Groups whose subcommands are imported on use: what they list, and what they say of a name they do not have."""

from __future__ import annotations

import sys

import click
import pytest
from click.testing import CliRunner, Result

from rusta_akida.cli.akida import akida
from rusta_burst.cli.group import burst
from rusta_conductor.cli.context import Context
from rusta_conductor.cli.root import rusta

GROUPS = {"akida": akida, "burst": burst}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(rusta, list(arguments), obj=Context())


@pytest.mark.parametrize("name", GROUPS)
def test_every_listed_command_is_there(name: str) -> None:
    group = GROUPS[name]
    context = click.Context(group)
    listed = group.list_commands(context)
    assert listed
    for command in listed:
        assert isinstance(group.get_command(context, command), click.Command), command
    assert group.get_command(context, "nothing") is None


@pytest.mark.parametrize("name", GROUPS)
def test_a_near_name_is_suggested(name: str) -> None:
    first = next(iter(GROUPS[name].list_commands(click.Context(GROUPS[name]))))
    result = run(name, f"{first}x")
    assert result.exit_code == 2
    assert f"rusta: no command named '{first}x'; did you mean '{first}'" in result.stderr
    assert f"(see 'rusta {name} --help')" in result.stderr


def test_another_name_points_to_the_help() -> None:
    result = run("burst", "qqqq")
    assert result.exit_code == 2
    assert "no command named 'qqqq'; see what there is: (see 'rusta burst --help')" in result.stderr


def test_a_module_is_imported_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("rusta_burst.cli.making", "rusta_burst.cli.plotting"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    assert run("burst", "make", "--help").exit_code == 0
    assert "rusta_burst.cli.making" in sys.modules
    assert "rusta_burst.cli.plotting" not in sys.modules
