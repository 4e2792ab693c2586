"""Cargo's configuration as a sandbox gets it: what builds need, without anything secret or meant for the network.

Configuration files that lie outside the tree (those above it, and ``$CARGO_HOME/config.toml``) are not visible in a
sandbox, so they are merged into one file that becomes the ``config.toml`` of the sandbox's own CARGO_HOME, where it has
the lowest rank, just as the originals have it. Files inside the tree are read by cargo itself.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rusta_conductor.errors import UsageError

# Everything else (tokens, proxies, credential helpers, aliases, wrappers) stays outside.
_TABLES = (
    "source",
    "paths",
    "patch",
    "build",
    "target",
    "profile",
    "env",
    "registries",
    "registry",
)
_DROPPED = {
    "build": {
        "rustc",
        "rustdoc",
        "rustc-wrapper",
        "rustc-workspace-wrapper",
        "target-dir",
        "build-dir",
        "jobs",
    },
    "registry": {"token", "credential-provider", "global-credential-providers"},
}
_DROPPED_IN_REGISTRY = {"token", "credential-provider", "secret-key"}
_SECRET = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|(^|_)(KEY|AUTH)($|_)", re.IGNORECASE)
_NAMES = ("config.toml", "config")


@dataclass(frozen=True)
class OutsideConfig:
    """The merged tables from outside the tree, and the folders they and the tree's own files point at."""

    tables: Mapping[str, Any]
    folders: tuple[Path, ...]


def cargo_home() -> Path:
    """``$CARGO_HOME``, else ``~/.cargo``."""
    chosen = os.environ.get("CARGO_HOME")
    return Path(chosen).absolute() if chosen else Path.home() / ".cargo"


def outside_config(start: Path, root: Path, home: Path | None = None) -> OutsideConfig:
    """What cargo, started in ``start`` within the tree ``root``, would read from outside the tree.

    Raises:
        UsageError: a configuration file does not parse.
    """
    home = home or cargo_home()
    merged: dict[str, Any] = {}
    folders: list[Path] = []
    places = [folder / ".cargo" for folder in (start, *start.parents)]
    if home not in places:
        places.append(home)
    for place in reversed(places):
        tables = _load(place)
        if tables is None:
            continue
        tables = _absolute(tables, place.parent)
        if place.is_relative_to(root):
            # The tree is not trusted: it must not be able to have any folder of the machine shown to its programs.
            folders += [folder for folder in _folders(tables) if is_crate_source(folder)]
        else:
            folders += _folders(tables)
            _merge(merged, _clean(tables))
    return OutsideConfig(merged, tuple(dict.fromkeys(folders)))


def is_crate_source(folder: Path) -> bool:
    """``folder`` is a directory source (crates with checksums), a local registry, or a crate."""
    try:
        return (
            (folder / "Cargo.toml").is_file()
            or (folder / "index").is_dir()
            or next(folder.glob("*/.cargo-checksum.json"), None) is not None
        )
    except OSError:
        return False


def tree_environment(start: Path, root: Path) -> dict[str, str]:
    """The ``[env]`` table of the tree's own configuration, as cargo hands it to the programs it runs."""
    result: dict[str, str] = {}
    for folder in reversed([folder for folder in (start, *start.parents) if folder.is_relative_to(root)]):
        for name, value in ((_load(folder / ".cargo") or {}).get("env") or {}).items():
            if isinstance(value, str):
                result[name] = value
            elif isinstance(value, dict) and isinstance(value.get("value"), str):
                relative = value.get("relative") is True
                result[name] = str(folder / value["value"]) if relative else value["value"]
    return result


def to_toml(tables: Mapping[str, Any]) -> str:
    """``tables`` as TOML, one dotted key a line."""
    return "".join(f"{key} = {value}\n" for key, value in _lines((), tables))


def _load(folder: Path) -> dict[str, Any] | None:
    for name in reversed(_NAMES):  # the name without suffix wins where both exist, as in cargo
        path = folder / name
        try:
            return tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            continue
        except PermissionError:
            continue
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise UsageError(f"cargo's configuration {path} cannot be read: {error}; mend it first") from None
    return None


def _absolute(tables: dict[str, Any], base: Path) -> dict[str, Any]:
    """Paths of ``tables`` made absolute; cargo takes them relative to the parent of the ``.cargo`` folder."""
    result = dict(tables)
    if isinstance(result.get("source"), dict):
        result["source"] = {
            name: {
                key: str((base / value).resolve()) if key in ("directory", "local-registry") else value
                for key, value in entry.items()
            }
            for name, entry in result["source"].items()
            if isinstance(entry, dict)
        }
    if isinstance(result.get("paths"), list):
        result["paths"] = [str((base / path).resolve()) for path in result["paths"] if isinstance(path, str)]
    return result


def _folders(tables: Mapping[str, Any]) -> list[Path]:
    found = [Path(path) for path in tables.get("paths") or [] if isinstance(path, str)]
    for entry in (tables.get("source") or {}).values():
        found += [Path(entry[key]) for key in ("directory", "local-registry") if isinstance(entry.get(key), str)]
    return found


def _clean(tables: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name in _TABLES:
        table = tables.get(name)
        if isinstance(table, dict):
            table = {key: value for key, value in table.items() if key not in _DROPPED.get(name, ())}
        if name == "env" and isinstance(table, dict):
            table = {key: value for key, value in table.items() if not _SECRET.search(key)}
        if name == "registries" and isinstance(table, dict):
            table = {
                key: {k: v for k, v in entry.items() if k not in _DROPPED_IN_REGISTRY}
                for key, entry in table.items()
                if isinstance(entry, dict)
            }
        if table:
            result[name] = table
    return result


def _merge(target: dict[str, Any], nearer: Mapping[str, Any]) -> None:
    for key, value in nearer.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        elif isinstance(value, list) and isinstance(target.get(key), list):
            target[key] = [*target[key], *value]
        else:
            target[key] = value


def _lines(prefix: tuple[str, ...], value: object) -> Iterable[tuple[str, str]]:
    if isinstance(value, Mapping) and (value or not prefix):
        for key, item in value.items():
            yield from _lines((*prefix, key), item)
    else:
        yield ".".join(map(_string, prefix)), _value(value)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_string(k)} = {_value(v)}' for k, v in value.items())}}}"
    return _string(str(value))


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
