"""`pip wheel .` makes a wheel that works by itself, away from the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, cwd: Path) -> str:
    environ = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, built from a copy of what is committed, so that nothing else gets in."""
    folder = tmp_path_factory.mktemp("wheel")
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in listing.decode().split("\0"):
        if (ROOT / name).is_file():
            (folder / "src" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / "src" / name)
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    run(*pip, "--wheel-dir", folder / "dist", folder / "src", cwd=folder)
    (found,) = (folder / "dist").glob("rusta-*.whl")
    return found


@pytest.mark.slow
def test_the_wheel_holds_code_types_and_data(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    data = (".py", ".json", ".typed", ".txt", ".html", ".toml", ".sql")
    for package in ("rusta_schemas", "rusta_devlog", "rusta_conductor", "rusta_cargo"):
        (folder,) = ROOT.glob(f"*/{package}")
        expected = {
            str(path.relative_to(folder.parent)) for path in folder.rglob("*") if path.suffix in data and path.is_file()
        }
        assert expected
        assert expected <= names
    assert any(name.startswith("rusta_schemas/v1/") for name in names)
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests/")]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("cargo") is None, reason="no cargo: wheels are without native code")
@pytest.mark.skipif(os.environ.get("RUSTA_NATIVE") == "0", reason="RUSTA_NATIVE=0")
def test_the_wheel_holds_the_native_artifacts(wheel: Path) -> None:
    """And says in its name for which machine they are."""
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in names if name.startswith("rusta_native/_bin/")]
    assert sysconfig.get_platform().rpartition("-")[2] in wheel.name


@pytest.mark.slow
def test_the_wheel_works_when_installed(wheel: Path, tmp_path: Path) -> None:
    """In a fresh environment that lends the dependencies, but not our sources, from this one."""
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv", cwd=tmp_path)
    (site,) = (tmp_path / "venv" / "lib").glob("python3*/site-packages")
    python = tmp_path / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps"]
    run(*pip, "--no-index", wheel, cwd=tmp_path)
    # Entries of a .pth file are not searched for .pth files: ours, which leads to the checkout,
    # has no effect there.
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    where = run(python, "-c", "import rusta_conductor as r; print(r.__file__)", cwd=tmp_path)
    assert where.startswith(str(tmp_path))
    assert "repair" in run(tmp_path / "venv" / "bin" / "rusta", "--help", cwd=tmp_path)
