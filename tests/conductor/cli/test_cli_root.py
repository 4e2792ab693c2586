"""The root command: options, unknown names, and every way to end badly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from rusta_conductor.cli import RustaGroup, exit_codes, rusta
from rusta_conductor.errors import (
    BudgetExhausted,
    Cancelled,
    Divergence,
    PluginError,
    RustaError,
    UnknownOutcome,
    UsageError,
)
from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.host import PluginHost
from rusta_conductor.sandbox.errors import SandboxError
from rusta_conductor.specs import CommandSpec
from rusta_devlog import DevLogFailed, UnknownEpisode
from rusta_schemas.errors import WireError

ERRORS: dict[str, tuple[BaseException, int, str]] = {
    "usage": (UsageError("no such goal"), 2, "rusta: no such goal"),
    "runtime": (RustaError("it did not work"), 1, "rusta: it did not work"),
    "budget": (BudgetExhausted("probes", 2, 3), 3, "budget 'probes' is used up"),
    "unknown": (UnknownOutcome("who knows"), 4, "who knows"),
    "divergence": (Divergence("entry 3", "$.a", 1, 2), 5, "  recorded: 1\n  replayed: 2"),
    "cancelled": (Cancelled("interrupted"), 130, "interrupted"),
    "sandbox": (SandboxError("no rung"), 1, "rusta: no rung"),
    "schema": (WireError("not a line"), 2, "rusta: not a line"),
    "disk": (DevLogFailed("the disk is full"), 1, "rusta: the disk is full"),
    "episode": (UnknownEpisode("no such episode"), 2, "rusta: no such episode"),
    "click": (click.UsageError("bad option"), 2, "rusta: bad option"),
    "file": (PermissionError(13, "Permission denied", "/etc/x"), 1, "rusta: /etc/x: Permission"),
    "ctrl-c": (KeyboardInterrupt(), 130, "rusta: interrupted"),
    "steering": (RustaError("a\x1b[31mred\x07"), 1, r"a\u001b[31mred\u0007"),
}


@click.command()
@click.argument("name")
def fail(name: str) -> None:
    """Raise the error of that name."""
    if name == "fault":
        raise ValueError("a fault of ours")
    if name == "wait":
        print("waiting", flush=True)
        time.sleep(60)
    raise ERRORS[name][0]


@click.command()
def answer() -> int:
    """Return something, which means nothing."""
    return 42


not_a_command = "text"


class FailingPlugin:
    """Adds commands that end badly."""

    @hookimpl
    def rusta_commands(self) -> Iterable[CommandSpec]:
        here = __name__
        return (
            CommandSpec("fail", "Fail", f"{here}:fail"),
            CommandSpec("answer", "Answer", f"{here}:answer"),
            CommandSpec("odd", "Odd", f"{here}:not_a_command"),
            CommandSpec("gone", "Gone", "no_such_module_at_all:command"),
        )


@pytest.fixture
def failing(shell: Any, host: PluginHost) -> Any:
    host.register(FailingPlugin(), name="failing")
    return shell


@pytest.mark.parametrize("name", ERRORS)
def test_every_error_is_a_line_and_a_documented_code(failing: Any, name: str) -> None:
    _, code, words = ERRORS[name]
    done = failing("fail", name)
    assert done.exit_code == code
    assert code in exit_codes.MEANINGS
    assert words in done.stderr
    assert "Traceback" not in done.output
    assert done.stdout == ""


def test_a_fault_of_ours_is_kept_in_a_file_and_told_in_a_line(failing: Any) -> None:
    done = failing("fail", "fault")
    assert done.exit_code == 70
    assert "Traceback" not in done.stderr
    (report,) = (failing.home.path / "crash").iterdir()
    assert str(report) in done.stderr
    assert "ValueError: a fault of ours" in done.stderr
    text = report.read_text()
    assert "Traceback" in text
    assert "a fault of ours" in text
    assert report.stat().st_mode & 0o077 == 0


def test_a_fault_shows_its_trace_when_asked(failing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSTA_DEBUG", "1")
    assert "Traceback" in failing("fail", "fault").stderr


def test_a_fault_with_no_place_for_the_report_is_still_told(failing: Any, tmp_path: Path) -> None:
    failing.home = type(failing.home)(tmp_path / "file")
    (tmp_path / "file").write_text("in the way")
    done = failing("fail", "fault")
    assert done.exit_code == 70
    assert "could not be written" in done.stderr


def test_what_a_command_returns_is_no_exit_code(failing: Any) -> None:
    done = failing("answer")
    assert done.exit_code == 0


def test_an_unknown_command_names_the_nearest(shell: Any) -> None:
    done = shell("episode")
    assert done.exit_code == 2
    assert "no command named 'episode'; did you mean 'episodes'?" in done.stderr
    done = shell("xyzzy")
    assert done.exit_code == 2
    assert "rusta --help" in done.stderr


@pytest.mark.parametrize("name", ["odd", "gone"])
def test_a_command_that_cannot_be_loaded_names_its_handler(failing: Any, name: str) -> None:
    done = failing(name)
    assert done.exit_code == PluginError.exit_code
    assert "not_a_command" in done.stderr or "no_such_module_at_all" in done.stderr


def test_a_wrong_option_points_to_the_help_of_its_command(shell: Any) -> None:
    done = shell("plugins", "--jsno")
    assert done.exit_code == 2
    assert "see 'rusta plugins --help'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_help_lists_every_command_with_its_summary(shell: Any, host: PluginHost) -> None:
    for arguments in (("--help",), ("-h",)):
        done = shell(*arguments)
        assert done.exit_code == 0
        for spec in host.commands.values():
            assert spec.summary in done.stdout.replace("\n", " ")


def test_no_command_shows_the_help_and_counts_as_usage(shell: Any) -> None:
    done = shell()
    assert done.exit_code == 2
    assert "Commands:" in done.stderr


def test_every_command_of_the_runtime_has_help_and_json(shell: Any, host: PluginHost) -> None:
    for name in host.commands:
        done = shell(name, "--help")
        assert done.exit_code == 0, done.output
        if "Commands:" not in done.stdout:
            assert "--json" in done.stdout, name


def test_the_home_option_holds_for_the_command_and_for_nothing_after(
    shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    monkeypatch.setenv("RUSTA_HOME", "/nowhere/at/all")
    done = CliRunner().invoke(rusta, ["--home", str(other), "devlog", "list"])
    assert str(other / "devlog") in done.stdout, "also a command that knows nothing of us"
    assert os.environ["RUSTA_HOME"] == "/nowhere/at/all"
    monkeypatch.delenv("RUSTA_HOME")
    CliRunner().invoke(rusta, ["--home", str(other), "devlog", "list"])
    assert "RUSTA_HOME" not in os.environ


def test_trace_tells_of_every_hook_call(program: Any) -> None:
    done = program("--trace", "plugins")
    assert "trace: rusta_commands → conductor" in done.stderr
    assert "trace:" not in done.stdout
    assert "trace:" not in program("plugins").stderr


def test_used_inside_another_program_errors_come_out_as_they_are(failing: Any) -> None:
    from rusta_conductor.cli import Context

    context = Context.of(failing.host, failing.home)
    with pytest.raises(UsageError):
        rusta.main(["fail", "usage"], standalone_mode=False, obj=context)
    assert isinstance(rusta, RustaGroup)


def test_sigterm_ends_a_command_like_ctrl_c(tmp_path: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv.pop(1))\n"
        "import test_cli_root as here, rusta_conductor.cli as cli\n"
        "from rusta_conductor import builtin\nfrom rusta_conductor.host import PluginHost\n"
        "PluginHost.load_installed = lambda self: self.register(here.FailingPlugin(), name='f')\n"
        "cli.main()\n"
    )
    command = [sys.executable, "-c", script, str(Path(__file__).parent), "fail", "wait"]
    env = {**os.environ, "RUSTA_HOME": str(tmp_path)}
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True, env=env) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said.strip() == "rusta: interrupted"


def test_a_closed_pipe_is_no_error_to_speak_of(tmp_path: Path) -> None:
    rusta_program = Path(sys.executable).with_name("rusta")
    reading, writing = os.pipe()
    os.close(reading)
    env = {**os.environ, "RUSTA_HOME": str(tmp_path), "RUSTA_PLUGINS": ""}
    with open(writing, "wb") as gone:  # noqa: PTH123 - a descriptor
        done = subprocess.run([rusta_program, "plugins"], stdout=gone, stderr=-1, env=env, check=False)
    assert done.stderr == b""
    assert done.returncode == 1


def test_an_encoding_that_lacks_a_letter_does_not_stop_the_output(
    program: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = program("--home", tmp_path / "häuser", "episodes", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    done = program("--trace", "plugins", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert r"\u2192" in done.stderr


def test_every_code_is_explained_once() -> None:
    assert sorted(exit_codes.MEANINGS) == [0, 1, 2, 3, 4, 5, 10, 70, 130]
    names = [name for name, _ in exit_codes.MEANINGS.values()]
    assert len(set(names)) == len(names)
    assert set(exit_codes.OUTCOMES.values()) <= set(exit_codes.MEANINGS)


def test_a_message_of_click_is_one_line() -> None:
    """It breaks a list of choices over lines and indents it with tabs."""
    result = CliRunner().invoke(rusta, ["completion"])
    assert result.exit_code == 2
    assert "Choose from: bash, zsh, fish (see 'rusta completion --help')" in result.stderr
    assert result.stderr.count("\n") == 1
