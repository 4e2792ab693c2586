"""Set-up and healing with a real pip, in a small checkout that needs no network.

The checkout has a build backend of its own (a few lines), so that nothing is downloaded.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PYPROJECT = """\
[build-system]
requires = []
build-backend = "toy_backend"
backend-path = ["."]

[project]
name = "rusta"
version = "0.1.0"
"""

# Enough of PEP 517 and PEP 660 for `pip install -e .`: a wheel with one console script.
BACKEND = """\
import os, time, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    while os.environ.get("TOY_HANG"):
        time.sleep(0.05)
    name = "rusta-0.1.0-py3-none-any.whl"
    info = "rusta-0.1.0.dist-info"
    files = {
        "rusta_toy.py": "def main():\\n    print('toy', __import__('sys').argv[1:])\\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\\nName: rusta\\nVersion: 0.1.0\\n"
        "Provides-Extra: dev\\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: toy\\nRoot-Is-Purelib: true\\n"
        "Tag: py3-none-any\\n",
        f"{info}/entry_points.txt": "[console_scripts]\\nrusta = rusta_toy:main\\n",
    }
    record = "".join(f"{n},,\\n" for n in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for n, text in {**files, f"{info}/RECORD": record}.items():
            wheel.writestr(n, text)
    return name

build_wheel = build_editable
"""

# Port 9 of this machine: nobody answers there, which is what pip sees without a network.
NOBODY_LISTENS = {"PIP_NO_INDEX": "", "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "1"}
NO_NETWORK = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the real xtask and a toy product."""
    root = tmp_path / "check out"
    root.mkdir()
    shutil.copy(ROOT / "xtask.py", root)
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "tools", root / "tools", ignore=skip)
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "toy_backend.py").write_text(BACKEND)
    return root


def xtask(root: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "xtask.py", *arguments],
        cwd=root,
        env={**os.environ, **NO_NETWORK, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def works(root: Path) -> bool:
    done = xtask(root, "doctor", "one")
    return done.returncode == 0 and done.stdout == "toy ['doctor', 'one']\n"


@pytest.mark.slow
def test_a_first_run_sets_up_and_a_second_does_not(checkout: Path) -> None:
    first = xtask(checkout, "doctor", "--json")
    assert first.returncode == 0, first.stderr
    assert first.stdout == "toy ['doctor', '--json']\n"
    assert "because there is no .venv" in first.stderr
    second = xtask(checkout, "doctor", "--json")
    assert (second.stdout, second.stderr) == (first.stdout, "")


@pytest.mark.slow
def test_misleading_settings_of_the_shell_have_no_effect(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "rusta_toy.py").write_text("raise SystemExit('the wrong one')\n")
    first = xtask(checkout, "setup", PIP_USER="1", PYTHONPATH=str(tmp_path), NO_COLOR="1")
    assert first.returncode == 0, first.stderr
    assert "\x1b" not in first.stderr
    assert works(checkout)


@pytest.mark.slow
def test_a_broken_environment_heals(checkout: Path) -> None:
    """One installation, broken in every way that people manage to."""
    assert xtask(checkout, "setup").returncode == 0
    venv = checkout / ".venv"

    (venv / "xtask-stamp.json").unlink()
    assert works(checkout), "half made"

    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to("/nonexistent/python")
    assert works(checkout), "the interpreter was removed"

    shutil.rmtree(next(venv.glob("lib/python3*/site-packages/rusta-*.dist-info")))
    (venv / "bin" / "rusta").unlink()
    assert works(checkout), "uninstalled by hand"

    for pip in venv.glob("lib/python3*/site-packages/pip"):
        shutil.rmtree(pip)
    (checkout / "pyproject.toml").write_text(PYPROJECT + "\n[tool.hatch]\nx = 1\n")
    assert works(checkout), "pip is gone and something changed"

    shutil.rmtree(venv)
    venv.write_text("a file where the folder should be")
    assert works(checkout), "not a folder"


@pytest.mark.slow
def test_a_moved_checkout_heals(checkout: Path) -> None:
    """The scripts of an environment name its place."""
    assert xtask(checkout, "setup").returncode == 0
    moved = checkout.rename(checkout.with_name("moved"))
    assert works(moved)


@pytest.mark.slow
def test_an_installation_that_is_killed_is_done_again(checkout: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "xtask.py", "setup"],
        cwd=checkout,
        env={**os.environ, **NO_NETWORK, "TOY_HANG": "1"},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    with process.stderr:
        for line in process.stderr:
            if "installing rusta" in line:
                break
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (checkout / ".venv" / "xtask-stamp.json").exists()
    done = xtask(checkout, "doctor", "one")
    assert "because it was never finished" in done.stderr
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_no_package_index_is_a_clear_failure(checkout: Path) -> None:
    text = PYPROJECT.replace("requires = []", 'requires = ["hatchling"]')
    (checkout / "pyproject.toml").write_text(text)
    done = xtask(checkout, "setup", **NOBODY_LISTENS)
    assert done.returncode == 1
    assert "no network: pip could not reach the package index" in done.stderr
    assert "build/xtask/install.log" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (checkout / ".venv" / "xtask-stamp.json").exists()


@pytest.mark.slow
def test_a_change_that_needs_the_network_can_be_taken_back_without_it(checkout: Path) -> None:
    assert xtask(checkout, "setup").returncode == 0
    text = PYPROJECT.replace("requires = []", 'requires = ["no-such-distribution-anywhere"]')
    (checkout / "pyproject.toml").write_text(text)
    done = xtask(checkout, "setup", **NOBODY_LISTENS)
    assert done.returncode == 1
    assert "no network" in done.stderr
    (checkout / "pyproject.toml").write_text(PYPROJECT)
    again = xtask(checkout, "doctor", "one")
    assert (again.returncode, again.stdout) == (0, "toy ['doctor', 'one']\n")
    assert again.stderr == ""


@pytest.mark.slow
def test_concurrent_runs_set_up_once(checkout: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "xtask.py", "doctor", str(number)],
            cwd=checkout,
            env={**os.environ, **NO_NETWORK},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    outputs = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert [out for out, _ in outputs] == [f"toy ['doctor', '{n}']\n" for n in range(3)]
    assert sum("making .venv" in err for _, err in outputs) == 1


@pytest.mark.slow
def test_clean_removes_what_was_built(checkout: Path) -> None:
    assert xtask(checkout, "setup").returncode == 0
    done = xtask(checkout, "clean")
    assert done.returncode == 0, done.stderr
    assert ".venv" in done.stderr.split()
    assert not (checkout / ".venv").exists()
    assert (checkout / "pyproject.toml").exists()
    assert works(checkout)
