"""The trap: cargo judges freshness by time, and the target folder is warm from earlier episodes."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rusta_cargo.lane import CargoLane
from rusta_cargo.models import CheckArgs
from rusta_cargo.tools.checking import cargo_check
from rusta_cargo.workspace import FEW_CALLS
from rusta_schemas.edits import Edit

MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n'
GOOD, BAD = "pub fn f() -> u8 {  1 }\n", 'pub fn f() -> u8 { "" }\n'
assert len(GOOD) == len(BAD)


def change(old: str, new: str) -> Edit:
    return Edit(path="src/lib.rs", start=0, end=len(old), removed=old, inserted=new)


def test_a_base_mended_in_one_episode_is_broken_in_the_next(
    tmp_path: Path, bench: Callable, lay: Callable[..., Path]
) -> None:
    root = lay({"Cargo.toml": MANIFEST, "src/lib.rs": BAD})
    os.utime(root / "src/lib.rs", (1, 1))
    mended = CheckArgs(targets="default", edits=(change(BAD, GOOD),))
    plain = CheckArgs(targets="default")
    first = bench(root)
    assert not first.call(cargo_check, plain).ok
    assert first.call(cargo_check, mended).ok
    first.workspace.close()
    second = bench(root)
    assert not second.call(cargo_check, plain).ok
    assert second.call(cargo_check, mended).ok
    assert not second.call(cargo_check, plain).ok


STEP = st.tuples(
    st.sampled_from([GOOD, BAD]),  # the base on disk
    st.sampled_from(["past", "kept", "now", "in place"]),  # its time
    st.sampled_from([(), ("edit",), ("edit", "plain"), ("plain", "edit")]),  # what the episode does first
)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=2, max_size=3))
def test_every_episode_sees_its_own_base(
    steps: list[tuple[str, str, tuple[str, ...]]], bench: Callable, tmp_path: Path
) -> None:
    root = tmp_path / "crate"
    (root / "src").mkdir(parents=True, exist_ok=True)
    (root / "Cargo.toml").write_text(MANIFEST)
    source = root / "src/lib.rs"
    for base, when, actions in steps:
        before = source.stat() if source.exists() else None
        source.write_text(base)  # the same size, and in place: the same inode
        if when == "past":
            os.utime(source, (1_000_000_000, 1_000_000_000))
        elif when in ("kept", "in place") and before is not None:
            os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
        other = BAD if base == GOOD else GOOD
        episode = bench(root)
        for action in (*actions, "plain"):
            edits = (change(base, other),) if action == "edit" else ()
            report = episode.call(cargo_check, CheckArgs(targets="default", edits=edits))
            assert report.ok is ((other if edits else base) == GOOD)
        episode.workspace.close()


def test_a_second_lane_is_opened_when_much_is_asked(bench: Callable, lay: Callable[..., Path]) -> None:
    """It would compile everything once more for the sake of a few calls."""
    workspace = bench(lay({"Cargo.toml": MANIFEST, "src/lib.rs": GOOD}), lanes=2).workspace
    with ThreadPoolExecutor(1) as pool:

        def other() -> CargoLane:
            with workspace.lane() as lane:
                return lane

        with workspace.lane() as first:
            waiting = pool.submit(other)
        assert waiting.result() is first
        for _ in range(FEW_CALLS):
            assert other() is first
        with workspace.lane() as lane:
            assert lane is first
            assert pool.submit(other).result() is not first


def test_lanes_side_by_side(bench: Callable, lay: Callable[..., Path]) -> None:
    """Two threads, each with a sandbox of its own, never see each other's tree."""
    it = bench(lay({"Cargo.toml": MANIFEST, "src/lib.rs": GOOD}), lanes=2)
    wanted = [GOOD, BAD, GOOD, BAD, BAD, GOOD]

    def check(text: str) -> bool:
        edits = () if text == GOOD else (change(GOOD, BAD),)
        return bool(it.call(cargo_check, CheckArgs(targets="default", edits=edits)).ok)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(check, wanted)) == [text == GOOD for text in wanted]


def test_a_dependency_outside_the_tree_changed_under_an_old_time(bench: Callable, lay: Callable[..., Path]) -> None:
    dependency = lay({"Cargo.toml": MANIFEST.replace("demo", "dep"), "src/lib.rs": GOOD}, name="dep")
    root = lay(
        {
            "Cargo.toml": MANIFEST + '[dependencies]\ndep = { path = "../dep" }\n',
            "src/lib.rs": "pub fn g() -> u8 { dep::f() }\n",
        }
    )
    plain = CheckArgs(targets="default")
    first = bench(root)
    assert first.call(cargo_check, plain).ok
    first.workspace.close()
    (dependency / "src/lib.rs").write_text(BAD)
    os.utime(dependency / "src/lib.rs", (1, 1))
    report = bench(root).call(cargo_check, plain)
    assert not report.ok
    assert report.diagnostics[0].primary.path == str(dependency / "src/lib.rs")
