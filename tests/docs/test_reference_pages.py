"""The reference pages say what the code says."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from rusta_conductor import hookspecs, specs
from rusta_conductor.budget import RESOURCES
from rusta_conductor.episode import BLOB_OVER
from rusta_conductor.machine import ARROWS
from rusta_devlog import frames, writer
from rusta_devlog.recovery import RECOVERED
from rusta_schemas.canonical import DEEPEST
from rusta_schemas.devlog import EVENT_TYPES
from rusta_schemas.effects import Effect
from rusta_schemas.observation import Status
from rusta_schemas.wire import MAX_BYTES, parse_action, print_action

DOCS = Path(__file__).resolve().parents[2] / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def section(text: str, heading: str) -> str:
    """What stands below a heading of the second level."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize(
    ("heading", "hooks"),
    [("Declarations", hookspecs.DECLARATIONS), ("Events", hookspecs.EVENTS)],
)
def test_every_hook_is_documented_with_its_arguments(heading: str, hooks: tuple[str, ...]) -> None:
    """Name, arguments and order."""
    documented = re.findall(r"^### (\w+)\((.*)\)$", section(page("reference/hooks.md"), heading), re.M)
    specified = [(name, ", ".join(inspect.signature(getattr(hookspecs, name)).parameters)) for name in hooks]
    assert documented == specified


def test_every_spec_is_documented_with_its_fields() -> None:
    text = page("reference/hooks.md")
    for spec in (
        specs.ToolSpec, specs.DomainSpec, specs.CommandSpec, specs.ProposerSpec, specs.CheckSpec,
    ):  # fmt: skip
        found = re.search(rf"`{spec.__name__}\(([^`]*)\)`", text)
        assert found, spec
        written = [re.sub(r"=.*", "", part).strip() for part in found[1].split(",")]
        assert written == list(inspect.signature(spec).parameters)


def test_effects_and_costs_are_documented() -> None:
    text = page("reference/hooks.md")
    assert all(f"`{effect}`" in text for effect in Effect)
    assert all(f"`{name}`" in text for name in RESOURCES if name not in ("wall", "steps"))


def test_the_line_on_the_page_is_an_action() -> None:
    text = page("reference/actions.md")
    [line] = re.findall(r"^::act .*$", text, re.M)
    assert print_action(parse_action(line)) == line
    assert f"{MAX_BYTES:,} bytes" in text
    assert f"{DEEPEST} levels" in text


def test_every_status_is_documented() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", section(page("reference/actions.md"), "What comes back"), re.M)
    assert rows == [str(status) for status in Status]


def test_every_kind_of_entry_is_documented() -> None:
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|.*\|$", section(page("reference/log.md"), "Entries"), re.M)
    assert [kind for kind, _ in rows] == [*EVENT_TYPES, RECOVERED]
    assert f"{BLOB_OVER // 1024} KiB" in page("reference/log.md")


def layout(text: str, start: int) -> list[tuple[int, str]]:
    """(offset, size) of each row of the n-th table of offsets."""
    tables = re.findall(r"\| offset \| size \| \|\n\|---\|---\|---\|\n((?:\|.*\n)+)", text)
    return [(int(row[0]), row[1]) for row in re.findall(r"\| (\d+) \| (\w+) \|", tables[start])]


def test_the_layout_of_segments_and_frames() -> None:
    """The page's tables against the code's structures."""
    text = page("reference/log.md")
    header, frame = layout(text, 0), layout(text, 1)
    assert header == [
        (0, "8"),
        (8, "2"),
        (10, "2"),
        (12, "4"),
        (16, "8"),
        (24, "32"),
        (56, "L"),
        (508, "4"),
    ]
    assert frame == [(0, "4"), (4, "4"), (8, "8"), (16, "4"), (20, "4"), (24, "32"), (56, "P")]
    assert frames._SEGMENT.size == 56
    assert frames._FRAME_HEAD.size == frames.FRAME_HEADER == 56
    assert frames.SECTOR == 512
    assert frames.SEGMENT_MAGIC.hex(" ") in text
    assert frames.FRAME_MARKER.hex(" ") in text
    assert f"at most {frames.MAX_LOG_ID}" in text
    assert f"at most {frames.MAX_PAYLOAD >> 20} MiB" in text
    assert f"{writer.SEGMENT_BYTES >> 20} MiB" in text


def test_the_picture_of_the_machine_has_every_signal() -> None:
    picture = page("explanation/runtime.md").partition("```text\n")[2].partition("```")[0]
    shown = set(re.findall(r"--(\w+)(?:\[([\w, ]+)\])?-->", picture))
    arrows = {(a.signal, ", ".join(gate.name for gate in a.gates)) for a in ARROWS}
    assert shown == arrows - {("reflected", ""), ("remembered", "")}


@pytest.mark.parametrize(
    "name",
    ["reference/hooks.md", "reference/actions.md", "reference/log.md", "explanation/runtime.md"],
)
def test_links_lead_somewhere(name: str) -> None:
    here = (DOCS / name).parent
    for target in re.findall(r"\]\(([^)#]+)\)", page(name)):
        assert (here / target).exists(), target
