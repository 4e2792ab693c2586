"""Broken plugins, as real distributions on the path: each is named, and none hurts anybody else."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

GOOD = """
from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.specs import CommandSpec, ToolSpec
from rusta_schemas.effects import Effect

@hookimpl
def rusta_commands():
    return [CommandSpec("greet", "Say hello", "good_plugin_command:greet")]

@hookimpl
def rusta_tools():
    return [ToolSpec("good_tool", "Do good", Effect.READ, "m:A", "m:run")]
"""
GREET = """
import click

@click.command()
def greet():
    print("hello from a plugin")
"""
BROKEN: dict[str, tuple[str, str]] = {
    "importfails": ("import no_such_module_here\n", "import failed: ModuleNotFoundError"),
    "exits": ("import sys\nsys.exit(3)\n", "import failed: SystemExit: 3"),
    "syntax": ("def (:\n", "import failed: SyntaxError"),
    "misspelt": (
        "from rusta_conductor.hookspecs import hookimpl\n@hookimpl\ndef rusta_tool():\n    return []\n",
        "did you mean 'rusta_tools'?",
    ),
    "unmarked": ("def rusta_tools():\n    return []\n", "put @hookimpl before it"),
    "raises": (
        "from rusta_conductor.hookspecs import hookimpl\n"
        "@hookimpl\ndef rusta_tools():\n    raise RuntimeError('bad day')\n",
        "declaration failed: RuntimeError: bad day",
    ),
    "steals": (
        "from rusta_conductor.hookspecs import hookimpl\n"
        "from rusta_conductor.specs import CommandSpec\n"
        "@hookimpl\ndef rusta_commands():\n"
        "    return [CommandSpec('plugins', 'Stolen', 'x:y'), CommandSpec('zz', 'Own', 'x:y')]\n",
        "'plugins' belongs to plugin 'conductor'",
    ),
}
OBSERVER = """
from rusta_conductor.hookspecs import hookimpl

@hookimpl
def rusta_entry(entry):
    raise RuntimeError("cannot look at " + entry.kind)
"""

Program = Callable[..., subprocess.CompletedProcess[str]]


def distribution(site: Path, name: str, source: str, **more: str) -> None:
    """Install a distribution ``dist-NAME`` with one plugin, as pip would leave it."""
    (site / f"{name}_plugin.py").write_text(source)
    for module, text in more.items():
        (site / f"{module}.py").write_text(text)
    info = site / f"dist_{name}-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: dist-{name}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[rusta]\n{name} = {name}_plugin\n")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of installed distributions: one good plugin and every kind of broken one."""
    folder = tmp_path / "site"
    folder.mkdir()
    distribution(folder, "good", GOOD, good_plugin_command=GREET)
    for name, (source, _) in BROKEN.items():
        distribution(folder, name, source)
    return folder


@pytest.fixture
def everything(program: Program, site: Path) -> Program:
    """The program, with every plugin of ``site`` and without those installed beside us."""
    names = ",".join(["good", *BROKEN])

    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return program(*arguments, **{"PYTHONPATH": str(site), "RUSTA_PLUGINS": names, **env})

    return run


def test_each_broken_plugin_is_named_with_what_is_wrong(everything: Program) -> None:
    done = everything("plugins", "--json")
    assert done.returncode == 1
    found = {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert found["good"]["active"]
    assert found["good"]["problems"] == []
    assert found["good"]["declares"] == {"commands": ["greet"], "tools": ["good_tool"]}
    assert (found["good"]["distribution"], found["good"]["version"]) == ("dist-good", "1.2")
    assert found["conductor"]["problems"] == []
    for name, (_, words) in BROKEN.items():
        assert any(words in problem for problem in found[name]["problems"]), found[name]
        assert found[name]["active"] is (name == "steals"), "a thief keeps what is its own"


def test_the_table_says_the_same_for_people(everything: Program) -> None:
    done = everything("plugins")
    assert done.returncode == 1
    for name, (_, words) in BROKEN.items():
        assert f"problem in {name} " in done.stdout
        assert words in done.stdout
    assert done.stderr == "", "what the table says is not said twice"


def test_the_others_work(everything: Program) -> None:
    done = everything("greet")
    assert (done.returncode, done.stdout) == (0, "hello from a plugin\n")
    lines = done.stderr.splitlines()
    assert len(lines) == len(BROKEN), "one line a plugin"
    for name in BROKEN:
        assert sum(f"plugin {name!r} " in line for line in lines) == 1
    assert all("rusta plugins" in line for line in lines)


def test_the_warnings_can_be_silenced(everything: Program) -> None:
    assert everything("greet", RUSTA_QUIET_PLUGINS="1").stderr == ""


def test_help_works_with_everything_broken(everything: Program) -> None:
    done = everything("--help")
    assert done.returncode == 0
    assert "greet" in done.stdout
    assert "Stolen" not in done.stdout


def test_the_strict_switch_makes_the_first_problem_an_error(everything: Program) -> None:
    done = everything("greet", RUSTA_STRICT_PLUGINS="1")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "rusta: plugin '" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", BROKEN)
def test_strictness_is_for_each_kind(everything: Program, name: str) -> None:
    done = everything("greet", RUSTA_STRICT_PLUGINS="1", RUSTA_PLUGINS=f"good,{name}")
    assert done.returncode == 1
    assert f"plugin {name!r}" in done.stderr


def test_a_selection_leaves_the_broken_ones_out(everything: Program) -> None:
    done = everything("greet", RUSTA_STRICT_PLUGINS="1", RUSTA_PLUGINS="good")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_name_that_is_not_installed_is_told(everything: Program) -> None:
    done = everything("greet", RUSTA_PLUGINS="good,goood")
    assert done.returncode == 2
    assert "'goood'" in done.stderr


def test_doctor_counts_them(program: Program, site: Path) -> None:
    done = program("doctor", "--json", PYTHONPATH=str(site), RUSTA_PLUGINS="(unset)")
    assert done.returncode == 1
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["plugins"]["ok"] is False
    assert "importfails" in checks["plugins"]["summary"]


def test_an_observer_that_raises_stops_nobody(program: Program, site: Path, tmp_path: Path, bundle_file: Any) -> None:
    distribution(site, "observer", OBSERVER)
    path, tree = bundle_file
    done = program("apply", path, PYTHONPATH=str(site), RUSTA_PLUGINS="observer")
    assert done.returncode == 0, done.stderr
    assert (tree / "a.txt").read_text() == "new\n"
    assert "RuntimeError: cannot look at opened" in done.stderr
    assert "Traceback" not in done.stderr
    assert program("devlog", "verify").returncode == 0
