"""Resolving ``"package.module:attribute"`` references."""

from __future__ import annotations

import importlib

from rusta_conductor.errors import PluginError


def resolve(reference: str) -> object:
    """The object that ``reference`` names.

    Raises:
        PluginError: the reference has another form, or what it names cannot be imported.
    """
    module_name, separator, attribute = reference.partition(":")
    if not separator or not module_name or not attribute:
        raise PluginError(f"reference {reference!r} must have the form 'package.module:attribute'")
    try:
        value: object = importlib.import_module(module_name)
        for part in attribute.split("."):
            value = getattr(value, part)
    except Exception as error:  # a stranger's module may raise anything while it is imported
        raise PluginError(f"cannot load {reference!r}: {type(error).__name__}: {error}") from error
    return value
