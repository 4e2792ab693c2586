"""The tests of one build of many variants, run once for each variant, within a time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rusta_cargo.lane import CargoLane
from rusta_cargo.libtest import Verdict, parse_libtest
from rusta_cargo.models import VariantArgs, VariantResult
from rusta_cargo.running import Runner, TestProgram
from rusta_cargo.tools.testing import full_name, names_in
from rusta_cargo.variants import VARIABLE
from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext

# How much longer than the unchanged tree a variant may take, and what is never exceeded, in seconds.
SLOWER = 10.0
_MOST_S = 60.0
# Tests that passed may take longer than those that fail at once.
_PASSING_S = 30.0
_LEAST_S = 1.0
# A body with hundreds of variants has the locals of all of them: what calls itself needs a stack for that.
_STACK = {"RUST_MIN_STACK": str(256 << 20)}


@dataclass(frozen=True)
class _Asked:
    """The wanted tests of one program. ``turned``: it passes by failing (an example that should panic and does not)."""

    program: TestProgram
    names: tuple[str, ...]
    turned: bool = False


class VariantRuns:
    """Runs the programs of a build with one variant after the other.

    Args:
        programs: those of the build. examples: of the documentation, named by the full names of their tests.
        end: when no further variant is begun, by :func:`time.monotonic`. The first one is always run.

    Raises:
        ToolError: the wanted tests pass in the unchanged tree.
    """

    def __init__(
        self,
        args: VariantArgs,
        context: ToolContext,
        lane: CargoLane,
        programs: Sequence[TestProgram],
        examples: Sequence[TestProgram],
        end: float,
    ) -> None:
        self._args, self._context, self._lane, self._end = args, context, lane, end
        self._programs = programs
        self._begun = False
        wanted = ((program, tuple(names_in(program.unit, args.tests))) for program in programs)
        self._asked = [_Asked(program, names) for program, names in wanted if names]
        self._asked += [_Asked(program, ("",)) for program in examples]
        # The unchanged tree says how long the tests need here and now; one that hangs says nothing.
        self._limit_s = min(SLOWER * args.limit_s, _MOST_S)
        began = time.monotonic()
        unchanged = self._judge(0)
        needed = time.monotonic() - began
        passing = [item for item in self._asked if set(_full(item)).isdisjoint(unchanged.failing)]
        if not unchanged.failing and any(item.program not in examples for item in passing):
            raise ToolError(
                "the tests that are to be mended pass in the unchanged tree; delete the project's lanes and try again"
            )
        self._asked = [replace(item, turned=item in passing and item.program in examples) for item in self._asked]
        self._limit_s = args.limit_s
        if not unchanged.stopped:
            self._limit_s = min(max(args.limit_s, SLOWER * needed), _MOST_S)

    def of(self, number: int) -> VariantResult:
        """The verdicts of one variant, or that its turn came too late."""
        first, self._begun = not self._begun, True
        if not first and self._left_s <= 0:
            return VariantResult(status="late")
        result = self._judge(number)
        cut = result.stopped and self._left_s <= 0
        return VariantResult(status="late") if cut and not first else result

    @property
    def _left_s(self) -> float:
        return self._end - time.monotonic()

    def _judge(self, number: int) -> VariantResult:
        """``broken`` is only looked for when fewer of the wanted tests fail."""
        failing: list[str] = []
        known = 0
        stopped = False
        for item in self._asked:
            passed, ended = self._exactly(self._as(item.program, number), item.names)
            if item.turned:
                passed = set() if passed or ended else {""}
            known += len(item.names)
            failing += [full_name(item.program.unit, n) for n in item.names if n not in passed]
            stopped = stopped or ended
        if not known or len(failing) == known or number == 0:
            return VariantResult(status="ran" if known else "apart", failing=tuple(failing), stopped=stopped)
        # The other examples of the documentation are asked when the tree itself is tested.
        broken: list[str] = []
        for program in self._programs:
            names = names_in(program.unit, self._args.passing)
            if names:
                good = self._all(self._as(program, number), names)
                broken += [full_name(program.unit, n) for n in names if n not in good]
        # What was cut off by the end of all time has broken nothing for sure.
        return VariantResult(status="ran", failing=tuple(failing), broken=tuple(broken), stopped=bool(broken))

    def _as(self, program: TestProgram, number: int) -> TestProgram:
        return replace(program, environment={**program.environment, VARIABLE: str(number), **_STACK})

    def _exactly(self, program: TestProgram, names: Sequence[str]) -> tuple[set[str], bool]:
        """The tests among ``names`` that pass, and whether the program had to be stopped."""
        options = ["--test-threads=1", "--exact", *names] if program.harness else []
        done = self._lane.run(
            [program.executable, *options],
            timeout_s=self._within(self._limit_s),
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
        runner = Runner(self._lane, self._within(max(2 * self._limit_s, _PASSING_S)), self._context.cancel)
        outcome = runner.run(program)
        return {name for name in names if outcome.verdicts.get(name) is Verdict.OK}

    def _within(self, limit_s: float) -> float:
        return min(limit_s, max(_LEAST_S, self._left_s))


def _full(item: _Asked) -> list[str]:
    return [full_name(item.program.unit, name) for name in item.names]
