"""``crates_at_hand``: which crates lie here, with which features, and how their names are written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.crates.models import CrateInfo, CratesArgs, CratesReport, Sighting
from rusta_cargo.crates.shelf import order
from rusta_cargo.crates.uses import leaves
from rusta_cargo.tools.crates import crates_at_hand

MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nswift-feet = "0.3"\n'
Look = Callable[..., CratesReport]


@pytest.fixture
def look(lay: Callable, bench: Callable, config: str) -> Look:
    def ask(*names: str, crates: tuple[str, ...] = ("swift-feet",), lock: str = "") -> CratesReport:
        files = {"Cargo.toml": MANIFEST, "src/lib.rs": "", ".cargo/config.toml": config}
        root = lay({**files, **({"Cargo.lock": lock} if lock else {})})
        return bench(root).call(crates_at_hand, CratesArgs(crates=crates, names=names))

    return ask


def test_versions_and_features_are_told(look: Look, swift: Path) -> None:
    (swift / "swift-feet-broken").mkdir()
    (swift / "swift-feet-broken/Cargo.toml").write_text("[package\n")
    report = look(crates=("swift_feet", "swift-feet-derive", "swift-feet-broken", "absent"))
    assert report.crates == (
        CrateInfo(
            name="swift-feet",
            version="0.3.2",
            versions=("0.3.2", "0.2.10"),
            features={"default": (), "clock": (), "derive": ("dep:swift-feet-derive",)},
        ),
        CrateInfo(name="swift-feet-derive", version="0.3.2", versions=("0.3.2",)),
    )


def test_the_locked_version_comes_before_the_newest(look: Look) -> None:
    (crate,) = look(lock='version = 4\n\n[[package]]\nname = "swift-feet"\nversion = "0.2.10"\n').crates
    assert (crate.version, crate.versions, crate.locked) == ("0.2.10", ("0.2.10", "0.3.2"), True)
    (crate,) = look(lock="no TOML [").crates
    assert (crate.version, crate.locked) == ("0.3.2", False)


@pytest.mark.parametrize(
    ("name", "kind", "owner", "paths", "features"),
    [
        ("leap", "method", "Stride", ("swift_feet::prelude::*",), ()),
        ("Stride", "trait", "", ("swift_feet::prelude::*",), ()),
        ("Runner", "struct", "", ("swift_feet::Sprinter",), ()),
        ("slow", "fn", "", ("swift_feet::pace::slow",), ()),
        ("tick", "fn", "", ("swift_feet::clock::tick",), ("clock",)),
        ("clock", "mod", "", ("swift_feet::clock",), ("clock",)),
        ("legs", "macro", "", ("swift_feet::legs",), ()),
        ("Walk", "use", "", ("swift_feet::Walk",), ("derive",)),
    ],
)
def test_a_name_is_written_as_its_users_may(
    look: Look, name: str, kind: str, owner: str, paths: tuple[str, ...], features: tuple[str, ...]
) -> None:
    (sighting,) = look(name).sightings
    assert (sighting.kind, sighting.owner, sighting.paths, sighting.features) == (kind, owner, paths, features)


def test_two_items_of_one_name_are_two_sightings(look: Look) -> None:
    assert [one.paths for one in look("Pace").sightings] == [
        ("swift_feet::pace::steady::Pace",),
        ("swift_feet::pace::wild::Pace",),
    ]


def test_functions_of_similar_names_are_told(lay: Callable, bench: Callable, config: str) -> None:
    it = bench(lay({"Cargo.toml": MANIFEST, "src/lib.rs": "", ".cargo/config.toml": config}))
    report = it.call(crates_at_hand, CratesArgs(crates=("swift-feet",), near=("topSpeed", "nothing_like_it")))
    assert report.near == {"topSpeed": ("top_speed",), "nothing_like_it": ()}


@pytest.mark.parametrize("name", ["secret", "walk", "inner", "nothing", "not a name"])
def test_what_is_not_public_is_not_seen(look: Look, name: str) -> None:
    assert look(name).sightings == ()


def test_derive_macros_stand_at_the_root_of_their_crate(look: Look) -> None:
    (sighting,) = look("Walk", crates=("swift-feet-derive",)).sightings
    assert sighting == Sighting(
        crate="swift-feet-derive", name="Walk", kind="derive", paths=("swift_feet_derive::Walk",)
    )


def test_what_cargo_unpacked_is_found_too(
    lay: Callable, bench: Callable, swift: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked = tmp_path / "cargo/registry/src/index-1"
    unpacked.parent.mkdir(parents=True)
    swift.rename(unpacked)
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "cargo"))
    it = bench(lay({"Cargo.toml": MANIFEST, "src/lib.rs": ""}))
    assert [crate.name for crate in it.call(crates_at_hand, CratesArgs(crates=("swift-feet",))).crates] == [
        "swift-feet"
    ]


SEGMENT = st.sampled_from(["a", "b", "crate", "self", "r2", "Name"])
TREES = st.recursive(
    st.one_of(
        SEGMENT.map(lambda name: (name, [((name,), name)])),
        st.tuples(SEGMENT, st.sampled_from(["x", "y"])).map(lambda p: (f"{p[0]} as {p[1]}", [((p[0],), p[1])])),
        SEGMENT.map(lambda name: (f"{name}::*", [((name,), "*")])),
    ),
    lambda inner: st.one_of(
        st.tuples(SEGMENT, inner).map(
            lambda p: (f"{p[0]}::{p[1][0]}", [((p[0], *path), alias) for path, alias in p[1][1]])
        ),
        st.tuples(SEGMENT, st.lists(inner, min_size=1, max_size=3)).map(
            lambda p: (
                f"{p[0]}::{{{', '.join(text for text, _ in p[1])}}}",
                [((p[0], *path), alias) for _, found in p[1] for path, alias in found],
            )
        ),
    ),
    max_leaves=6,
)


@given(TREES)
def test_every_leaf_of_a_use_is_read(tree: tuple[str, list[tuple[tuple[str, ...], str]]]) -> None:
    text, wanted = tree
    found = [(leaf.path, leaf.alias) for leaf in leaves(text, Path("x.rs"), 0)]
    # `a::self` is `a`.
    plain = [
        (path[:-1], path[-2] if alias == "self" else alias)
        if path[-1] == "self" and len(path) > 1 and alias != "*"
        else (path, alias)
        for path, alias in wanted
    ]
    assert found == plain


@given(st.text("ab::{}*, as$_//\n#[]", max_size=40))
def test_any_text_is_read(text: str) -> None:
    for leaf in leaves(text, Path("x.rs"), 3):
        assert leaf.at == 3
        assert leaf.glob == (leaf.alias == "*")


@given(st.lists(st.tuples(*[st.integers(0, 12)] * 3), min_size=2, max_size=5))
def test_versions_are_ordered_as_numbers(numbers: list[tuple[int, int, int]]) -> None:
    texts = [".".join(map(str, one)) for one in numbers]
    assert sorted(texts, key=order) == [".".join(map(str, one)) for one in sorted(numbers)]
    assert order("1.0.0-alpha.1") < order("1.0.0") < order("1.0.1-rc.1+build")
