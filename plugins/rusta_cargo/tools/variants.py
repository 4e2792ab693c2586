"""``test_variants``: which of many small changes make failing tests pass, with one build for all of them."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from dataclasses import replace

from rusta_cargo.lane import CargoLane
from rusta_cargo.libtest import Verdict, parse_libtest
from rusta_cargo.messages import parse_stream
from rusta_cargo.models import VariantArgs, VariantReport, VariantResult
from rusta_cargo.running import Runner, TestProgram
from rusta_cargo.test_programs import test_programs
from rusta_cargo.tools.checking import all_errors
from rusta_cargo.tools.probing import CRATE_NAME, rustc_diagnostics
from rusta_cargo.tools.selection import selection
from rusta_cargo.tools.testing import errors_of, full_name, names_in
from rusta_cargo.variants import VARIABLE, Switched, switched
from rusta_cargo.workspace import CargoWorkspace, workspace_of
from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.diagnostic import Diagnostic
from rusta_schemas.edits import by_path

# Type errors hide borrow errors, and an error in one package hides those in the next.
_ROUNDS = 6
# How much longer than the unchanged tree a variant may take, and what is never exceeded, in seconds.
SLOWER = 10.0
_MOST_S = 60.0


def test_variants(args: VariantArgs, context: ToolContext) -> ToolResult:
    """Build all variants together, leaving out those that do not compile, and run the tests of each."""
    return _Variants(args, context).run()


test_variants.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


class _Variants:
    def __init__(self, args: VariantArgs, context: ToolContext) -> None:
        self._args, self._context = args, context
        self._workspace: CargoWorkspace = workspace_of(context)
        self._alone = self._workspace.project.kind == "file"
        self._builds = 0
        self._command = "rustc --test" if self._alone else shlex.join(
            ["cargo", "test", *selection(args)]
        )  # fmt: skip

    def run(self) -> ToolResult:
        args = self._args
        tree = self._workspace.tree(args.edits)
        results: dict[int, VariantResult] = {}
        numbered = list(enumerate(args.variants, start=1))
        with self._workspace.lane() as lane:
            texts: dict[str, bytes] = {}
            for _, edits in numbered:
                for path in by_path(edits):
                    given = tree.get(path)
                    texts[path] = self._workspace.read_base(path) if given is None else given
            waiting = numbered
            for _ in range(_ROUNDS):
                together = switched(texts, waiting)
                results |= dict.fromkeys(together.apart, VariantResult(status="apart"))
                waiting = [item for item in waiting if item[0] not in together.apart]
                if not waiting:
                    break
                errors, programs = self._build(lane, {**tree, **together.files})
                if not errors:
                    runs = _Runs(args, self._context, lane, programs)
                    results |= {number: runs.of(number) for number, _ in waiting}
                    waiting = []
                    break
                faulty = _blamed(errors, together)
                if not faulty:
                    break
                results |= dict.fromkeys(faulty, VariantResult(status="build"))
                waiting = [item for item in waiting if item[0] not in faulty]
            results |= {number: VariantResult(status="apart") for number, _ in waiting}
        report = VariantReport(
            results=tuple(results[number] for number, _ in numbered),
            builds=self._builds,
            command=self._command,
        )
        good = sum(r.status == "ran" and not r.failing and not r.broken for r in report.results)
        return ToolResult(
            f"{self._command}: {good} of {len(report.results)} variants pass, {self._builds} builds",
            report,
        )

    def _build(
        self, lane: CargoLane, overrides: dict[str, bytes | None]
    ) -> tuple[tuple[Diagnostic, ...], list[TestProgram]]:
        self._builds += 1
        lane.lay(overrides)
        tools = self._workspace.toolchain
        if self._alone:
            file = self._workspace.project.file or ""
            program = lane.scratch / CRATE_NAME
            argv = [
                str(tools.tool("rustc")), "--error-format=json", f"--crate-name={CRATE_NAME}", "--edition",
                self._args.edition, "--test", "-o", str(program), f"./{file}",
            ]  # fmt: skip
        else:
            argv = [str(tools.tool("cargo")), "test", "--no-run", "--message-format=json"]
            argv += selection(self._args)
        done = lane.run(
            argv,
            timeout_s=self._context.timeout_s,
            cancel=self._context.cancel,
            what="the build of the variants",
            folder="" if self._alone else None,
        )
        if self._alone:
            errors = errors_of(rustc_diagnostics(done, lane.places("")))
            return errors, [TestProgram(CRATE_NAME, str(program), "", {})]
        stream = parse_stream(done.stdout, lane.places())
        errors = errors_of(all_errors(stream, done, lane, "cargo test --no-run"))
        if errors:
            return errors, []
        return (), test_programs(stream, lane, self._workspace.project, tools)


def _blamed(errors: Sequence[Diagnostic], together: Switched) -> set[int]:
    """The variants in whose bodies errors lie."""
    found: set[int] = set()
    for error in errors:
        places = sorted(error.spans, key=lambda span: not span.primary)
        places += [span for note in error.notes for span in note.spans]
        for span in places:
            variant = together.variant_at(span.path, span.start)
            if variant is not None:
                found.add(variant)
                break
    return found


class _Runs:
    """The tests of one build, run once for each variant."""

    def __init__(
        self,
        args: VariantArgs,
        context: ToolContext,
        lane: CargoLane,
        programs: Sequence[TestProgram],
    ) -> None:
        self._args, self._context, self._lane = args, context, lane
        self._programs = programs
        # The unchanged tree says how long the tests need here and now; one that hangs says nothing.
        self._limit_s = min(SLOWER * args.limit_s, _MOST_S)
        began = time.monotonic()
        unchanged = self.of(0)
        needed = time.monotonic() - began
        if unchanged.status == "ran" and not unchanged.failing:
            raise ToolError(
                "the tests that are to be mended pass in the unchanged tree; delete the project's lanes and try again"
            )
        self._limit_s = args.limit_s
        if not unchanged.stopped:
            self._limit_s = min(max(args.limit_s, SLOWER * needed), _MOST_S)

    def of(self, number: int) -> VariantResult:
        """The verdicts of one variant; ``broken`` is only looked for when fewer of the wanted tests fail."""
        args = self._args
        failing: list[str] = []
        stopped = False
        known: set[str] = set()
        for program in self._programs:
            names = names_in(program.unit, args.tests)
            if not names:
                continue
            known |= {full_name(program.unit, name) for name in names}
            passed, ended = self._exactly(self._as(program, number), names)
            failing += [full_name(program.unit, n) for n in names if n not in passed]
            stopped = stopped or ended
        # Documentation tests are not in these programs: whether they pass is seen when the tree itself is tested.
        if not known or len(failing) == len(known):
            return VariantResult(status="ran" if known else "apart", failing=tuple(failing), stopped=stopped)
        broken: list[str] = []
        for program in self._programs:
            names = names_in(program.unit, args.passing)
            if names:
                passed = self._all(self._as(program, number), names)
                broken += [full_name(program.unit, n) for n in names if n not in passed]
        return VariantResult(status="ran", failing=tuple(failing), broken=tuple(broken))

    def _as(self, program: TestProgram, number: int) -> TestProgram:
        return replace(program, environment={**program.environment, VARIABLE: str(number)})

    def _exactly(self, program: TestProgram, names: Sequence[str]) -> tuple[set[str], bool]:
        """The tests among ``names`` that pass, and whether the program had to be stopped."""
        options = ["--test-threads=1", "--exact", *names] if program.harness else []
        done = self._lane.run(
            [program.executable, *options],
            timeout_s=self._limit_s,
            cancel=self._context.cancel,
            what=f"the tests of {program.unit}",
            folder=program.folder,
            extra=program.environment,
            partial=True,
        )
        if not program.harness:
            return ({""} if done.ok else set()), done.stopped is not None
        verdicts = parse_libtest(done.stdout).verdicts
        passed = {name for name in names if verdicts.get(name) is Verdict.OK}
        return passed, done.stopped is not None

    def _all(self, program: TestProgram, names: Sequence[str]) -> set[str]:
        runner = Runner(self._lane, 2 * self._limit_s, self._context.cancel)
        outcome = runner.run(program)
        return {name for name in names if outcome.verdicts.get(name) is Verdict.OK}
