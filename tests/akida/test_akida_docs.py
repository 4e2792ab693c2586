"""The pages about programs and devices say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

from rusta_akida.devices.protocol import Op
from rusta_akida.flashing.domain import EXIT_CODES
from rusta_akida.flashing.training import _TASKS
from rusta_akida.program import parameters, record

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = (ROOT / "docs/how-to/flash.md").read_text("utf-8")
REFERENCE = (ROOT / "docs/reference/chip-program.md").read_text("utf-8")
GOLDEN = Path(__file__).parent / "golden"


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading."""
    lines = text.partition(f"{heading}\n")[2].splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("|"))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def test_the_record_s_table_is_the_code_s() -> None:
    fields = record.FIELDS
    ends = [at for _, at in fields[1:]] + [record.SIZE]
    written = [(cells[2], int(cells[0], 16), int(cells[1])) for cells in rows(REFERENCE, "### A layer record")]
    assert written == [(name, at, end - at) for (name, at), end in zip(fields, ends, strict=True)]


def test_the_parameter_block_is_the_code_s() -> None:
    text = rows(REFERENCE, "### Parameter block (own)")[4][2]
    assert re.findall(r"\b(?:u8|u16|u32|f32)\b", text) == [
        {"B": "u8", "H": "u16", "I": "u32", "f": "f32"}[code] for code in parameters.ENTRY.format[1:]
        if not code.isdigit()
    ]  # fmt: skip


def test_the_smallest_program_is_shown_with_its_golden_bytes() -> None:
    listing = REFERENCE.partition("```text\n")[2].partition("```")[0]
    shown = bytes.fromhex("".join(line[6:31].strip() for line in listing.splitlines()))
    assert shown == (GOLDEN / "fc_50_1.info").read_bytes()


def test_every_operation_is_listed_with_whether_it_may_be_repeated() -> None:
    table = "x\n| operation | |" + REFERENCE.partition("| operation | |")[2]
    written = {}
    for cells in rows(table, "x"):
        number, name = cells[0].split()
        written[name] = (int(number), cells[2] == "yes")
    assert written == {op.name: (op.value, op.repeatable) for op in Op}


def test_outcomes_tasks_and_exit_codes() -> None:
    table = "x\n| outcome |" + HOW_TO.partition("| outcome |")[2]
    assert {cells[0].strip("`"): int(cells[1]) for cells in rows(table, "x")} == EXIT_CODES
    assert all(f"`{task}`" in HOW_TO for task in _TASKS)


def test_python_in_the_guide_stands_in_a_file() -> None:
    blocks = re.findall(r"^<!-- from (\S+) -->\n```python\n(.*?)^```$", HOW_TO, re.M | re.S)
    assert len(blocks) == 2
    for file, body in blocks:
        assert body in (ROOT / file).read_text("utf-8")


def test_what_is_not_verified_is_said_on_every_page() -> None:
    for name in ("how-to/flash.md", "explanation/chip-programs.md", "reference/chip-program.md"):
        text = " ".join((ROOT / "docs" / name).read_text("utf-8").split())
        assert re.search(r"not verified on silicon|verified it on silicon|verified on silicon", text), name
        for link in re.findall(r"\]\((\S+?)\)", text):
            assert ((ROOT / "docs" / name).parent / link).exists(), link
