"""``test_variants``: which of many small changes make failing tests pass, with one build for all of them."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence

from rusta_cargo.doc_programs import doc_programs, packages_of
from rusta_cargo.lane import CargoLane
from rusta_cargo.messages import parse_stream
from rusta_cargo.models import VariantArgs, VariantReport, VariantResult
from rusta_cargo.running import TestProgram
from rusta_cargo.test_programs import test_programs
from rusta_cargo.tools.checking import all_errors
from rusta_cargo.tools.probing import CRATE_NAME, rustc_diagnostics
from rusta_cargo.tools.selection import selection
from rusta_cargo.tools.testing import errors_of
from rusta_cargo.tools.variant_runs import VariantRuns
from rusta_cargo.variants import Switched, switched
from rusta_cargo.workspace import CargoWorkspace, workspace_of
from rusta_conductor.errors import UsageError
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.diagnostic import Diagnostic
from rusta_schemas.edits import Edit, by_path

# Type errors hide borrow errors, and an error in one package hides those in the next.
_ROUNDS = 6
# Of the time of a call; the rest is for proving what was found.
SHARE = 0.6


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
        self._end = time.monotonic() + SHARE * context.timeout_s
        self._command = "rustc --test" if self._alone else shlex.join(
            ["cargo", "test", *selection(args)]
        )  # fmt: skip

    def run(self) -> ToolResult:
        args = self._args
        tree = self._workspace.tree(args.edits)
        numbered = list(enumerate(args.variants, start=1))
        with self._workspace.lane() as lane:
            texts: dict[str, bytes] = {}
            for _, edits in numbered:
                for path in by_path(edits):
                    given = tree.get(path)
                    texts[path] = self._workspace.read_base(path) if given is None else given
            results = self._results(lane, tree, texts, numbered)
        report = VariantReport(
            results=tuple(results[number] for number, _ in numbered),
            builds=self._builds,
            command=self._command,
        )
        good = sum(r.status == "ran" and not r.failing and not r.broken for r in report.results)
        late = sum(r.status == "late" for r in report.results)
        more = f", {late} not run in time" if late else ""
        return ToolResult(
            f"{self._command}: {good} of {len(report.results)} variants pass, {self._builds} builds{more}",
            report,
        )

    def _results(
        self,
        lane: CargoLane,
        tree: dict[str, bytes | None],
        texts: dict[str, bytes],
        waiting: list[tuple[int, tuple[Edit, ...]]],
    ) -> dict[int, VariantResult]:
        results: dict[int, VariantResult] = {}
        # Constant functions cannot ask for a variable; most are never called where a constant is needed.
        loosen = True
        for _ in range(_ROUNDS):
            together = switched(texts, waiting, loosen=loosen)
            results |= dict.fromkeys(together.apart, VariantResult(status="apart"))
            waiting = [item for item in waiting if item[0] not in together.apart]
            if not waiting:
                return results
            errors, programs = self._build(lane, {**tree, **together.files})
            if not errors:
                runs = VariantRuns(self._args, self._context, lane, programs, self._examples(lane, programs), self._end)
                return results | {number: runs.of(number) for number, _ in waiting}
            faulty = _blamed(errors, together)
            if not faulty and not together.loosened:
                break
            loosen = loosen and bool(faulty)
            results |= dict.fromkeys(faulty, VariantResult(status="build"))
            waiting = [item for item in waiting if item[0] not in faulty]
        return results | {number: VariantResult(status="apart") for number, _ in waiting}

    def _examples(self, lane: CargoLane, programs: Sequence[TestProgram]) -> list[TestProgram]:
        """Programs of those wanted tests that are examples of the documentation."""
        found: list[TestProgram] = []
        if self._alone:
            return found
        options = selection(self._args.model_copy(update={"packages": ()}))
        for package, names in packages_of(self._args.tests).items():
            beside = next((program for program in programs if program.unit.startswith(f"{package} ")), None)
            try:
                found += doc_programs(
                    lane,
                    self._workspace.toolchain,
                    options,
                    package,
                    names,
                    {} if beside is None else beside.environment,
                    folder="" if beside is None else beside.folder,
                    timeout_s=self._context.timeout_s,
                    cancel=self._context.cancel,
                )
            except UsageError:  # the toolchain has no rustdoc
                return found
        return found

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
