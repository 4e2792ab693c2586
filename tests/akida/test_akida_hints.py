"""Classes of compiler messages: collected from real rustc runs, learnt, quantised, the same on a device."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rusta_akida import (
    DamagedFile,
    DiagnosticHints,
    QuantiseConfig,
    collect_messages,
    diagnostic_class_hint,
    virtual_device,
)
from rusta_akida.diagnostics.collecting import Message, NothingToLearn
from rusta_akida.diagnostics.features import LONGEST, SIZE, features
from rusta_akida.diagnostics.hinting import hints_file
from rusta_cargo import Toolchain, find_toolchain
from rusta_conductor.home import Home

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


def test_messages_come_from_the_compiler(tmp_path: Path) -> None:
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

    found = collect_messages(Local(tmp_path, real.version), workers=1)
    assert [(message.category, message.code) for message in found] == [("type", "E0308"), ("syntax", "")]
    assert found[0].text.startswith("mismatched types\nexpected `u8`, found `&str`")
    assert "E0308" not in found[0].text
    assert len({message.source for message in found}) == 2
    with pytest.raises(NothingToLearn, match="rustup component add rust-docs"):
        collect_messages(Toolchain(tmp_path / "nowhere", ""))
