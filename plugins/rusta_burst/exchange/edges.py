"""Lists of synapses: CSV and Parquet.

Columns ``source`` and ``target`` are needed; ``weight``, ``psp``, ``type``, ``delay`` and ``rule`` have their defaults. A
weight may be signed: below 0 it inhibits. Neurons are those that are named, in one area; an edge list tells nothing else of
them, so a connectome with more to say loses it here.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from rusta_burst.connectome.fields import SYNAPSE_FIELDS
from rusta_burst.connectome.model import Connectome, Neurons, Synapses
from rusta_burst.errors import DamagedFile, InvalidInput
from rusta_burst.exchange.formats import need
from rusta_burst.exchange.whole import reading, void, write_whole

NAMES = tuple(field.name for field in SYNAPSE_FIELDS)


def save_csv(connectome: Connectome, path: Path) -> None:
    """Write the synapses, one a line, after a line of names.

    Raises:
        BurstError: it cannot be written.
    """
    columns = connectome.synapses.columns()
    table = np.stack([columns[name].astype(np.int64) for name in NAMES], axis=1)

    def write(place: Path) -> None:
        with place.open("w", encoding="ascii", newline="") as file:
            file.write(",".join(NAMES) + "\n")
            for start in range(0, len(table), 65536):
                np.savetxt(file, table[start : start + 65536], fmt="%d", delimiter=",")

    write_whole(path, write)


def load_csv(path: Path) -> Connectome:
    """Read synapses; fields are divided by commas.

    Raises:
        DamagedFile: naming the line and what is wrong there.
        BurstError: it cannot be opened.
    """
    with reading(path):
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise DamagedFile(f"{path}: byte {error.start} is not text; expected CSV", error.start) from None
    head, _, body = text.partition("\n")
    names = [name.strip().strip('"').lower() for name in head.rstrip("\r").split(",")]
    _check_names(path, names)
    columns = _numbers(path, body, names)
    try:
        return _connectome(columns)
    except InvalidInput as error:
        raise DamagedFile(f"{path}: {error}") from None


def save_parquet(connectome: Connectome, path: Path) -> None:
    """Write the synapses as columns.

    Raises:
        MissingExtra: pyarrow is not installed.
        BurstError: it cannot be written.
    """
    arrow, parquet = need("pyarrow", "exchange"), need("pyarrow.parquet", "exchange")
    table = arrow.table(connectome.synapses.columns())
    write_whole(path, lambda place: void(parquet.write_table(table, place)))


def load_parquet(path: Path) -> Connectome:
    """Read synapses from columns of whole numbers.

    Raises:
        DamagedFile: it is no such file, or a column does not fit.
        MissingExtra: pyarrow is not installed.
    """
    arrow, parquet = need("pyarrow", "exchange"), need("pyarrow.parquet", "exchange")
    with reading(path):
        try:
            table = parquet.read_table(io.BytesIO(path.read_bytes()))
            names = [str(name).lower() for name in table.column_names]
            _check_names(path, names)
            columns = {}
            for name, column in zip(names, table.columns, strict=True):
                if name not in NAMES:
                    continue
                if column.null_count or not (
                    arrow.types.is_integer(column.type) or arrow.types.is_floating(column.type)
                ):
                    raise DamagedFile(f"{path}: column {name!r} is {column.type} with {column.null_count} empty; "
                                      "expected numbers")  # fmt: skip
                columns[name] = column.to_numpy()
        except (arrow.ArrowException, ValueError, OSError) as error:
            if isinstance(error, DamagedFile | FileNotFoundError | PermissionError | IsADirectoryError):
                raise
            raise DamagedFile(f"{path}: not a readable Parquet file ({str(error)[:200]})") from None
    try:
        return _connectome(columns)
    except InvalidInput as error:
        raise DamagedFile(f"{path}: {error}") from None


def _check_names(path: Path, names: list[str]) -> None:
    missing = [name for name in ("source", "target") if name not in names]
    if missing:
        there = f"the columns are {', '.join(names)[:200]}" if any(names) else "the first line is empty"
        raise DamagedFile(f"{path}: there is no column {missing[0]!r}; {there}", 0)
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise DamagedFile(f"{path}: the column {twice[0]!r} is there twice", 0)


def _numbers(path: Path, body: str, names: list[str]) -> dict[str, Any]:
    use = [k for k, name in enumerate(names) if name in NAMES]
    rows: list[list[float]] = []
    for number, line in enumerate(body.splitlines(), start=2):
        if not line.strip():
            continue
        cells = line.split(",")
        if len(cells) != len(names):
            raise DamagedFile(f"{path}: line {number} has {len(cells)} fields, expected {len(names)}")
        try:
            rows.append([float(cells[k]) for k in use])
        except ValueError:
            raise DamagedFile(f"{path}: line {number}: {line.strip()[:80]!r} should be numbers") from None
    table = np.asarray(rows, np.float64).reshape(len(rows), len(use))
    return {names[k]: table[:, at] for at, k in enumerate(use)}


def _connectome(columns: dict[str, Any]) -> Connectome:
    if "weight" in columns:
        columns = dict(columns)
        weight = np.asarray(columns["weight"])
        if weight.dtype.kind in "if" and len(weight) and weight.min() < 0:
            if "type" in columns:
                raise InvalidInput("weights below 0 and a type; use one of them to say what inhibits")
            columns["type"] = (weight < 0).astype(np.uint8)
            columns["weight"] = np.abs(weight)
    if np.asarray(columns.get("rule", 0)).any():
        columns = {**columns, "rule": np.zeros(len(columns["source"]), np.uint8)}
    synapses = Synapses.of(**columns)
    count = int(max(synapses.source.max(), synapses.target.max())) + 1 if len(synapses) else 0
    if count > 64 * len(synapses) + 1_000_000:
        raise InvalidInput(f"neuron {count - 1} is named, but there are only {len(synapses)} synapses; "
                           "number the neurons without such gaps")  # fmt: skip
    return Connectome.of(["neurons"], Neurons.of(count), synapses)
