"""Device profiles: what a chip has, as data. The files are in ``data/profiles``; a path names one of your own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from rusta_akida.program.errors import BuildError

DEFAULT = "akd1000"


@dataclass(frozen=True)
class Limit:
    """One limit: a range, or a list of what is possible. ``tolerated`` values pass with a remark."""

    name: str
    source: str
    least: int | None = None
    most: int | None = None
    one_of: tuple[int, ...] = ()
    tolerated: tuple[int, ...] = ()
    advice: str = ""

    def allows(self, value: int) -> bool:
        if self.one_of:
            return value in self.one_of or value in self.tolerated
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    @property
    def text(self) -> str:
        """What is possible, in words."""
        if self.one_of:
            return " or ".join(map(str, self.one_of))
        if self.least is None:
            return f"at most {self.most:,}"
        return f"{self.least:,} to {self.most:,}"


@dataclass(frozen=True)
class Link:
    """What the virtual device charges for its work, in microseconds and bytes a second."""

    bytes_per_s: float
    transfer_us: float
    programming_us: float
    inference_us: float


@dataclass(frozen=True)
class Profile:
    """A kind of chip. versions: firmware that the byte layout holds for; none where it is unknown."""

    name: str
    title: str
    versions: tuple[str, ...]
    layout: str
    limits: Mapping[str, Limit]
    link: Link
    pcie: tuple[int, int] | None


def profile(name: str = DEFAULT) -> Profile:
    """The profile ``name``, or the one in the file ``name`` when it ends in ``.toml``.

    Raises:
        BuildError: there is none, or the file is no profile.
    """
    return _read(name, Path(name)) if name.endswith(".toml") else _shipped(name)


@cache
def _shipped(name: str) -> Profile:
    if name not in profile_names():
        raise BuildError(f"there is no device profile {name!r}; there are: {', '.join(profile_names())}")
    return _read(name, files("rusta_akida").joinpath("program", "data", "profiles", f"{name}.toml"))


def _read(name: str, place: Any) -> Profile:
    try:
        return _profile(tomllib.loads(place.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise BuildError(f"device profile {name}: {error}") from None
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BuildError(f"device profile {name}: {type(error).__name__}: {error}; see akd1000.toml for one") from None


def profile_names() -> list[str]:
    """The profiles that come with the product."""
    folder = files("rusta_akida").joinpath("program", "data", "profiles")
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def _limit(entry: dict[str, Any]) -> Limit:
    lists: Any = {name: tuple(value) for name, value in entry.items() if isinstance(value, list)}
    return Limit(**{**entry, **lists})


def _profile(table: dict[str, Any]) -> Profile:
    limits = [_limit(entry) for entry in table["limits"]]
    pcie = table.get("pcie")
    return Profile(
        name=table["name"],
        title=table["title"],
        versions=tuple(table["versions"]),
        layout=table["layout"],
        limits={limit.name: limit for limit in limits},
        link=Link(**table["link"]),
        pcie=(pcie["vendor"], pcie["device"]) if pcie else None,
    )
