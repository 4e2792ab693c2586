"""``rusta doctor``: every check in its own try, and each failure with advice."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import rusta_native
from rusta_conductor import doctor
from rusta_conductor.doctor import Check
from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.host import PluginHost
from rusta_conductor.specs import CheckSpec


def fine(home: Path) -> Check:
    return Check("fine", True, f"all is well in {home.name}")


def lacking(home: Path) -> Check:
    return Check("lacking", None, "nothing there", "Optional.\nInstall it.")


def broken(home: Path) -> Check:
    return Check("broken", False, "out of \x1b[31morder", "Mend it.", {"size": 3})


def raising(home: Path) -> Check:
    raise RuntimeError("the check is ill")


def other(home: Path) -> str:
    return "fine"


class Checks:
    """A plugin with the checks of the given names."""

    def __init__(self, *names: str) -> None:
        self._names = names

    @hookimpl
    def rusta_checks(self) -> Iterable[CheckSpec]:
        return [CheckSpec(n, f"about {n}", f"{__name__}:{n}") for n in self._names]


@pytest.fixture
def bare(shell: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A shell whose host declares no checks of its own, so that only the test's are run."""
    shell.host.checks.clear()
    return shell


def test_all_is_well(bare: Any) -> None:
    bare.host.register(Checks("fine", "lacking"), name="mine")
    done = bare("doctor")
    assert done.exit_code == 0, done.output
    assert "fine     all is well in home" in done.stdout
    assert "lacking  nothing there" in done.stdout
    assert "Install it." in done.stdout


def test_every_failure_has_its_line_and_its_advice(bare: Any) -> None:
    bare.host.register(Checks("fine", "broken", "raising", "other"), name="mine")
    done = bare("doctor")
    assert done.exit_code == 1
    assert r"out of \u001b[31morder" in done.stdout
    assert "Mend it." in done.stdout
    assert "about raising: the check itself failed: RuntimeError: the check is ill" in done.stdout
    assert "about other: the check itself failed: TypeError: it returned str" in done.stdout
    assert done.stdout.count("plugin 'mine'") == 2
    assert "3 of 4 checks failed: broken, raising, other" in done.stdout


def test_as_json(bare: Any) -> None:
    bare.host.register(Checks("fine", "broken"), name="mine")
    done = bare("doctor", "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert told["ok"] is False
    assert told["checks"][1] == {
        "name": "broken",
        "ok": False,
        "summary": "out of \x1b[31morder",
        "advice": "Mend it.",
        "detail": {"size": 3},
    }


def test_python_names_a_library_that_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check = doctor.check_python(tmp_path)
    assert check.ok is True, check
    libraries = check.detail["libraries"]
    assert isinstance(libraries, dict)
    assert {"click", "pluggy", "pydantic"} <= set(libraries)
    assert "pytest" not in libraries, "what only developers need is not asked for"
    monkeypatch.setattr(doctor, "_requirements", lambda: ["click", "no-such-library"])
    check = doctor.check_python(tmp_path)
    assert check.ok is False
    assert check.advice == "pip install no-such-library"
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (9, 9))
    assert "Python 9.9" in doctor.check_python(tmp_path).advice


def test_home_is_looked_at_and_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "a" / "b"
    assert doctor.check_home(home).ok is True
    assert not home.exists()
    home.mkdir(parents=True, mode=0o700)
    assert doctor.check_home(home).ok is True
    home.chmod(0o755)
    check = doctor.check_home(home)
    assert check.ok is None
    assert f"chmod 700 {home}" in check.advice
    file = tmp_path / "file"
    file.write_text("")
    assert doctor.check_home(file / "home").ok is False
    monkeypatch.setattr(doctor, "ROOM_MIB", 1 << 40)
    assert "too little room" in doctor.check_home(home).summary


def test_the_sandbox_check_tells_of_every_rung_and_the_chosen_one(tmp_path: Path) -> None:
    """The rungs are really tried here, whatever this machine has."""
    check = doctor.check_sandbox(tmp_path / "home")
    rungs = check.detail["rungs"]
    assert isinstance(rungs, list)
    assert [rung["rung"] for rung in rungs if isinstance(rung, dict)][-1] == "none"
    works = [r["rung"] for r in rungs if isinstance(r, dict) and r["ok"]]
    assert check.detail["chosen"] == works[0]
    assert check.summary.startswith(f"{works[0]}:")
    assert check.ok is {"overlay": True, "none": False}.get(str(works[0]))


def test_a_forced_rung_that_does_not_exist_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSTA_SANDBOX", "cellar")
    check = doctor.check_sandbox(tmp_path / "home")
    assert check.ok is False
    assert "cellar" in check.summary
    assert "RUSTA_SANDBOX" in check.advice


def test_native_is_optional(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSTA_NATIVE", "0")
    check = doctor.check_native(tmp_path)
    assert check.ok is None
    assert check.summary


def test_a_stale_native_library_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It loads, but it is not what the sources say; a library of the same ABI may lack what is new in them."""
    status = rusta_native.NativeStatus(True, tmp_path / "lib.so", 1, "loaded lib.so", (), stale=True)
    monkeypatch.setattr(rusta_native, "status", lambda: status)
    check = doctor.check_native(tmp_path)
    assert check.ok is None
    assert check.summary == "loaded lib.so, from other sources than those in this checkout"
    assert "python3 hatch_build.py" in check.advice
    assert check.detail["stale"] is True


def test_half_applied_bundles_are_shown_and_left_alone(tmp_path: Path) -> None:
    assert doctor.check_bundles(tmp_path).ok is True
    journal = tmp_path / "bundles" / "0123456789abcdef.applying"
    journal.parent.mkdir()
    document = {
        "v": 1,
        "bundle": "0123456789abcdef" + "0" * 48,
        "direction": "apply",
        "root": "/tree",
        "files": [],
    }
    journal.write_text(json.dumps(document))
    check = doctor.check_bundles(tmp_path)
    assert check.ok is False
    assert "rusta apply 0123456789ab" in check.advice
    assert "/tree" in check.advice
    assert journal.exists()


def test_the_runtime_s_checks_are_all_declared(host: PluginHost) -> None:
    functions = {name for name in vars(doctor) if name.startswith("check_")}
    declared = {spec.handler.partition(":")[2] for spec in host.checks.values()}
    assert functions == declared
