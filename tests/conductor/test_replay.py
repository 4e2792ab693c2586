"""What a replay compares: every change of the record is named, and what does not matter does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rusta_conductor import sessions
from rusta_conductor.contract import Contract
from rusta_conductor.errors import Divergence
from rusta_conductor.testing.world import Stage
from rusta_devlog import DevLog, DevLogReader, DevLogStore, verify
from rusta_schemas.devlog import Decision

SCRIPT: dict[str, Any] = {
    "sense": [
        {"call": "look", "args": {"n": 1}},
        {"random": 100},
        {"calls": [["look", {"n": 2}], ["push", {"n": 3}], ["build", {"n": 4}]]},
        {"note": "on the way"},
    ],
    "plan": [
        {"do": [{"decide": "thought", "value": {"deep": [1, {"x": "y"}]}}], "answer": "need_probe"},
        {"answer": "ready"},
    ],
    "probe": [[{"call": "push", "args": {"n": 5}}, {"call": "look", "args": {"n": 6, "size": 20000}}]],
    "validate": [{"do": [{"call": "build", "args": {"n": 7}}], "answer": "green"}],
    "remember": [{"id": "candidate"}, {"call": "look", "args": {"n": 8}}],
}


def changed(value: Any) -> Any:
    """Something else of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value + "z"
    if isinstance(value, list):
        return [*value, 1]
    return {**value, "new": 1}


def rewritten(here: Stage, episode: str, index: int, data: dict[str, Any], target: Path) -> Stage:
    """A copy of a finished episode in which one entry has other data."""
    other = Stage(target)
    other.home.ready()
    old = here.entries(episode)
    with live_log(other, episode) as log:
        for sha256 in {e.data["blob"] for e in old if e.data.get("blob")}:
            log.put_blob(DevLogReader(here.log(episode)).get_blob(str(sha256)))
        for number, entry in enumerate(old):
            chosen = data if number == index else entry.data
            log.append({**entry.model_dump(mode="json"), "data": chosen})
    return other


def live_log(other: Stage, episode: str) -> DevLog:
    return DevLogStore(other.home.devlog).create(episode)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, (*path, key))


def replaced(value: Any, path: tuple[Any, ...]) -> Any:
    if not path:
        return changed(value)
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:])
    return copy


PARTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "decision": (("topic",), ("value",)),
    "started": (("action", "verb"), ("action", "args"), ("effect",), ("ordinal",)),
    "transition": (("signal",), ("source",), ("target",)),
    "closed": (("outcome",), ("summary",), ("result",)),
}


def test_any_changed_step_of_the_record_is_named_with_both_sides(tmp_path: Path) -> None:
    """Every place of every decision, call, transition and result in the record, one at a time."""
    here = Stage(tmp_path / "a")
    live = here.start(SCRIPT)
    live.run()
    count = 0
    for index, entry in enumerate(here.entries(live.id)):
        for part in PARTS.get(entry.kind, ()):
            base: Any = entry.data
            for key in part:
                base = base[key]
            for path in paths(base):
                data = (
                    {**entry.data, "effect": "device"} if part == ("effect",) else replaced(entry.data, (*part, *path))
                )
                other = rewritten(here, live.id, index, data, tmp_path / f"b{count}")
                with pytest.raises(Divergence) as error:
                    sessions.replay(other.host, other.home, DevLogReader(other.log(live.id)))
                assert error.value.recorded != error.value.replayed
                assert "recorded:" in str(error.value)
                assert "replayed:" in str(error.value)
                named = [str(key) for key in (*part, *path) if isinstance(key, str)][-1]
                assert named in error.value.path, str(error.value)
                assert other.world.runs == []
                count += 1
    assert count >= 100


def test_a_changed_result_is_detected_by_its_digest(tmp_path: Path) -> None:
    here = Stage(tmp_path / "a")
    live = here.start(SCRIPT)
    live.run()
    index = next(i for i, e in enumerate(here.entries(live.id)) if e.kind == "done")
    data = replaced(here.entries(live.id)[index].data, ("output", "data", "value"))
    other = rewritten(here, live.id, index, data, tmp_path / "b")
    with pytest.raises(Divergence, match="sha256"):
        sessions.replay(other.host, other.home, DevLogReader(other.log(live.id)))


def test_notes_timings_and_unknown_entries_never_influence_a_replay(tmp_path: Path) -> None:
    here = Stage(tmp_path / "a")
    live = here.start(SCRIPT)
    live.run()
    old = here.entries(live.id)
    for index, entry in enumerate(old):
        if entry.kind == "note":
            other = rewritten(here, live.id, index, {"text": "other"}, tmp_path / "n")
        elif entry.kind == "done" and index < 6:
            other = rewritten(here, live.id, index, {**entry.data, "ms": 9e9}, tmp_path / f"d{index}")
        else:
            continue
        assert sessions.replay(other.host, other.home, DevLogReader(other.log(live.id))).ended
    other = Stage(tmp_path / "u")
    with live_log(other, live.id) as log:
        for sha256 in {e.data["blob"] for e in old if e.data.get("blob")}:
            log.put_blob(DevLogReader(here.log(live.id)).get_blob(str(sha256)))
        for entry in old:
            log.append(entry.model_dump(mode="json"))
            log.append({**entry.model_dump(mode="json"), "kind": "novelty", "data": {"x": [1]}})
    assert sessions.replay(other.host, other.home, DevLogReader(other.log(live.id))).ended


def test_a_record_that_goes_on_after_the_end_is_a_divergence(tmp_path: Path) -> None:
    here = Stage(tmp_path)
    live = here.start(SCRIPT)
    live.run()
    with live.store.open(live.id) as log:
        extra = Decision(topic="late", value={}).model_dump(mode="json")
        log.append({**live.entries[-1].model_dump(mode="json"), "kind": "decision", "data": extra})
    with pytest.raises(Divergence, match="decision on late"):
        live.replay()


def test_a_proposal_of_nearly_the_same_size_is_tolerated_when_asked(tmp_path: Path) -> None:
    here = Stage(tmp_path / "a")
    live = here.start(SCRIPT)
    live.run()
    index, data = next((i, e.data) for i, e in enumerate(here.entries(live.id)) if e.data.get("topic") == "proposal")
    for lines, tolerance, fine in ((3, 2, True), (4, 2, False), (3, 0, False)):
        value = {**data["value"], "lines": lines}  # type: ignore[dict-item]
        other = rewritten(here, live.id, index, {**data, "value": value}, tmp_path / f"b{lines}-{tolerance}")
        reader = DevLogReader(other.log(live.id))
        if fine:
            report = sessions.replay(other.host, other.home, reader, tolerance=tolerance)
            assert report.tolerated is not None
        else:
            with pytest.raises(Divergence, match="lines"):
                sessions.replay(other.host, other.home, reader, tolerance=tolerance)


def test_a_changed_contract_is_a_divergence(tmp_path: Path) -> None:
    here = Stage(tmp_path)
    live = here.start(SCRIPT, budget={"steps": 3})
    live.run()
    host = Stage(tmp_path, Contract(anchored=True)).host
    with pytest.raises(Divergence, match="contract"):
        sessions.resume(host, here.home, live.id)
    with pytest.raises(Divergence, match="contract"):
        sessions.replay(host, here.home, live.store.reader(live.id))
    assert verify(here.log(live.id)).ok
