"""The variables that cargo and rustc get in a sandbox: everything they need, and nothing of the user's."""

from __future__ import annotations

from pathlib import Path

from rusta_cargo.cargo_config import cargo_home, outside_config, to_toml
from rusta_cargo.project import Project
from rusta_cargo.toolchain import Toolchain

# Unpacked crates, the index and git checkouts; credentials and installed programs stay outside.
_SHARED = ("registry/index", "registry/cache", "git/db", "git/checkouts")
_UNPACKED = "registry/src"
# The first release whose compiler can leave debug information out of what it links.
_STRIPS = (1, 59)


def shared_folders() -> tuple[Path, ...]:
    """The folders of the user's CARGO_HOME that sandboxes may read."""
    home = cargo_home()
    return tuple(home / name for name in (*_SHARED, _UNPACKED) if (home / name).is_dir())


def lay_cargo_home(folder: Path, project: Project) -> None:
    """Make ``folder`` the CARGO_HOME of one sandbox: links to the shared parts, and a configuration without secrets."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    home = cargo_home()
    for name in _SHARED:
        if (home / name).is_dir():
            _link(folder / name, home / name)
    unpacked = home / _UNPACKED
    if unpacked.is_dir():
        # A real folder with a link a crate, so that cargo can unpack further crates from the shared cache beside them.
        for registry in unpacked.iterdir():
            if registry.is_dir():
                (folder / _UNPACKED / registry.name).mkdir(parents=True, exist_ok=True, mode=0o700)
                for crate in registry.iterdir():
                    _link(folder / _UNPACKED / registry.name / crate.name, crate)
    outside = outside_config(project.cargo_folder, project.root)
    (folder / "config.toml").write_text(to_toml(outside.tables), encoding="utf-8")


def cargo_environment(toolchain: Toolchain, cargo_home_inside: Path, target: Path) -> dict[str, str]:
    """The environment of every command; ``target`` is the lane's warm target folder."""
    binaries = toolchain.sysroot / "bin"
    return {
        "PATH": f"{binaries}:/usr/local/bin:/usr/bin:/bin",
        "CARGO_HOME": str(cargo_home_inside),
        "CARGO_TARGET_DIR": str(target),
        "CARGO_NET_OFFLINE": "true",
        "CARGO_INCREMENTAL": "1",
        "CARGO_TERM_COLOR": "never",
        "CARGO_TERM_PROGRESS_WHEN": "never",
        "CARGO_CACHE_AUTO_CLEAN_FREQUENCY": "never",
        "RUSTC": str(binaries / "rustc"),
        "RUSTDOC": str(binaries / "rustdoc"),
        "RUST_BACKTRACE": "0",
        "TERM": "dumb",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def examples_environment(toolchain: Toolchain) -> dict[str, str]:
    """What the examples of the documentation get besides.

    Every example is a program of its own, linked to be run once: copying the standard library's debug information into
    it takes a fifth of the time. The user's own flags stay, cargo joins them.
    """
    return {"CARGO_BUILD_RUSTDOCFLAGS": "-Cstrip=debuginfo"} if toolchain.numbers >= _STRIPS else {}


def _link(place: Path, target: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not place.is_symlink():
        place.symlink_to(target)
