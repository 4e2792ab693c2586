"""Reading documents of earlier versions: each step lifts one document from version n to n + 1.

Old schemas stay published. A step is a pure function on plain JSON; it is registered with the name of the document and
the version it reads. Version 1 is the first, so the shipped table has no steps yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rusta_schemas.base import JsonObject
from rusta_schemas.errors import UpcastError

Step = Callable[[JsonObject], JsonObject]


@dataclass
class Upcasters:
    """The steps known, by document name and source version."""

    current: dict[str, int]
    steps: dict[tuple[str, int], Step] = field(default_factory=dict)

    def register(self, name: str, version: int, step: Step) -> None:
        """Add the step that lifts ``name`` from ``version`` to ``version + 1``.

        Raises:
            UpcastError: there is one already, or the version is not an earlier one.
        """
        if (name, version) in self.steps:
            raise UpcastError(f"{name} already has a step from version {version}")
        if not 1 <= version < self.current.get(name, 1):
            raise UpcastError(f"{name}: version {version} is not earlier than {self.current.get(name, 1)}")
        self.steps[name, version] = step

    def lift(self, name: str, document: JsonObject) -> JsonObject:
        """``document`` in the current version; the argument is not changed.

        Raises:
            UpcastError: no version, a newer version, or a step that is missing.
        """
        goal = self.current.get(name, 1)
        version = document.get("v")
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise UpcastError(f"{name}: field 'v' is {version!r}; expected a version number from 1 to {goal}")
        if version > goal:
            raise UpcastError(f"{name} has version {version}; this program reads up to {goal}. Update rusta.")
        lifted = dict(document)
        while version < goal:
            step = self.steps.get((name, version))
            if step is None:
                raise UpcastError(f"{name}: no step from version {version} to {version + 1}")
            lifted = {**step(lifted), "v": version + 1}
            version += 1
        return lifted


UPCASTERS = Upcasters(
    current={
        "action": 1,
        "observation": 1,
        "anchor": 1,
        "patch_bundle": 1,
        "devlog_entry": 1,
        "golden_entry": 1,
    }
)
