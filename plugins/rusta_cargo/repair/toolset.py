"""One way to check, test and read, whether the target is a crate or a single file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Protocol

from pydantic import JsonValue

from rusta_cargo.models import CheckReport, MetadataReport
from rusta_cargo.repair.goal import RepairGoal
from rusta_cargo.repair.project import Package, Project, Target
from rusta_cargo.repair.tools.surroundings import Surroundings
from rusta_cargo.repair.verdict import Verdict, errors_of
from rusta_schemas.action import Action
from rusta_schemas.base import JsonObject, to_json
from rusta_schemas.edits import Edit
from rusta_schemas.observation import Observation

# A failing test is run twice more; the majority decides, and the test is called flaky.
RERUNS = 2


class Toolset(Protocol):
    """The calls of one kind of target. Each takes the edits that make the tree."""

    def metadata(self) -> Action | None:
        """What tells the packages; None when there is nothing to ask."""
        ...

    def project(self, report: Observation | None) -> Project:
        """The packages, from the answer to :meth:`metadata`."""
        ...

    def check(self, edits: Iterable[Edit]) -> Action:
        """Compile the tree."""
        ...

    def test(self, edits: Iterable[Edit], *, only: Sequence[str] = (), limit_s: float | None = None) -> Action:
        """Compile and run the tests of the tree: all, with reruns of those that fail, or ``only`` some, once."""
        ...

    def variants(
        self,
        edits: Iterable[Edit],
        variants: Iterable[Iterable[Edit]],
        *,
        tests: Sequence[str],
        passing: Sequence[str],
        limit_s: float,
    ) -> Action:
        """Test several changes of the tree with one build."""
        ...


class CargoToolset:
    """A crate or a workspace: cargo does the work."""

    def __init__(self, goal: RepairGoal, around: Surroundings) -> None:
        packages = goal.packages or (() if around.package is None else (around.package,))
        self._options: JsonObject = {
            "packages": list(packages),
            "features": list(goal.features),
            "all_features": goal.all_features,
            "no_default_features": goal.no_default_features,
        }
        self._around = around

    def metadata(self) -> Action | None:
        return Action(verb="cargo_metadata")

    def project(self, report: Observation | None) -> Project:
        if report is None or not report.ok:
            return Project((Package("", self._around.start, self._around.edition),))
        metadata = MetadataReport.model_validate(report.data)
        return Project(
            tuple(
                Package(
                    name=package.name,
                    folder=_folder(package.manifest),
                    edition=package.edition,
                    targets=tuple(
                        Target(target.name, next(iter(target.kinds), "lib"), target.src) for target in package.targets
                    ),
                    dependencies=package.path_dependencies,
                )
                for package in metadata.packages
            )
        )

    def check(self, edits: Iterable[Edit]) -> Action:
        return Action(verb="cargo_check", args={**self._options, "edits": as_json(edits)})

    def test(self, edits: Iterable[Edit], *, only: Sequence[str] = (), limit_s: float | None = None) -> Action:
        args = {**self._options, "edits": as_json(edits), **_which(only, limit_s)}
        return Action(verb="cargo_test", args=args)

    def variants(
        self,
        edits: Iterable[Edit],
        variants: Iterable[Iterable[Edit]],
        *,
        tests: Sequence[str],
        passing: Sequence[str],
        limit_s: float,
    ) -> Action:
        return _variants(self._options, edits, variants, tests, passing, limit_s)


class FileToolset:
    """A standalone ``.rs`` file: the compiler is called without cargo."""

    def __init__(self, goal: RepairGoal, around: Surroundings) -> None:
        assert around.file is not None
        self._file = around.file
        self._edition = goal.edition or around.edition

    def metadata(self) -> Action | None:
        return None

    def project(self, _report: Observation | None) -> Project:
        name = PurePosixPath(self._file).stem
        target = Target(name, "bin", self._file)
        return Project((Package(name, "", self._edition, (target,)),), manifest=False)

    def check(self, edits: Iterable[Edit]) -> Action:
        return self._probe(edits, {})

    def test(self, edits: Iterable[Edit], *, only: Sequence[str] = (), limit_s: float | None = None) -> Action:
        more: JsonObject = {"test": True, "run_tests": True, **_which(only, limit_s)}
        return self._probe(edits, more)

    def variants(
        self,
        edits: Iterable[Edit],
        variants: Iterable[Iterable[Edit]],
        *,
        tests: Sequence[str],
        passing: Sequence[str],
        limit_s: float,
    ) -> Action:
        options: JsonObject = {"edition": self._edition}
        return _variants(options, edits, variants, tests, passing, limit_s)

    def _probe(self, edits: Iterable[Edit], more: JsonObject) -> Action:
        args: JsonObject = {
            "path": self._file,
            "edition": self._edition,
            "edits": as_json(edits),
            **more,
        }
        return Action(verb="rustc_probe", args=args)


def toolset_for(goal: RepairGoal, around: Surroundings) -> Toolset:
    """The toolset for what was found."""
    return FileToolset(goal, around) if around.kind == "file" else CargoToolset(goal, around)


def _which(only: Sequence[str], limit_s: float | None) -> JsonObject:
    return {"only": list(only), "limit_s": limit_s, "reruns": 0 if only else RERUNS}


def _variants(
    options: JsonObject,
    edits: Iterable[Edit],
    variants: Iterable[Iterable[Edit]],
    tests: Sequence[str],
    passing: Sequence[str],
    limit_s: float,
) -> Action:
    args: JsonObject = {
        **options,
        "edits": as_json(edits),
        "variants": [as_json(variant) for variant in variants],
        "tests": list(tests),
        "passing": list(passing),
        "limit_s": limit_s,
    }
    return Action(verb="test_variants", args=args)


def as_json(edits: Iterable[Edit]) -> list[JsonValue]:
    """Edits as tool arguments."""
    return [to_json(edit) for edit in edits]


def verdict_of(observation: Observation, key: str) -> Verdict:
    """The verdict in the answer to :meth:`Toolset.check`."""
    if not observation.ok:
        return Verdict(False, failure=observation.summary, key=key)
    report = CheckReport.model_validate(observation.data)
    return Verdict(report.ok, errors_of(report.diagnostics), key=key, command=report.command)


def _folder(manifest: str) -> str:
    parent = str(PurePosixPath(manifest).parent)
    return "" if parent == "." else parent
