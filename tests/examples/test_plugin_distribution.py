"""The example distribution, built and installed as a stranger would install it, and run against this rusta."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DISTRIBUTION = "rusta-plugin-example"


@pytest.fixture(scope="session")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process that sees the installed distribution. Nothing of it stays in the tree."""
    site = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    source = root / "examples" / DISTRIBUTION
    offline = ["--no-index", "--no-deps", "--no-build-isolation"]
    done = subprocess.run(
        [*pip, *offline, "--target", str(site), str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    home = tmp_path_factory.mktemp("home")
    inherited = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([str(site), inherited] if inherited else [str(site)])
    return {
        **os.environ,
        "PYTHONPATH": path,
        "PYTHONDONTWRITEBYTECODE": "1",
        "RUSTA_HOME": str(home),
    }


def rusta(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("rusta")), *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def test_rusta_lists_it(installed: dict[str, str]) -> None:
    """Whatever other plugins have: this one is active, without a problem, and declares what its README says."""
    done = rusta(installed, "plugins", "--json")
    listed = {item["name"]: item for item in map(json.loads, done.stdout.splitlines())}
    assert listed["example"] == {
        "name": "example",
        "distribution": DISTRIBUTION,
        "version": "0.1.0",
        "module": "rusta_plugin_example.plugin",
        "active": True,
        "declares": {
            "commands": ["census", "risk-notes"],
            "tools": ["risk_census", "risk_page"],
            "domains": ["risk_notes"],
            "proposers": ["team_renames"],
        },
        "problems": [],
    }


def test_its_command_runs(installed: dict[str, str], root: Path) -> None:
    crate = root / "examples" / "broken" / "moved_value"
    done = rusta(installed, "census", str(crate), "--json")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["counts"] == {"unsafe": 0, "todo": 0, "panic": 0, "unwrap": 1}
    assert [site["path"] for site in data["sites"]] == ["tests/warehouse.rs"]


def test_its_domain_hands_over_a_bundle(installed: dict[str, str], root: Path, tmp_path: Path) -> None:
    """An episode of a stranger's kind: proved, applied, replayed from its log."""
    crate = tmp_path / "crate"
    shutil.copytree(root / "examples" / "broken" / "moved_value", crate)
    done = rusta(installed, "risk-notes", str(crate), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["outcome"], told["summary"]) == ("written", "RISKS.md: 1 sites, the page is right")
    assert not (crate / "RISKS.md").exists()
    assert rusta(installed, "apply", told["bundle"]["id"]).returncode == 0
    assert "- tests/warehouse.rs:32 unwrap" in (crate / "RISKS.md").read_text("utf-8")
    assert rusta(installed, "replay", told["episode"]).returncode == 0


def test_declaring_it_loads_nothing_heavy(installed: dict[str, str]) -> None:
    code = "import sys, rusta_plugin_example.plugin; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=installed, capture_output=True, text=True, check=True)
    assert not {"pydantic", "click", "tree_sitter", "rusta_cargo"} & set(done.stdout.split())


@pytest.mark.slow
def test_its_own_tests_pass(installed: dict[str, str], root: Path) -> None:
    folder = root / "examples" / DISTRIBUTION
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        env=installed,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
