"""The real compiler on files with a byte-order mark and CRLF: every byte offset must be the file's own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from rusta_cargo.messages import parse_stream
from rusta_cargo.places import BOM, Places
from rusta_cargo.toolchain import find_toolchain
from rusta_schemas.diagnostic import Diagnostic

PROGRAMS = {
    "insertion at a line's end": "fn main() {\n    let x: i32 = 1\n    let y = x;\n}\n",
    "insertion at the file's start": "fn main() {\n    let m: HashMap<u8, u8> = HashMap::new();\n}\n",
    "span over lines": 'fn main() {\n    let x: i32 = "a\n  ü b\n  c";\n}\n',
    "end of file": "fn main() {\n    let x = 1;\n",
    "several parts": "use std::fmt;\nfn main() {\n    let x = 1u8; if (x == 1) {}\n    let é = 5; é = 6;\n}\n",
    "label behind text": 'fn main() {\n    let ü: i32 = "ü";  // ü\n    let s = String::new(); drop(s); drop(s);\n}\n',
}


def diagnosed(raw: bytes, folder: Path) -> tuple[Diagnostic, ...]:
    (folder / "n.rs").write_bytes(raw)
    rustc = find_toolchain(Path("/")).tool("rustc")
    done = subprocess.run(
        [
            str(rustc),
            "--error-format=json",
            "--edition=2021",
            "--emit=metadata",
            "-o",
            "n.rmeta",
            "n.rs",
        ],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    stream = parse_stream(done.stderr, Places(str(folder), str(folder), lambda path: (folder / path).read_bytes()))
    assert not stream.other
    return stream.diagnostics


@pytest.mark.parametrize("name", PROGRAMS)
def test_offsets_are_those_on_disk(name: str, tmp_path: Path) -> None:
    plain = PROGRAMS[name].encode()
    expected = diagnosed(plain, tmp_path)
    assert expected
    for bom in (b"", BOM):
        for newline in (b"\n", b"\r\n"):
            raw = bom + plain.replace(b"\n", newline)

            def moved(offset: int, bom: bytes = bom, newline: bytes = newline) -> int:
                return len(bom) + len(plain[:offset].replace(b"\n", newline))

            found = diagnosed(raw, tmp_path)
            assert [d.message for d in found] == [d.message for d in expected]
            for one, other in zip(expected, found, strict=True):
                assert [(moved(s.start), moved(s.end), s.line, s.column) for s in one.spans] == [
                    (s.start, s.end, s.line, s.column) for s in other.spans
                ]
                assert [
                    (moved(r.start), moved(r.end), r.text.encode().replace(b"\n", newline))
                    for s in one.suggestions
                    for r in s.replacements
                ] == [(r.start, r.end, r.text.encode()) for s in other.suggestions for r in s.replacements]
