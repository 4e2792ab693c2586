"""The end of a flash, for people."""

from __future__ import annotations

from typing import Any

from rusta_conductor.domain import Result

LAYOUT = "layout published, not verified on silicon; the USB transport is this product's own"


def show_flash(result: Result, console: Any) -> None:
    """Print a result; the budget as a table."""
    data: Any = result.data
    console.line(f"{result.outcome}: {result.summary}", "bold")
    if "program" in data:
        console.line(f"program  {data['program'][:16]}  ({data['info_bytes']} + {data['data_bytes']:,} bytes)")
        console.line(f"before   {data['before'][:16] or 'none'}")
        if data["delta"] is not None:
            console.line(f"delta    {data['delta']:.2%} of integers against floating point")
        rows = [(b["where"], b["name"], b["used"], b["limit"], b["why"] or ("" if b["ok"] else "does not fit"))
                for b in data["budget"]]  # fmt: skip
        console.table(("where", "what", "used", "possible", "remark"), rows, right=("used",))
    for name, title in (("dry_run", "on a twin"), ("proof", "on the device")):
        if name in data:
            seen = data[name]
            console.line(
                f"{title}: {seen['values'] - seen['mismatches']:,} of {seen['values']:,} values as the reference"
            )
    console.line(LAYOUT)
