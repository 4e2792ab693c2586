"""Classes of compiler messages: collected from real rustc runs, learnt, quantised, the same on a device; and as an
opinion on a repair's candidates, which orders them and is off by default."""

from __future__ import annotations

import threading
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from rusta_akida import (
    DamagedFile,
    DiagnosticHints,
    Message,
    NothingToLearn,
    QuantiseConfig,
    collect_messages,
    diagnostic_class_hint,
    fresh_program,
    judge_hints,
    virtual_device,
)
from rusta_akida.diagnostics.features import LONGEST, SIZE, features
from rusta_akida.diagnostics.hinting import hints_file
from rusta_akida.diagnostics.ranking import About, MessageHintArgs, MessageHints, message_hint, score
from rusta_cargo import Priors, Toolchain, find_toolchain
from rusta_conductor.errors import ToolError
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_conductor.tool import ToolContext

PHRASES = {
    "borrow": "cannot borrow `{}` as mutable more than once at a time",
    "type": "mismatched types\nexpected `u32`, found `{}`",
    "name": "cannot find value `{}` in this scope",
}


def messages() -> list[Message]:
    names = [f"{letter}{number}" for letter in "vxs" for number in range(8)]
    return [
        Message(phrase.format(name), category, "", f"{k:08x}")
        for k, name in enumerate(names)
        for category, phrase in PHRASES.items()
    ]


@pytest.fixture(scope="module")
def hints() -> DiagnosticHints:
    return DiagnosticHints.train(messages(), QuantiseConfig(lambda_=100.0))


def test_a_message_gets_its_class_and_shares_that_add_up(hints: DiagnosticHints) -> None:
    for category, phrase in PHRASES.items():
        shares = hints.probabilities(phrase.format("other"))
        assert next(iter(shares)) == category
        assert shares[category] > 0.5
        assert sum(shares.values()) == pytest.approx(1)
        assert list(shares.values()) == sorted(shares.values(), reverse=True)


def test_a_device_says_the_same(hints: DiagnosticHints) -> None:
    texts = [message.text for message in messages()] + ["", "something else entirely", "ä" * 500]
    program = hints.program()
    with virtual_device() as device:
        device.program_external(program.program_info, program.program_data)
        codes = hints.readout.encode(features(texts))
        assert (device.infer(codes) == hints.readout.potentials(codes)).all()
        assert hints.classes_on(device, texts) == hints.classes(texts)


def test_the_hint_is_there_only_after_training(hints: DiagnosticHints, tmp_path: Path) -> None:
    home = Home(tmp_path)
    text = PHRASES["borrow"].format("v")
    assert diagnostic_class_hint(text, home) == {}
    path = hints_file(home)
    path.parent.mkdir(parents=True)
    hints.save(path)
    given = diagnostic_class_hint(text, home)
    assert given == pytest.approx(hints.probabilities(text))
    path.write_bytes(path.read_bytes()[:-1])
    assert diagnostic_class_hint(text, home) == {}
    with pytest.raises(DamagedFile, match="offset"):
        DiagnosticHints.load(path)


def test_rows_depend_on_their_text_alone() -> None:
    texts = ["short", "a much longer text, which shares a batch with the short one", "", "x" * (LONGEST + 50)]
    together = features(texts)
    assert together.shape == (4, SIZE)
    for row, text in zip(together, texts, strict=True):
        assert np.allclose(features([text])[0], row, atol=1e-5)
    assert np.allclose(features(["x" * LONGEST])[0], together[3], atol=1e-5)


def test_too_few_messages_are_refused() -> None:
    with pytest.raises(NothingToLearn, match="1 classes"):
        DiagnosticHints.train([Message("a", "type", "", "0")] * 30)


@pytest.fixture
def local(tmp_path: Path) -> Toolchain:
    """The real compiler with documentation of our own: two broken programs, and one that is in order."""
    real = find_toolchain(tmp_path)
    page = tmp_path / "share" / "doc" / "rust" / "html" / "error_codes" / "E0308.html"
    page.parent.mkdir(parents=True)
    program = "fn main() {{ let x: {} = &quot;text&quot;; }}"
    blocks = [
        ("compile_fail,E0308", program.format("u8")),
        ("", program.format("u16")),
        ("compile_fail", "fn main() {"),
    ]
    page.write_text("".join(f'<code class="language-rust {words}">{text}</code>' for words, text in blocks), "utf-8")

    class Local(Toolchain):
        """The real compiler with documentation of our own."""

        def tool(self, name: str) -> Path:
            return real.tool(name)

    return Local(tmp_path, real.version)


def test_messages_come_from_the_compiler(local: Toolchain, tmp_path: Path) -> None:
    found = collect_messages(local, workers=1)
    assert [(message.category, message.code) for message in found] == [("type", "E0308"), ("syntax", "")]
    assert found[0].text.startswith("mismatched types\nexpected `u8`, found `&str`")
    assert "E0308" not in found[0].text
    assert len({message.source for message in found}) == 2
    with pytest.raises(NothingToLearn, match="rustup component add rust-docs"):
        collect_messages(Toolchain(tmp_path / "nowhere", ""))


def test_a_stopped_collection_goes_on_where_it_was(local: Toolchain, tmp_path: Path) -> None:
    kept = tmp_path / "messages.jsonl"
    told: list[tuple[int, int]] = []
    whole = collect_messages(local, workers=1, kept=kept)
    first, second = kept.read_bytes().splitlines(keepends=True)
    kept.write_bytes(first + second[:20])
    assert collect_messages(local, workers=1, kept=kept, progress=lambda *at: told.append(at)) == whole
    assert told == [(1, 2), (2, 2)]
    kept.write_bytes(kept.read_bytes() + b'{"source": 1}\nnot json\n')
    told.clear()
    assert collect_messages(local, workers=1, kept=kept, progress=lambda *at: told.append(at)) == whole
    assert told == [(2, 2)]


def test_hints_are_judged_on_messages_that_were_not_learnt() -> None:
    spread = [Message(m.text, m.category, "", sha256(m.text.encode()).hexdigest()) for m in messages()]
    found = judge_hints(spread, fresh_program, "fresh programs")
    assert found.known + found.fresh == len(spread)
    assert found.mismatches == 0
    assert found.readout >= found.logistic - found.noise
    assert found.readout > found.commonest
    with pytest.raises(NothingToLearn, match="left to measure"):
        judge_hints(spread, lambda _: False, "nothing")


COUNTS = Priors(
    8.0, {("borrows", "borrow", ""): (30, 40), ("types", "borrow", ""): (0, 40), ("types", "type", ""): (9, 10)}
)


def test_a_proposer_that_is_right_for_the_hinted_class_scores_higher() -> None:
    sure, unsure = {"borrow": 0.95, "type": 0.05}, {"borrow": 0.5, "type": 0.5}
    assert score(COUNTS, "borrows", sure) > score(COUNTS, "stranger", sure) > score(COUNTS, "types", sure)
    apart = score(COUNTS, "borrows", sure) - score(COUNTS, "types", sure)
    assert 0 < score(COUNTS, "borrows", unsure) - score(COUNTS, "types", unsure) < apart
    assert score(COUNTS, "borrows", {}) == score(COUNTS, "types", {})


def test_without_a_trained_hint_there_is_no_opinion(tmp_path: Path) -> None:
    context = ToolContext(None, 5, threading.Event(), "0", 1, tmp_path)
    args = MessageHintArgs(about=(About(proposer="types", message="mismatched types"),))
    with pytest.raises(ToolError, match="rusta akida hints train"):
        message_hint(args, context)


def test_where_nothing_answers_a_message_there_is_no_opinion(tmp_path: Path) -> None:
    """Failing tests have no message of the compiler: that is another reason than a missing hint."""
    context = ToolContext(None, 5, threading.Event(), "0", 1, tmp_path)
    with pytest.raises(ToolError, match="answers one message alone"):
        message_hint(MessageHintArgs(about=(About(proposer="behaviour", message=""),)), context)


def test_a_trained_hint_scores_every_candidate(tmp_path: Path, hints: DiagnosticHints) -> None:
    path = hints_file(Home(tmp_path))
    path.parent.mkdir(parents=True)
    hints.save(path)
    context = ToolContext(None, 5, threading.Event(), "0", 1, tmp_path)
    message = "cannot borrow `v` as mutable more than once at a time"
    abouts = [("clone", message), ("types", message), ("names", "")]
    args = MessageHintArgs(about=tuple(About(proposer=p, message=m) for p, m in abouts))
    data = message_hint(args, context).data
    assert isinstance(data, MessageHints)
    assert len(data.scores) == 3
    assert data.classes == {message: "borrow"}


def test_it_is_asked_only_where_it_is_named() -> None:
    host = PluginHost.from_environment()
    assert "message_hint" not in [spec.name for spec in host.rankers_of("repair")]
    assert "message_hint" in [spec.name for spec in host.rankers_of("repair", (), ["message_hint"])]
    assert "message_hint" not in [spec.name for spec in host.rankers_of("repair", ["message_hint"], ["message_hint"])]
    assert "message_hint" in host.tools
