"""The one family of errors of this package."""

from __future__ import annotations

from rusta_conductor.errors import RustaError


class HecateError(RustaError):
    """Something about the byte model is not as it has to be; the message says what, where and what to do."""


class ConfigError(HecateError):
    """A setting is out of its range, or two settings do not go together."""


class ShapeError(HecateError):
    """An array does not have the shape that the mathematics needs."""


class PairError(HecateError):
    """A memory rule and a way of running it do not go together; the message says why not."""


class FileDamaged(HecateError):
    """A model file that is not what was written, or was written by another version."""


class TrainingError(HecateError):
    """Training cannot go on; the message names the layer or the setting."""
