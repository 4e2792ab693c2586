"""What each proposer is worth, from records made by hand."""

from __future__ import annotations

from records import record

from rusta_eval.ablation import as_text, without_part, worths
from rusta_eval.measures import Record

NAMES = ["suggestions", "tokens", "names", "traits"]


def trial(proposer: str) -> dict[str, object]:
    return {"proposer": proposer, "kind": "k", "prior": 0.5, "won": False, "ok": False, "code": None}


RECORDS = [
    record(0, proposers=["suggestions"], trials=[trial("suggestions"), trial("names")]),
    record(1, proposers=["suggestions", "tokens"], trials=[trial("suggestions"), trial("tokens")]),
    record(2, outcome="abstained", proposers=[], trials=[trial("names")]),
]


def test_only_cases_with_a_part_are_run_again() -> None:
    asked: list[tuple[str, list[str]]] = []

    def again(name: str, ids: list[str]) -> list[Record]:
        asked.append((name, ids))
        return [record(int(i[2:]), fixed=name == "tokens", seconds=5.0) for i in ids]

    found = worths(RECORDS, NAMES, again)
    assert asked == [("suggestions", ["id0", "id1"]), ("tokens", ["id1"])]
    assert [(w.name, w.parts, w.lost, w.seconds) for w in found] == [
        ("suggestions", 2, 2, 0.0), ("tokens", 1, 0, 3.0),
    ]  # fmt: skip


def test_those_without_a_part_are_told_apart() -> None:
    assert without_part(RECORDS, NAMES) == (["names"], ["traits"])
    text = as_text([], 3, 2, ["names"], ["traits"])
    assert "2 of 3 fixed with all proposers" in text
    assert "in no repair (1): names" in text
    assert "worth 0 by construction (1): traits" in text
