"""A package whose public names are imported when they are first used.

Whoever asks for help or for one name of a plugin should not wait for NumPy or a parser::

    if TYPE_CHECKING:
        from my_plugin.census import Found, scan
        from my_plugin.files import load as load_census

    __all__ = ["Found", "load_census", "scan"]
    __getattr__ = lazy_names(__name__, {"Found": "census", "scan": "census", "load_census": "files:load"})
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_names(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of ``package``.

    Args:
        homes: public name → the module of the package where it lives, with ``:name`` when it has another name there.
    """

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, _, called = homes[name].partition(":")
        return getattr(import_module(f"{package}.{module}"), called or name)

    return load
