"""Builds the native part: as a hatch build hook, or in place by `python3 hatch_build.py [--force]`.

RUSTA_NATIVE=1 must succeed, RUSTA_NATIVE=0 builds nothing; unset, a failure is a warning and the
wheel becomes a pure one. Products go to native/rusta_native/_bin/ and are made anew only when the
sources or the compiler changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any

# The sources that lie beside this file, not an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parent / "native"))
from rusta_native.sources import STAMP, source_hash

if TYPE_CHECKING:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    Base = BuildHookInterface[Any]
else:
    try:
        from hatchling.builders.hooks.plugin.interface import BuildHookInterface as Base
    except ImportError:  # run as a script
        Base = object

PRODUCTS = ("librusta_native.so", "rusta-launch")
COMMAND = ("build", "--release", "--offline", "--locked")


class NativeBuildError(Exception):
    """The native part could not be built; the message says why."""


class NativeBuildHook(Base):
    """Hatch hook of the wheel target, editable installs included."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build, and mark the wheel as one for this platform; an sdist holds sources only."""
        if self.target_name != "wheel":
            return
        try:
            built = build(Path(self.root))
        except NativeBuildError as error:
            if wanted() is True:
                raise
            self.app.display_warning(f"rusta is installed without its native part: {error}")
            return
        if built:
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{platform_tag()}"
            build_data["artifacts"].append("native/rusta_native/_bin/*")


def wanted() -> bool | None:
    """True: must be built; False: must not; None: if it can be."""
    value = os.environ.get("RUSTA_NATIVE", "")
    if value not in ("", "0", "1"):
        raise NativeBuildError(f"RUSTA_NATIVE={value!r} is neither 0 nor 1")
    return {"": None, "0": False, "1": True}[value]


def platform_tag() -> str:
    """The platform part of the wheel's name, such as linux_x86_64."""
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")


def build(root: Path, *, force: bool = False) -> bool:
    """Bring the products up to date. False when RUSTA_NATIVE=0; NativeBuildError when it fails."""
    products = root / "native" / "rusta_native" / "_bin"
    if wanted() is False:
        shutil.rmtree(products, ignore_errors=True)
        return False
    if not sys.platform.startswith("linux"):
        raise NativeBuildError(f"the native part is for Linux, this is {sys.platform}")
    cargo, rustc = toolchain()
    stamp = products / STAMP
    fingerprint = f"{source_hash(root / 'native')} {compiler_hash(rustc)}"
    complete = all((products / name).exists() for name in PRODUCTS)
    if not force and complete and stamp.exists() and stamp.read_text("ascii") == fingerprint:
        return True
    target = root / "native" / "target"
    env = {**os.environ, "CARGO_TARGET_DIR": str(target), "RUSTC": str(rustc)}
    done = subprocess.run([str(cargo), *COMMAND], cwd=root / "native", env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise NativeBuildError(f"cargo {' '.join(COMMAND)} failed:\n{done.stderr.strip()}")
    products.mkdir(exist_ok=True)
    stamp.unlink(missing_ok=True)
    for name in PRODUCTS:
        temporary = products / f".{name}.new"
        shutil.copy2(target / "release" / name, temporary)
        temporary.replace(products / name)  # a running launcher keeps its file
    stamp.write_text(fingerprint, "ascii")
    return True


def toolchain() -> tuple[Path, Path]:
    """cargo and rustc: the toolchain's own programs, which start faster than rustup's proxies."""
    rustc = shutil.which("rustc")
    cargo = shutil.which("cargo")
    if rustc is None:
        raise NativeBuildError("rustc is not on the PATH; install a Rust toolchain")
    done = subprocess.run([rustc, "--print", "sysroot"], capture_output=True, text=True)
    own = Path(done.stdout.strip()) / "bin"
    if done.returncode == 0 and (own / "cargo").exists() and (own / "rustc").exists():
        return own / "cargo", own / "rustc"
    if cargo is None:
        raise NativeBuildError("cargo is not on the PATH; install a Rust toolchain")
    return Path(cargo), Path(rustc)


def compiler_hash(rustc: Path) -> str:
    """SHA-256 of what the compiler says of itself."""
    version = subprocess.run([str(rustc), "-vV"], capture_output=True, check=False).stdout
    return hashlib.sha256(version).hexdigest()


def main() -> int:
    """Build in place; the exit code."""
    try:
        built = build(Path(__file__).resolve().parent, force="--force" in sys.argv[1:])
    except NativeBuildError as error:
        sys.stderr.write(f"native part: {error}\n")
        return 1 if os.environ.get("RUSTA_NATIVE") == "1" else 0
    sys.stdout.write(f"native part: {'up to date' if built else 'left out (RUSTA_NATIVE=0)'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
