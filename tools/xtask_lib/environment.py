"""Make `.venv`, keep it up to date, heal it, and run commands in it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from xtask_lib import machine, stamp
from xtask_lib.console import XtaskError, note, step, warn
from xtask_lib.lock import environment_lock
from xtask_lib.logged import CommandError, relative, run_logged
from xtask_lib.place import Place

# Set for everything that xtask starts: an xtask in there finds the set-up done and locked.
INSIDE = "RUSTA_XTASK_INSIDE"

# Settings of the user's shell that would make pip or Python look elsewhere than into .venv.
_MISLEADING = (
    "PYTHONHOME",
    "PYTHONPATH",
    "PIP_PREFIX",
    "PIP_REQUIRE_VIRTUALENV",
    "PIP_TARGET",
    "PIP_USER",
)

NO_NETWORK = """\
no network: pip could not reach the package index.
What .venv needs comes from PyPI on the first run and when dependencies change; connect, or point
PIP_INDEX_URL (or PIP_FIND_LINKS) at a mirror, and run the same command again."""


class Environment:
    """The virtual environment of one checkout."""

    def __init__(self, place: Place, environ: Mapping[str, str] = os.environ) -> None:
        self.place = place
        self.environ = {k: v for k, v in environ.items() if k not in _MISLEADING}
        machine.put_cargo_on_path(self.environ)
        venv_bin = str(place.venv / "bin")
        self.environ["PATH"] = os.pathsep.join([venv_bin, self.environ.get("PATH", os.defpath)])
        self.environ["VIRTUAL_ENV"] = str(place.venv)
        self.environ["PYTHONNOUSERSITE"] = "1"

    @contextmanager
    def ready(self, rust: bool = True) -> Iterator[None]:
        """Set up what is missing or out of date, then keep it from changing during the block.

        Raises XtaskError when the machine lacks something or the installation fails.
        """
        if self.environ.get(INSIDE) == str(self.place.root):
            yield
            return
        with environment_lock(self.place.state) as lock:
            log = self.place.state / "install.log"
            lock.share()
            # Between the two locks another run may set up for another Python, say: look again.
            for _ in range(3):
                reasons, _anew = stamp.out_of_date(self.place, self._inputs())
                if not reasons and not machine_lacks():
                    break
                lock.exclude()
                self._set_up(log, rust)
                lock.share()
            else:
                raise XtaskError(
                    "the set-up is out of date again right after it was done: "
                    f"{', '.join(reasons)}; is something else changing this checkout?"
                )
            if rust:
                machine.require_rust(self.environ)
            self.environ[INSIDE] = str(self.place.root)
            yield

    def run(self, command: Sequence[str | os.PathLike[str]], env: Mapping[str, str] = {}) -> int:
        """Run a command in the checkout's root, output untouched; returns its exit code."""
        sys.stdout.flush()
        process = subprocess.Popen(command, cwd=self.place.root, env={**self.environ, **env})
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                # The terminal sent it to the command as well, which knows best how to end.
                continue

    def module(self, module: str, *arguments: str, env: Mapping[str, str] = {}) -> int:
        """Run `python -m module` of the environment."""
        return self.run([self.place.python, "-m", module, *arguments], env)

    def _inputs(self) -> dict[str, str]:
        return stamp.current_inputs(self.place, self.environ)

    def _set_up(self, log: Path, rust: bool) -> None:
        log.unlink(missing_ok=True)
        machine.provide_system_packages(log, self.environ)
        if rust:
            machine.require_rust(self.environ)
        inputs = self._inputs()
        reasons, anew = stamp.out_of_date(self.place, inputs)
        if not reasons:
            return
        note(f"setting up .venv, because {', '.join(reasons)}")
        before = None if anew else self.place.stamp.read_bytes()
        try:
            self._install(log, anew)
        except CommandError as error:
            if before is not None and error.no_network:
                # pip gave up by itself, so what was there still is: good enough to go back to.
                self.place.stamp.write_bytes(before)
            if anew or error.no_network:
                raise self._explained(error, log) from None
            warn("the environment could not be brought up to date; making it anew")
            try:
                self._install(log, anew=True)
            except CommandError as again:
                raise self._explained(again, log) from None
        # The inputs from before the installation: what changed since then is a new reason.
        stamp.write(self.place, inputs)
        self._report_native()

    def _install(self, log: Path, anew: bool) -> None:
        if self.place.venv.is_symlink() or self.place.venv.is_file():
            self.place.venv.unlink()
        # From here on the environment counts as unfinished, whatever happens.
        self.place.stamp.unlink(missing_ok=True)
        if anew:
            with step(f"making .venv with Python {platform.python_version()}"):
                make = [_base_python(), "-m", "venv", "--clear", str(self.place.venv)]
                run_logged(make, log, self.environ, self.place.root)
        plugin = self.place.example_plugin
        folders = [self.place.root, *([plugin] if plugin else [])]
        # Without isolation pip needs no second download of the build tools, and nothing from the
        # network at all when only native sources changed.
        tools = stamp.build_requirements(f / "pyproject.toml" for f in folders)
        if any(tool.startswith("hatchling") for tool in tools):
            tools.append("editables")  # what hatchling asks for as soon as it builds an editable
        if tools:
            with step("installing the build tools"):
                self._pip(tools, log)
        editable = ["-e", f"{self.place.root}[dev]", *(["-e", str(plugin)] if plugin else [])]
        with step("installing rusta and what it needs (pip install -e .[dev])"):
            self._pip(["--no-build-isolation", *editable], log)
            count = len(list(self.place.venv.glob("lib/python3*/site-packages/*.dist-info")))
            note(f"{count} distributions installed; log: {relative(log)}")

    def _pip(self, arguments: Sequence[str], log: Path) -> None:
        options = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
        # pip's own five tries per package make a minute of waiting out of a missing network.
        env = {"PIP_RETRIES": "2", **self.environ, "PIP_ROOT_USER_ACTION": "ignore"}
        command = [str(self.place.python), "-m", "pip", "install", *options, *arguments]
        run_logged(command, log, env, self.place.root)

    def _explained(self, error: CommandError, log: Path) -> XtaskError:
        if error.no_network:
            return XtaskError(NO_NETWORK)
        return XtaskError(f"the set-up failed: {error}; the log is {relative(log)}")

    def _report_native(self) -> None:
        if self.environ.get("RUSTA_NATIVE") == "0":
            note("native code: not built (RUSTA_NATIVE=0)")
        elif not any(self.place.native_artifacts.glob("*")):
            warn("the native code was not built; rusta runs without it (RUSTA_NATIVE=1 insists)")


def machine_lacks() -> bool:
    """True when a required program of the operating system is missing."""
    return any(need.required and not need.present() for need in machine.SYSTEM_NEEDS)


def _base_python() -> str:
    """The interpreter to make environments with, also when xtask itself runs in one."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    if Path(base).exists():
        return str(base)
    return str(Path(sys.base_prefix, "bin", f"python3.{sys.version_info.minor}"))
