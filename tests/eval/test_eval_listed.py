"""The crates that are measured on by default, and how they are installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from rusta_eval import listed
from rusta_eval.cases import in_learn
from rusta_eval.errors import EvalError


def test_a_listed_crate_keeps_its_half_whatever_its_version() -> None:
    halves = listed.halves()
    assert set(halves.values()) == {"learn", "measure"}
    for name, half in halves.items():
        assert all(in_learn(f"{name}-{version}") == (half == "learn") for version in ("0.1.0", "1.0.2", "9.9.9"))


def test_there_are_enough_crates_to_measure_on() -> None:
    assert sum(half == "measure" for half in listed.halves().values()) >= 20


def test_a_crate_is_in_a_package_of_its_name() -> None:
    assert listed.package_of("lazy_static") == "librust-lazy-static-dev"
    assert listed.package_of("unicode-width") == "librust-unicode-width-dev"


def test_what_is_not_in_the_registry_is_missing(tmp_path: Path) -> None:
    (tmp_path / "fnv-1.0.7").mkdir()
    everything = list(listed.halves())
    assert listed.missing(tmp_path / "nowhere") == everything
    assert listed.missing(tmp_path) == [name for name in everything if name != "fnv"]
    assert "fnv" not in listed.missing(tmp_path, "learn")
    assert "heck" in listed.missing(tmp_path, "learn")
    assert "heck" not in listed.missing(tmp_path, "measure")


def test_root_installs_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def run(argv: list[str]) -> int:
        ran.append(argv)
        return 0

    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/apt-get")
    listed.install([], run)
    assert ran == []
    listed.install(["lazy_static", "fnv"], run)
    assert ran[0][:2] == ["apt-get", "install"]
    assert ran[0][-2:] == ["librust-lazy-static-dev", "librust-fnv-dev"]
    with pytest.raises(EvalError, match="could not be installed"):
        listed.install(["fnv"], lambda _argv: 100)


def test_others_are_told_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/apt-get")
    with pytest.raises(EvalError, match=r"sudo apt-get install .*librust-fnv-dev"):
        listed.install(["fnv"], lambda _argv: pytest.fail("nothing may be run"))
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(EvalError, match="apt-get is not here"):
        listed.install(["fnv"], lambda _argv: 0)
