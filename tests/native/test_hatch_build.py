"""The build hook: what is built when, and what RUSTA_NATIVE makes of a failure."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from rusta_native import sources

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.delenv("RUSTA_NATIVE", raising=False)
    spec = importlib.util.spec_from_file_location("hatch_build", REPOSITORY / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the native sources without build products."""
    ignore = shutil.ignore_patterns("target", "_bin", "__pycache__")
    shutil.copytree(REPOSITORY / "native", tmp_path / "native", ignore=ignore)
    return tmp_path


def fake_cargo(place: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """A toolchain whose cargo is a script; its calls are counted in a file."""
    tools = place / "tools"
    tools.mkdir()
    log = place / "calls"
    for name, body in {"cargo": f'echo "$@" >>{log}\n{script}', "rustc": "echo fake 1"}.items():
        path = tools / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    return log


BUILD = (
    'mkdir -p "$CARGO_TARGET_DIR/release"; '
    'echo lib >"$CARGO_TARGET_DIR/release/librusta_native.so"; '
    'echo bin >"$CARGO_TARGET_DIR/release/rusta-launch"'
)


def test_builds_only_when_something_changed(hook: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline and locked; again after an edit, a lost product, or by force."""
    log = fake_cargo(checkout, monkeypatch, BUILD)
    products = checkout / "native/rusta_native/_bin"
    assert hook.build(checkout)
    assert log.read_text() == "build --release --offline --locked\n"
    assert {path.name for path in products.iterdir()} == {
        "librusta_native.so",
        "rusta-launch",
        "stamp",
    }
    calls = []
    for change in (
        lambda: None,
        lambda: (checkout / "native/src/lib.rs").write_text("// another"),
        lambda: (products / "rusta-launch").unlink(),
    ):
        change()
        assert hook.build(checkout)
        calls.append(len(log.read_text().splitlines()))
    assert calls == [1, 2, 3]
    assert hook.build(checkout, force=True)
    assert len(log.read_text().splitlines()) == 4


def test_a_build_is_stale_as_soon_as_its_sources_change(
    hook: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit, a new file or a lost stamp; an installed package, which has no sources beside it, never is."""
    fake_cargo(checkout, monkeypatch, BUILD)
    package = checkout / "native/rusta_native"
    library = checkout / "native/src/lib.rs"
    hook.build(checkout)
    assert not sources.is_stale(package)
    before = library.read_text()
    library.write_text(before + "// more\n")
    assert sources.is_stale(package)
    library.write_text(before)
    assert not sources.is_stale(package)
    (checkout / "native/src/new.rs").write_text("")
    assert sources.is_stale(package)
    hook.build(checkout)
    assert not sources.is_stale(package)
    (package / "_bin/stamp").unlink()
    assert sources.is_stale(package)
    shutil.copytree(package, checkout / "site-packages/rusta_native")
    assert not sources.is_stale(checkout / "site-packages/rusta_native")


def test_switched_off_builds_nothing(hook: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """RUSTA_NATIVE=0 also removes what was built before."""
    log = fake_cargo(checkout, monkeypatch, BUILD)
    hook.build(checkout)
    monkeypatch.setenv("RUSTA_NATIVE", "0")
    assert hook.build(checkout) is False
    assert not (checkout / "native/rusta_native/_bin").exists()
    assert len(log.read_text().splitlines()) == 1
    monkeypatch.setenv("RUSTA_NATIVE", "maybe")
    with pytest.raises(hook.NativeBuildError, match="neither 0 nor 1"):
        hook.build(checkout)


def test_failures_say_why(hook: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """cargo's message comes along; a missing toolchain says what to install."""
    fake_cargo(checkout, monkeypatch, "echo 'error: no luck' >&2; exit 101")
    with pytest.raises(hook.NativeBuildError, match="no luck"):
        hook.build(checkout)
    monkeypatch.setenv("PATH", str(checkout / "empty"))
    with pytest.raises(hook.NativeBuildError, match="install a Rust toolchain"):
        hook.build(checkout)


class App:
    def __init__(self) -> None:
        self.warnings: list[str] = []

    def display_warning(self, text: str) -> None:
        self.warnings.append(text)


def test_the_hook_marks_the_wheel(hook: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Built: a platform wheel with the products. Failed: a pure one with a warning, or an error."""
    fake_cargo(checkout, monkeypatch, BUILD)
    instance = hook.NativeBuildHook.__new__(hook.NativeBuildHook)
    app = App()
    monkeypatch.setattr(hook.NativeBuildHook, "root", str(checkout), raising=False)
    monkeypatch.setattr(hook.NativeBuildHook, "app", app, raising=False)
    monkeypatch.setattr(hook.NativeBuildHook, "target_name", "sdist", raising=False)
    sources: dict[str, object] = {"artifacts": []}
    instance.initialize("standard", sources)
    assert sources == {"artifacts": []}
    monkeypatch.setattr(hook.NativeBuildHook, "target_name", "wheel", raising=False)
    data: dict[str, object] = {"artifacts": [], "pure_python": True}
    instance.initialize("standard", data)
    assert data["artifacts"] == ["native/rusta_native/_bin/*"]
    assert data["pure_python"] is False
    assert str(data["tag"]).startswith("py3-none-linux_")
    monkeypatch.setenv("PATH", str(checkout / "empty"))
    data = {"artifacts": [], "pure_python": True}
    instance.initialize("editable", data)
    assert data == {"artifacts": [], "pure_python": True}
    assert "without its native part" in app.warnings[0]
    monkeypatch.setenv("RUSTA_NATIVE", "1")
    with pytest.raises(hook.NativeBuildError):
        instance.initialize("standard", data)


@pytest.mark.slow
def test_a_real_wheel(checkout: Path) -> None:
    """Through hatchling: the wheel carries a library that loads and a launcher that runs."""
    pytest.importorskip("hatchling")
    if shutil.which("rustc") is None:
        pytest.skip("no Rust toolchain")
    import subprocess

    shutil.copy(REPOSITORY / "hatch_build.py", checkout)
    (checkout / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "trial"\nversion = "1"\n'
        "[tool.hatch.build.targets.wheel]\npackages = ['native/rusta_native']\n"
        "[tool.hatch.build.targets.wheel.hooks.custom]\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = (checkout / "dist").glob("*.whl")
    assert "-py3-none-linux_" in wheel.name
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(checkout / "installed")
        modes = {i.filename: i.external_attr >> 16 for i in archive.infolist()}
    assert modes["rusta_native/_bin/rusta-launch"] & 0o111
    code = "import rusta_native as n; assert n.load().self_test() == 0; print(n.__file__)"
    shown = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(checkout / "installed"), "RUSTA_NATIVE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert str(checkout / "installed") in shown.stdout, shown.stderr
