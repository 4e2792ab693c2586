"""Manifests made fit for building offline: only dependencies that are here, no benches, no links elsewhere."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

DEPENDENCIES = ("dependencies", "dev-dependencies", "build-dependencies")
LIB_TEST = "the tests of the library"
_DROPPED = ("bench", "patch", "replace", "badges", "profile", "lints")


def trimmed(manifest: Mapping[str, Any], available: Collection[str], without: Collection[str] = ()) -> dict[str, Any]:
    """A copy of ``manifest`` without what cannot be built here.

    Args:
        available: names of the packages that can be had. without: test and example targets that do not build,
        :data:`LIB_TEST` among them.
    """
    data: dict[str, Any] = {k: copy.deepcopy(v) for k, v in manifest.items() if k not in _DROPPED}
    gone: set[str] = set()
    for table in _tables(data):
        for name, wanted in list(table.items()):
            package = wanted.get("package", name) if isinstance(wanted, dict) else name
            if package not in available or (isinstance(wanted, dict) and "path" in wanted and "version" not in wanted):
                del table[name]
                gone.add(name)
            elif isinstance(wanted, dict):
                wanted.pop("path", None)
    data["features"] = {
        name: [word for word in words if _feature_of(word) not in gone]
        for name, words in data.get("features", {}).items()
    }
    for kind in ("test", "example"):
        targets = [t for t in data.get(kind, []) if t.get("name") not in without]
        if targets:
            data[kind] = targets
        else:
            data.pop(kind, None)
    if LIB_TEST in without:
        data.setdefault("lib", {}).update(test=False, bench=False)
    package = data.setdefault("package", {})
    package["autobenches"] = False
    package.pop("workspace", None)
    package.pop("metadata", None)
    data["workspace"] = {}
    return data


def absent(manifest: Mapping[str, Any], exists: Callable[[str], bool]) -> set[str]:
    """The test and example targets that the manifest names and whose file was not packaged.

    Args:
        exists: whether there is a file at a path of the crate.
    """
    gone = set()
    for kind in ("test", "example"):
        for target in manifest.get(kind, []):
            name = str(target.get("name", ""))
            places = [target["path"]] if "path" in target else [f"{kind}s/{name}.rs", f"{kind}s/{name}/main.rs"]
            if not any(exists(str(place)) for place in places):
                gone.add(name)
    return gone


def _tables(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    holders = [data, *(t for t in data.get("target", {}).values() if isinstance(t, dict))]
    for holder in holders:
        for name in DEPENDENCIES:
            if isinstance(holder.get(name), dict):
                yield holder[name]


def _feature_of(word: str) -> str:
    """The dependency that a feature's word names, or the word itself."""
    return re.split(r"[?/]", word.removeprefix("dep:"))[0] if re.search(r"[?/]|^dep:", word) else word


def to_toml(data: Mapping[str, Any]) -> str:
    """``data`` as TOML: a dotted key a line; lists and what is in them inline."""
    return "".join(f"{key} = {value}\n" for key, value in _lines((), data))


def _lines(prefix: tuple[str, ...], value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and (value or not prefix):
        for key, item in value.items():
            yield from _lines((*prefix, str(key)), item)
    else:
        yield ".".join(json.dumps(part) for part in prefix), _inline(value)


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(str(k))} = {_inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, bool | str):
        return json.dumps(value).replace("\\u007f", "\\u007F")
    return str(value)
