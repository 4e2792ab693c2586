"""Fixed small repositories with known answers: ``canary/`` beside this file, and what each has to come to.

They are not a measure (a good product fixes them all) but an alarm: one that comes to something else than
``expected.toml`` says is told by name.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from rusta_cargo import Toolchain
from rusta_eval.cases import Case, case_id, write_json
from rusta_eval.crates import Crate, read_tree, record_of
from rusta_schemas.canonical import digest, sha256_hex

SMOKE = ("lost_mut", "lost_import", "borrowed_result", "nowhere_to_be_found")


def canaries(cache: Path, toolchain: Toolchain) -> list[Case]:
    """The canaries as cases; each is copied to the cache, under the hash of its content."""
    with as_file(files("rusta_eval") / "canary") as folder:
        expected = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
        return [
            _case(folder / name, entry, cache / "canary" / toolchain.identity[:8])
            for name, entry in sorted(expected.items())
        ]


def _case(source: Path, entry: Mapping[str, Any], cache: Path) -> Case:
    tree = read_tree(source)
    key = digest([[path, sha256_hex(text)] for path, text in sorted(tree.items())])[:8]
    folder = cache / f"{source.name}-{key}"
    if not folder.is_dir():
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("target", "Cargo.lock"))
    crate = Crate(source.name, str(folder), True, "", dict.fromkeys(entry["tests"], 1))
    write_json(record_of(folder), asdict(crate))
    return Case(
        id=case_id("canary", source.name, key),
        set="canary",
        origin=f"canary/{source.name}",
        edition="",
        code=entry["code"] or None,
        category=entry["category"],
        message=f"expected: {entry['expect']}",
        crate=str(folder),
        expect=entry["expect"],
    )


def missed(records: Iterable[Mapping[str, Any]]) -> list[str]:
    """A sentence for every canary that came to something else than it should, and for every wrong offer."""
    found = []
    for record in records:
        if "lost" in record:
            found.append(f"{record['origin']}: not measured: {record['lost']}")
            continue
        product = record["product"]
        if product["wrong"]:
            found.append(f"{record['origin']}: offered as proved, but {product['verdict']}")
        elif record["expect"] and product["outcome"] != record["expect"]:
            found.append(f"{record['origin']}: {product['outcome']} instead of {record['expect']}: {product['why']}")
        elif record["expect"] == "repaired" and not product["fixed"]:
            found.append(f"{record['origin']}: {product['verdict']}")
    return found
