"""A proved patch that is only shown, with a question: what it holds is told, and can be judged."""

from __future__ import annotations

from pathlib import Path

from rusta_cargo import find_toolchain
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_conductor.sessions import start
from rusta_eval.cases import MAIN, compile_text
from rusta_eval.product import Offer, _from_result

SOURCE = b'fn main() {\n    let text = String::from("a");\n    let moved = text;\n    println!("{text} {moved}");\n}\n'


def test_what_was_shown_can_be_judged(tmp_path: Path) -> None:
    (tmp_path / MAIN).write_bytes(SOURCE)
    goal = {"path": str(tmp_path / MAIN), "edition": "2021", "lanes": 1, "ask_below": 1.0}
    with start(
        PluginHost.from_environment(), Home(tmp_path / "home"), "repair", goal, budget={"probes": 20.0}
    ) as session:
        result = session.run().result
    assert result is not None
    assert result.outcome == "abstained"
    assert result.data["decides"]
    offer = Offer(result.outcome)
    _from_result(offer, result.data, {MAIN: SOURCE})
    assert offer.asked
    assert offer.confidence is not None
    assert offer.verbatim is not None
    assert 0 < offer.verbatim <= offer.confidence < 1
    assert set(offer.known) == {"features", "factors"}
    assert offer.after[MAIN] != SOURCE
    assert compile_text(find_toolchain(tmp_path), offer.after[MAIN].decode(), "2021")[0]
