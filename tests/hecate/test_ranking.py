"""Ranking edits, sampling, and the proposer of names, with a small model trained for the purpose."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from byte_worlds import SMALL, quick, small_corpus
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_cargo.repair import Situation
from rusta_hecate import Choice, ConfigError, Edit, Network, Predictor, Reader, generate, proposing, rank, scoring
from rusta_hecate.inference.quantise import int8_arrays
from rusta_hecate.inference.sampling import NothingAllowed, pick
from rusta_hecate.measuring import mixed_bits, network_bits, sample
from rusta_hecate.training.run import Run
from rusta_schemas.diagnostic import Category, Diagnostic, Level, Span

TEXT = b"let value_1 = make(31);\nlet value_2 = make(7);\nlet value_3 = "


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Trained for a few seconds on lines like those of TEXT."""
    corpus = small_corpus(tmp_path_factory.mktemp("ranking") / "corpus")
    run = Run(SMALL, quick(steps=60, rows=4), corpus)
    while not run.over:
        run.advance()
    return Network(SMALL, int8_arrays({name: p.detach().numpy() for name, p in run.model.named_parameters()}))


def test_what_fits_is_likelier_than_what_does_not(network: Network) -> None:
    edits = [Edit(TEXT, b"mkae", after, b"(5);\n") for after in (b"make", b"mxke", b"", b"\xff\xfe")]
    right, slip, gone, noise = rank(edits, network=network)
    assert right.gain > slip.gain > noise.gain
    assert right.gain > gone.gain
    assert right.before == slip.before
    assert right.typical > 0


def test_scores_do_not_depend_on_company_or_order(network: Network) -> None:
    edits = [Edit(TEXT, b"x", after, b";\n") for after in (b"make(1)", b"y", b"value_1")]
    together = rank(edits, network=network)
    backwards = rank(edits[::-1], network=network)[::-1]
    alone = rank(edits[:1], network=network)
    for a, b in zip(together, backwards, strict=True):
        assert a.gain == pytest.approx(b.gain, abs=2e-2)
    assert together[0].gain == pytest.approx(alone[0].gain, abs=2e-2)


def test_an_edit_that_changes_nothing_gains_nothing(network: Network) -> None:
    (score,) = rank([Edit(TEXT, b"make", b"make", b"(1)")], network=network)
    assert score.gain == 0


def test_edits_without_prefix_or_suffix_are_scored(network: Network) -> None:
    scores = rank([Edit(b"", b"", b"let"), Edit(b"", b"a", b"")], context=[b"let it be;\n"], network=network)
    assert all(np.isfinite(score.gain) for score in scores)
    assert rank([], network=network) == []


def test_context_makes_its_names_likelier(network: Network) -> None:
    edit = [Edit(b"use ", b"q", b"quixotic_widget", b";\n")]
    (without,) = rank(edit, network=network)
    (told,) = rank(edit, context=[b"fn quixotic_widget() {}\n" * 3], network=network)
    assert told.after > without.after


def test_a_reader_sums_what_pieces_cost(network: Network) -> None:
    whole, parts = Reader(network, Predictor(14)), Reader(network, Predictor(14))
    assert whole.feed(TEXT) == pytest.approx(parts.feed(TEXT[:9]) + parts.feed(b"") + parts.feed(TEXT[9:]), rel=1e-3)
    assert whole.continuations([b"", b"make"])[0] == 0.0


def test_measuring_agrees_with_itself(network: Network) -> None:
    texts = [TEXT, b"", b"x", b"\0\xff" * 30]
    alone, joined = network_bits(network, texts), mixed_bits(network, texts, bits=12)
    assert alone.network == pytest.approx(joined.network)
    assert joined.bytes == alone.bytes == sum(map(len, texts))
    primed = mixed_bits(network, texts, primer=texts, bits=12)
    assert joined.mixed is not None
    assert primed.mixed is not None
    assert primed.mixed < joined.mixed
    assert network_bits(network, []).network == 0.0
    assert sample([b"a" * 9000, b"b" * 50], 9000) == [b"a" * 8192, b"b" * 50]


def test_sampling_repeats_with_its_seed_and_takes_the_likeliest_at_zero(network: Network) -> None:
    prompt = b"let value_1 = "
    assert generate(network, prompt, 20, Choice(seed=4)) == generate(network, prompt, 20, Choice(seed=4))
    assert generate(network, prompt, 4, Choice(temperature=0)) == b"make"
    logits = np.array([5.0, 4.0, -np.inf, *[-5.0] * 253], np.float32)
    drawn = {pick(logits, Choice(1.0, 0.9, 1), np.random.default_rng(i)) for i in range(60)}
    assert drawn == {0, 1}


def test_a_constraint_is_kept_and_a_dead_end_is_told(network: Network) -> None:
    made = generate(network, b"x", 30, Choice(), lambda text: frozenset(b"01") if len(text) < 7 else None)
    assert len(made) == 7
    assert set(made) <= set(b"01")
    with pytest.raises(NothingAllowed, match="leads nowhere"):
        generate(network, b"x", 3, Choice(), lambda _text: frozenset())


@pytest.mark.parametrize("wrong", [{"temperature": -1.0}, {"top_p": 0.0}, {"top_p": 1.5}])
def test_a_choice_out_of_range_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="top_p"):
        Choice(**wrong)


letters = st.binary(max_size=6)


@settings(max_examples=40, deadline=None)
@given(letters, letters)
def test_distance_is_a_distance(a: bytes, b: bytes) -> None:
    steps = proposing.distance(a, b, 99)
    assert (steps == 0) == (a == b)
    assert steps == proposing.distance(b, a, 99)
    assert steps <= max(len(a), len(b))
    assert steps >= abs(len(a) - len(b))
    assert proposing.distance(a, b, 1) == min(steps, 2)


def unknown(source: bytes, name: bytes, code: str = "E0425") -> Situation:
    start = source.rindex(name)
    span = Span(
        path="src/main.rs", start=start, end=start + len(name), line=1, column=1, end_line=1, end_column=2, primary=True
    )
    error = Diagnostic(code=code, level=Level.ERROR, category=Category.NAME, phase=2, message="unknown", spans=(span,))
    return Situation((error,), lambda _path: source, lambda *_: None, None)  # type: ignore[arg-type, return-value]


def test_a_misspelt_name_is_offered_as_the_crate_spells_it(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "shipped", lambda: network)
    source = TEXT + b"mkae(5);\n"
    candidates = list(proposing.names_in_place(unknown(source, b"mkae")))
    assert candidates[0].replacements[0].text == "make"
    assert candidates[0].diagnostic == 0
    assert all(0 < candidate.prior < 0.5 for candidate in candidates)
    assert candidates == list(proposing.names_in_place(unknown(source, b"mkae")))


def test_other_errors_and_keywords_are_left_alone(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "shipped", lambda: network)
    assert list(proposing.names_in_place(unknown(TEXT + b"mkae", b"mkae", "E0308"))) == []
    assert list(proposing.names_in_place(unknown(b"fn a() { self }", b"self"))) == []


def test_a_hole_is_filled_from_all_names_and_trusted_little(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "shipped", lambda: network)
    found = proposing.likeliest(TEXT + b"todo(5);\n", len(TEXT), len(TEXT) + 4)
    assert "make" in {name for name, _ in found}
    candidates = list(proposing.names_in_place(unknown(TEXT + b"todo(5);\n", b"todo")))
    assert candidates
    assert all(candidate.prior <= 0.05 for candidate in candidates)


def test_a_hole_is_filled_from_the_names_that_stand_near_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "rank", lambda edits: [scoring.Score(0, 0, 0, 0.0) for _ in edits])
    far = b" ".join(b"far%d" % i for i in range(40))
    source = far + b" fn near(a: u8) -> u8 { todo }"
    looked_at = {name for name, _ in proposing.likeliest(source, source.index(b"todo"), source.index(b"todo") + 4)}
    assert looked_at <= {"near", "a", "u8", *(f"far{i}" for i in range(24, 40))}
    assert "a" in looked_at


def test_without_a_model_nothing_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Network:
        raise scoring.NoModel("no model")

    monkeypatch.setattr(scoring, "shipped", missing)
    assert list(proposing.names_in_place(unknown(TEXT + b"mkae", b"mkae"))) == []


def test_importing_the_package_is_light() -> None:
    code = "import sys, rusta_hecate, rusta_hecate.plugin; print([m for m in ('numpy', 'torch', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout.strip() == "[]"
