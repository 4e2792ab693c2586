"""Patch bundles: keeping them, applying them to a tree, and taking them back byte for byte.

A bundle is the end of an episode: a proved change as data. It reaches the user's tree only here, and only as a whole::

    store = BundleStore(home)
    store.save(seal(draft, session.log_head))
    operate(host, home, store.load("3f9a"), "apply")      # an episode of the domain "bundle": logged, replayable

:func:`operate` goes through the one door; :func:`apply_bundle` and :func:`rollback_bundle` are what its tools do.
"""

from __future__ import annotations

from rusta_conductor.bundles.errors import (
    BundleDamaged,
    BundleError,
    BundleNotFound,
    BundleRefused,
)
from rusta_conductor.bundles.operations import Outcome, apply_bundle, rollback_bundle
from rusta_conductor.bundles.recovery import Interrupted, interrupted_bundles
from rusta_conductor.bundles.run import Operation, operate
from rusta_conductor.bundles.sealing import UNSEALED, keep_bundle, seal
from rusta_conductor.bundles.store import BundleStore

__all__ = [
    "UNSEALED",
    "BundleDamaged",
    "BundleError",
    "BundleNotFound",
    "BundleRefused",
    "BundleStore",
    "Interrupted",
    "Operation",
    "Outcome",
    "apply_bundle",
    "interrupted_bundles",
    "keep_bundle",
    "operate",
    "rollback_bundle",
    "seal",
]
