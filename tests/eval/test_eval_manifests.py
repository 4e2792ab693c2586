"""Manifests cut down to what can be built offline."""

from __future__ import annotations

import tomllib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rusta_eval.manifests import LIB_TEST, absent, to_toml, trimmed

MANIFEST = {
    "package": {"name": "demo", "version": "1.0.0", "metadata": {"docs": {}}, "workspace": ".."},
    "dependencies": {
        "here": {"version": "1", "features": ["x"]},
        "gone": {"version": "1", "optional": True},
        "renamed": {"version": "1", "package": "gone"},
        "beside": {"version": "1", "path": "../here"},
        "near": {"path": "../near"},
    },
    "dev-dependencies": {"criterion": "0.3", "here": "1"},
    "target": {"cfg(unix)": {"dependencies": {"gone2": "1"}}},
    "features": {"default": ["gone", "std"], "std": ["here/x", "gone?/y", "dep:gone"], "gone": []},
    "bench": [{"name": "b"}],
    "test": [{"name": "t"}, {"name": "u", "harness": False}],
    "profile": {"release": {"lto": True}},
    "patch": {"crates-io": {"here": {"path": "x"}}},
}


def test_what_is_not_here_is_taken_out_everywhere() -> None:
    found = trimmed(MANIFEST, {"here", "beside", "near"}, {"t"})
    assert set(found["dependencies"]) == {"here", "beside"}
    assert found["dependencies"]["beside"] == {"version": "1"}
    assert found["dev-dependencies"] == {"here": "1"}
    assert found["target"]["cfg(unix)"]["dependencies"] == {}
    assert found["features"] == {"default": ["std"], "std": ["here/x"], "gone": []}
    assert found["test"] == [{"name": "u", "harness": False}]
    assert not {"bench", "profile", "patch"} & set(found)
    assert found["package"]["autobenches"] is False
    assert found["workspace"] == {}


def test_the_manifest_that_is_given_stays_as_it_is() -> None:
    before = repr(MANIFEST)
    trimmed(MANIFEST, set(), {LIB_TEST})
    assert repr(MANIFEST) == before


def test_unit_tests_that_do_not_build_are_switched_off() -> None:
    assert trimmed(MANIFEST, (), {LIB_TEST})["lib"] == {"test": False, "bench": False}


WORDS = st.text(alphabet='ab-_."\\\n\té ', min_size=1, max_size=6)
PLAIN = st.booleans() | st.integers(-(2**40), 2**40) | WORDS
LISTS = st.lists(PLAIN | st.dictionaries(WORDS, PLAIN, max_size=2), max_size=3)
VALUES = PLAIN | LISTS | st.dictionaries(WORDS, PLAIN | LISTS, max_size=2)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(WORDS, VALUES, max_size=4))
def test_what_is_written_reads_back(data: dict[str, object]) -> None:
    assert tomllib.loads(to_toml(data)) == data


def test_targets_whose_file_was_not_packaged_are_absent() -> None:
    manifest = {
        "example": [{"name": "here"}, {"name": "gone"}, {"name": "moved", "path": "demo/moved.rs"}],
        "test": [{"name": "folder"}, {"name": "lost", "path": "tests/lost.rs"}],
    }
    files = {"examples/here.rs", "tests/folder/main.rs"}
    assert absent(manifest, files.__contains__) == {"gone", "moved", "lost"}
    assert absent({}, files.__contains__) == set()
