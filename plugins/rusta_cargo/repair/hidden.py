"""Errors that are not told because cargo did not come so far.

Cargo checks no crate before those that it uses compile. A change that breaks a library makes the errors of everything that
uses it vanish from the output; they are there still, and count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from rusta_cargo.repair.project import Project
from rusta_schemas.diagnostic import Diagnostic


class Order:
    """Which units (as :func:`rusta_cargo.messages.unit_name` names them) cargo checks before which."""

    def __init__(self, project: Project) -> None:
        self._uses = {package.name: package.dependencies for package in project.packages}

    def before(self, unit: str, other: str) -> bool:
        """``other`` is not looked at while ``unit`` has errors."""
        package, _, target = unit.partition(" ")
        user, _, used = other.partition(" ")
        if not target or not used or unit == other:
            return False
        builds = target.startswith("build:")
        if ":" in target and not builds:
            return False  # nobody uses a program or a test
        return package == user or self._depends(user, package, set())

    def _depends(self, user: str, package: str, seen: set[str]) -> bool:
        direct = [name for name in self._uses.get(user, ()) if name not in seen]
        seen.update(direct)
        return package in direct or any(self._depends(name, package, seen) for name in direct)


def hidden(known: Iterable[Diagnostic], told: Collection[Diagnostic], order: Order) -> tuple[Diagnostic, ...]:
    """Those of the errors ``known`` of a tree that a change of it, of which ``told`` are the errors, only hides."""
    now = {error.unit for error in told}
    return tuple(
        error for error in known if error.unit not in now and any(order.before(unit, error.unit) for unit in now)
    )
