"""Errors of the sandbox. Messages say what, where, and what to do next."""

from __future__ import annotations

from rusta_conductor.errors import RustaError


class SandboxError(RustaError):
    """Base of everything the sandbox raises on purpose."""


class SandboxRefused(SandboxError):
    """The request itself is not allowed here: a path out of the tree, a command on the last rung."""


class LaneBusy(SandboxError):
    """The lane folder is held by another process."""
