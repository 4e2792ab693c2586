"""The tools hold what every tool has to hold, and the two that write take no chances."""

from __future__ import annotations

import json
import shutil
import threading
from contextlib import AbstractContextManager
from pathlib import Path
from typing import ClassVar

import pytest
from burst_worlds import example

from rusta_burst import DamagedFile, RuleSpec, plugin
from rusta_burst.domain.bounds import out_of_bounds
from rusta_burst.domain.goals import ChangeGoal, RunSettings
from rusta_burst.domain.workspace import BurstWorkspace, sha256_of
from rusta_burst.editing.operations import parse
from rusta_burst.storage import connectomes
from rusta_burst.tools import keeping, promoting
from rusta_burst.tools.arguments import KeepArgs, PromoteArgs, RestoreArgs
from rusta_conductor import testing
from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext

SPECS = {spec.verb: spec for spec in plugin.rusta_tools()}
EDIT = [{"op": "set_synapses", "ids": [0], "weight": 7}]


class BurstConformance(testing.ToolConformance):
    __test__: ClassVar = False

    def make_workspace(self, folder: Path) -> AbstractContextManager[object]:
        connectomes.save(example(RuleSpec("stdp_pair")), folder / "a.burst")
        return BurstWorkspace(folder / "a.burst", folder.parent / "work", RunSettings(drives=("front=60000@0.3",)))


class TestLoad(BurstConformance):
    __test__: ClassVar = True
    spec = SPECS["burst_load"]
    good_args: ClassVar = {}
    bad_args: ClassVar = {"path": "x"}


class TestStep(BurstConformance):
    __test__: ClassVar = True
    spec = SPECS["burst_step"]
    good_args: ClassVar = {"start": 0, "bursts": 12}
    bad_args: ClassVar = {"bursts": 0}


class TestInspect(BurstConformance):
    __test__: ClassVar = True
    spec = SPECS["burst_inspect"]
    good_args: ClassVar = {"what": "why", "neuron": 10, "start": 5}
    bad_args: ClassVar = {"what": "mood"}


class TestEdit(BurstConformance):
    __test__: ClassVar = True
    spec = SPECS["burst_edit"]
    good_args: ClassVar = {"edits": EDIT}
    bad_args: ClassVar = {"edits": [{"op": "fly"}]}


class TestKeep(BurstConformance):
    __test__: ClassVar = True
    spec = SPECS["burst_keep"]
    good_args: ClassVar = {"burst": 3, "learned": "learned.npz"}
    bad_args: ClassVar = {"burst": -1}

    @pytest.fixture(autouse=True)
    def _here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)  # the goal names whole paths; this one is written beside the test's files


def context(home: Path, workspace: object = None) -> ToolContext:
    return ToolContext(workspace, timeout_s=60, cancel=threading.Event(), key="k", attempt=1, home=home)


def promotion(path: Path) -> PromoteArgs:
    from rusta_burst.editing.applying import apply

    digest = apply(connectomes.load(path), parse(EDIT)).connectome.digest
    return PromoteArgs(path=str(path), before=sha256_of(path), digest=digest, edits=parse(EDIT))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    connectomes.save(example(), tmp_path / "a.burst")
    return tmp_path / "a.burst"


def test_a_promotion_is_taken_back_byte_for_byte_also_when_made_twice(path: Path, tmp_path: Path) -> None:
    here = context(tmp_path / "home")
    first = path.read_bytes()
    promoting.promote(promotion(path), here)
    second = path.read_bytes()
    args = PromoteArgs.model_validate({**json.loads(promotion(path).model_dump_json()), "edits": [{"op": "compact"}], "digest": connectomes.load(path).digest})  # fmt: skip
    promoting.promote(args, here)
    for expected in (second, first):
        receipt = promoting.receipt_of(path, here.home)
        assert receipt is not None
        promoting.restore(RestoreArgs(path=str(path), after=receipt["after"]), here)
        assert path.read_bytes() == expected
    assert promoting.receipt_of(path, here.home) is None


def test_a_promotion_is_refused_when_anything_is_not_as_it_was_proved(path: Path, tmp_path: Path) -> None:
    here = context(tmp_path / "home")
    args = promotion(path)
    with pytest.raises(ToolError, match="is no longer as it was"):
        promoting.promote(args.model_copy(update={"before": "0" * 64}), here)
    with pytest.raises(ToolError, match="the change comes out as"):
        promoting.promote(args.model_copy(update={"digest": "0" * 64}), here)
    assert connectomes.load(path).equals(example())
    with pytest.raises(ToolError, match="no change of"):
        promoting.restore(RestoreArgs(path=str(path), after="0" * 64), here)


def test_kept_files_are_known_again_and_others_are_not(path: Path, tmp_path: Path) -> None:
    with BurstWorkspace(path, tmp_path / "work", RunSettings(drives=("front=60000@0.3",))) as workspace:
        here = context(tmp_path / "home", workspace)
        workspace.step("base", 0, 6, here.cancel, keep=True)
        files = {what: str(tmp_path / name) for what, name in (("spikes", "a.spikes"), ("state", "a.snapshot"), ("learned", "b.npz"))}  # fmt: skip
        args = KeepArgs(burst=6, **files)
        assert keeping.reconcile(args, here) is None
        told = keeping.keep(args, here)
        assert told.data == files
        found = keeping.reconcile(args, here)
        assert found is not None
        assert found.data == told.data
        for file in files.values():
            whole = Path(file).read_bytes()
            Path(file).write_bytes(whole[:-1])
            assert keeping.reconcile(args, here) is None
            Path(file).write_bytes(whole)
    assert not (tmp_path / "work").exists(), "the run's own files are gone"


def test_a_damaged_copy_is_never_put_back(path: Path, tmp_path: Path) -> None:
    here = context(tmp_path / "home")
    args = promotion(path)
    promoting.promote(args, here)
    now = path.read_bytes()
    kept = here.home / "burst" / "kept" / args.before
    kept.write_bytes(kept.read_bytes()[:-1])
    with pytest.raises(ToolError, match="missing or damaged"):
        promoting.restore(RestoreArgs(path=str(path), after=sha256_of(path)), here)
    assert path.read_bytes() == now


def test_an_interrupted_promotion_is_looked_for(path: Path, tmp_path: Path) -> None:
    here = context(tmp_path / "home")
    args = promotion(path)
    assert promoting.reconcile_promote(args, here) is None
    copy = tmp_path / "copy"
    shutil.copyfile(path, copy)
    promoting.promote(args, here)
    assert promoting.reconcile_promote(args, here) is not None
    after = sha256_of(path)
    restore = RestoreArgs(path=str(path), after=after)
    assert promoting.reconcile_restore(restore, here) is None
    shutil.copyfile(copy, path)  # it was killed after the file was put back, before its receipt was
    assert promoting.reconcile_restore(restore, here) is not None
    assert promoting.receipt_of(path, here.home) is None


def test_tools_of_bursts_need_their_workspace(tmp_path: Path) -> None:
    from rusta_burst.tools.arguments import LoadArgs
    from rusta_burst.tools.working import burst_load

    with pytest.raises(ToolError, match="call it in an episode of 'burst_run'"):
        burst_load(LoadArgs(), context(tmp_path, "something else"))
    (tmp_path / "a.burst").write_bytes(b"x" * 100)
    workspace = BurstWorkspace(tmp_path / "a.burst", tmp_path / "w", RunSettings())
    with pytest.raises(ToolError, match="byte 0 should begin with"):
        burst_load(LoadArgs(), context(tmp_path, workspace))
    with pytest.raises(DamagedFile):
        _ = workspace.base


def test_a_workspace_goes_back_to_its_snapshots(path: Path, tmp_path: Path) -> None:
    """Whatever was lost on the way, the state at a burst is the same."""
    settings = RunSettings(drives=("front=60000@0.3",), seed=5)
    never = threading.Event()

    def chunk(folder: str, starts: tuple[int, ...]) -> list[str]:
        with BurstWorkspace(path, tmp_path / folder, settings) as workspace:
            return [workspace.step("base", start, 5, never, keep=True)["state_sha256"] for start in starts]

    whole = chunk("one", (0, 5, 10, 15))
    assert chunk("two", (0, 5)) == whole[:2]
    assert chunk("two", (10,)) == whole[2:3]
    for snapshot in (tmp_path / "two").glob("*.snapshot"):
        snapshot.unlink()
    assert chunk("two", (15,)) == whole[3:]


REFERENCE = {"spikes": 100, "bursts": 10, "busiest": 5, "rates": {"a": 0.1, "b": 0.2}}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, None),
        ({"rates": {"a": 0.14, "b": 0.11}}, None),
        ({"rates": {"a": 0.16, "b": 0.2}}, "area 'a' fires at 16 % instead of 10 %, more than 50 % away"),
        ({"rates": {"a": 0.1, "b": 9.0}}, None),
        ({"rates": {"a": 0.1}}, None),
        ({"spikes": 0}, "nobody fires any more"),
        ({"busiest": 60}, "60 of 100 neurons fire in one burst, 50 are allowed"),
    ],
)
def test_bounds_are_told_in_words(change: dict[str, object], told: str | None) -> None:
    goal = ChangeGoal.model_validate({"path": "x", "run": "00000000", "candidates": [[]], "may_change": ["b"] if change.get("rates") == {"a": 0.1, "b": 9.0} else []})  # fmt: skip
    assert out_of_bounds(goal, REFERENCE, {**REFERENCE, **change}, 100, {"memory_bytes": 1}) == told
    heavy = goal.model_copy(update={"most_memory": 5})
    assert "10 bytes, 5 are allowed" in str(out_of_bounds(heavy, REFERENCE, REFERENCE, 100, {"memory_bytes": 10}))
