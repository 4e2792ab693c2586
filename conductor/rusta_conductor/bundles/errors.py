"""What can go wrong with a bundle. Messages name the bundle or the file, and the next step."""

from __future__ import annotations

from rusta_conductor.errors import RustaError


class BundleError(RustaError):
    """Base of everything this package raises on purpose."""


class BundleNotFound(BundleError):
    """No bundle, or more than one, goes by this name."""

    exit_code = 2


class BundleDamaged(BundleError):
    """A bundle's file is not a bundle, was changed, or is of a version this program cannot read."""

    exit_code = 2


class BundleRefused(BundleError):
    """The bundle does not fit the tree as it is; nothing was changed."""
