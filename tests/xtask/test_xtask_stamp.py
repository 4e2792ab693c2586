"""The stamp changes when, and only when, something that decides the environment's content does."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xtask_lib import stamp
from xtask_lib.console import XtaskError
from xtask_lib.place import Place

PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "rusta"
version = "0.1.0"
description = "words"
dependencies = ["click>=8.1"]

[project.optional-dependencies]
dev = ["pytest"]

[project.scripts]
rusta = "rusta_conductor.cli:main"

[project.entry-points.rusta]
cargo = "rusta_cargo.plugin"

[tool.hatch.build]
dev-mode-dirs = ["conductor"]

[tool.ruff]
line-length = 100
"""
ENVIRON = {"PATH": ""}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A checkout with everything that decides the content of an environment."""
    files = {
        "pyproject.toml": PYPROJECT,
        "hatch_build.py": "build = 1\n",
        "native/Cargo.toml": "[package]\n",
        "native/src/lib.rs": "pub fn one() {}\n",
        "native/rusta_native/__init__.py": "",
        "examples/rusta-plugin-example/pyproject.toml": PYPROJECT,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Place(tmp_path)


def edit(place: Place, name: str, old: str, new: str) -> None:
    path = place.root / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("pyproject.toml", "click>=8.1", "click>=8.2", "pyproject.toml"),
        ("pyproject.toml", '["pytest"]', '["pytest", "mypy"]', "pyproject.toml"),
        ("pyproject.toml", "cli:main", "cli:run", "pyproject.toml"),
        ("pyproject.toml", 'cargo = "', 'docs = "', "pyproject.toml"),
        ("pyproject.toml", '["conductor"]', '["conductor", "devlog"]', "pyproject.toml"),
        ("pyproject.toml", "hatchling>=1.27", "hatchling>=1.28", "pyproject.toml"),
        ("hatch_build.py", "1", "2", "build hook"),
        ("native/Cargo.toml", "[package]", "[package] ", "native sources"),
        ("native/src/lib.rs", "one", "two", "native sources"),
        (
            "examples/rusta-plugin-example/pyproject.toml",
            "click>=8.1",
            "click",
            "example plugin's pyproject.toml",
        ),
    ],
)
def test_a_change_that_matters_is_named(place: Place, name: str, old: str, new: str, told: str) -> None:
    before = stamp.current_inputs(place, ENVIRON)
    edit(place, name, old, new)
    after = stamp.current_inputs(place, ENVIRON)
    assert {key for key in after if after[key] != before[key]} == {told}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("pyproject.toml", "words", "other words"),
        ("pyproject.toml", "line-length = 100", "line-length = 80"),
        ("pyproject.toml", "[project]", "# a comment\n[project]"),
        ("native/rusta_native/__init__.py", "", "x = 1\n"),
    ],
)
def test_a_change_without_effect_is_none(place: Place, name: str, old: str, new: str) -> None:
    before = stamp.current_inputs(place, ENVIRON)
    edit(place, name, old, new)
    assert stamp.current_inputs(place, ENVIRON) == before


def test_what_the_native_build_makes_is_no_input(place: Place) -> None:
    before = stamp.current_inputs(place, ENVIRON)
    made = place.root / "native" / "target" / "release" / "out.rs"
    made.parent.mkdir(parents=True)
    made.write_text("generated")
    assert stamp.current_inputs(place, ENVIRON) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda native: (native / "src/lib.rs").rename(native / "src/main.rs"),
        lambda native: (native / "src/new.rs").write_text(""),
        lambda native: (native / "src/lib.rs").unlink(),
        lambda native: (native / "Cargo.lock").write_text("version = 4\n"),
    ],
    ids=["rename", "add", "remove", "lock file"],
)
def test_the_set_of_native_files_is_an_input(place: Place, change: Callable[[Path], object]) -> None:
    before = stamp.current_inputs(place, ENVIRON)["native sources"]
    change(place.root / "native")
    assert stamp.current_inputs(place, ENVIRON)["native sources"] != before


def test_the_native_switch_and_the_place_are_inputs(place: Place) -> None:
    inputs = stamp.current_inputs(place, {**ENVIRON, "RUSTA_NATIVE": "0"})
    assert inputs["RUSTA_NATIVE"] == "0"
    assert inputs["place of the checkout"] == str(place.root)


@given(st.dictionaries(st.text(), st.binary()).map(lambda d: sorted(d.items())))
def test_files_don_t_run_into_each_other(contents: list[tuple[str, bytes]]) -> None:
    """Moving a byte from one file's end to the next one's start is a change."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        paths = [root / str(number) for number in range(len(contents))]
        for path, (_, content) in zip(paths, contents, strict=True):
            path.write_bytes(content)
        digest = stamp._digest_files(paths, root)
        for left, right in itertools.pairwise(paths):
            moved = left.read_bytes()
            if moved:
                left.write_bytes(moved[:-1])
                right.write_bytes(moved[-1:] + right.read_bytes())
                assert stamp._digest_files(paths, root) != digest
                break


def make_environment(place: Place) -> None:
    """The least that counts as an installed environment."""
    site = place.venv / "lib" / "python3.11" / "site-packages"
    (site / "click-8.1.dist-info").mkdir(parents=True)
    (place.venv / "bin").mkdir()
    place.python.write_text("")
    place.rusta.write_text("")
    place.native_artifacts.mkdir(parents=True)
    (place.native_artifacts / "launcher").write_text("")


def test_a_stamped_environment_is_up_to_date(place: Place) -> None:
    make_environment(place)
    inputs = stamp.current_inputs(place, ENVIRON)
    stamp.write(place, inputs)
    assert stamp.out_of_date(place, inputs) == ([], False)


def test_no_environment_and_a_half_made_one_are_made_anew(place: Place) -> None:
    inputs = stamp.current_inputs(place, ENVIRON)
    assert stamp.out_of_date(place, inputs) == (["there is no .venv"], True)
    make_environment(place)
    assert stamp.out_of_date(place, inputs) == (["it was never finished"], True)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"inputs": 1, "made": []}', '{"inputs": {}}'])
def test_a_damaged_stamp_counts_as_none(place: Place, text: str) -> None:
    make_environment(place)
    place.stamp.write_text(text)
    _, anew = stamp.out_of_date(place, stamp.current_inputs(place, ENVIRON))
    assert anew


def test_a_removed_interpreter_is_noticed(place: Place) -> None:
    make_environment(place)
    inputs = stamp.current_inputs(place, ENVIRON)
    stamp.write(place, inputs)
    place.python.unlink()
    place.python.symlink_to(place.root / "gone")
    assert stamp.out_of_date(place, inputs) == (["its Python is gone"], True)


@pytest.mark.parametrize("name", stamp.FOUNDATIONS)
def test_another_python_or_place_means_a_new_environment(place: Place, name: str) -> None:
    make_environment(place)
    inputs = stamp.current_inputs(place, ENVIRON)
    stamp.write(place, inputs)
    reasons, anew = stamp.out_of_date(place, {**inputs, name: "other"})
    assert (reasons, anew) == ([f"{name} changed"], True)


def test_new_native_sources_only_mean_another_installation(place: Place) -> None:
    make_environment(place)
    stamp.write(place, stamp.current_inputs(place, ENVIRON))
    edit(place, "native/src/lib.rs", "one", "two")
    now = stamp.current_inputs(place, ENVIRON)
    assert stamp.out_of_date(place, now) == (["native sources changed"], False)


@pytest.mark.parametrize(
    "name",
    [
        ".venv/bin/rusta",
        ".venv/lib/python3.11/site-packages/click-8.1.dist-info",
        "native/rusta_native/_bin/launcher",
    ],
)
def test_what_the_installation_made_has_to_stay(place: Place, name: str) -> None:
    make_environment(place)
    inputs = stamp.current_inputs(place, ENVIRON)
    stamp.write(place, inputs)
    (place.root / name).rename(place.root / "elsewhere")
    assert stamp.out_of_date(place, inputs) == ([f"{name} went missing"], False)


def test_a_stamp_is_whole_or_absent(place: Place) -> None:
    """Written beside its place and renamed; nothing is left beside it."""
    make_environment(place)
    stamp.write(place, {"a": "b"})
    assert stamp.read(place) == stamp.Stamp({"a": "b"}, tuple(stamp.made_by_installation(place)))
    assert [p.name for p in place.venv.glob("xtask-stamp*")] == ["xtask-stamp.json"]


def test_a_broken_pyproject_is_explained(place: Place) -> None:
    (place.root / "pyproject.toml").write_text("[project\n")
    with pytest.raises(XtaskError, match=r"pyproject\.toml can't be read as TOML"):
        stamp.current_inputs(place, ENVIRON)
    (place.root / "pyproject.toml").unlink()
    with pytest.raises(XtaskError, match="is this a complete checkout"):
        stamp.current_inputs(place, ENVIRON)


def test_build_requirements_are_merged(place: Place) -> None:
    second = place.root / "examples/rusta-plugin-example/pyproject.toml"
    edit(place, str(second.relative_to(place.root)), "hatchling>=1.27", "flit-core")
    found = stamp.build_requirements([place.root / "pyproject.toml", second, second])
    assert found == ["hatchling>=1.27", "flit-core"]
