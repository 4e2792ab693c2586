"""Where a run computes: the choice, going on elsewhere, and that every tensor of a step follows its model.

No card is needed: PyTorch's fake tensors say on which device they would be and refuse to be mixed with those of another.
Where there is a card, the runs are taken on it too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from byte_worlds import SMALL, quick, small_corpus
from torch import Tensor
from torch._functorch.config import patch
from torch._subclasses.fake_tensor import FakeTensorDeviceMismatchError, FakeTensorMode

from rusta_conductor.errors import ToolError
from rusta_datasets import Corpus
from rusta_hecate import ConfigError
from rusta_hecate.container import load, save
from rusta_hecate.episode import check
from rusta_hecate.episode.faults import mendable
from rusta_hecate.heads import Example, Heads, losses
from rusta_hecate.layers.rotary import tables
from rusta_hecate.model import block, memory
from rusta_hecate.model.byte_model import ByteModel
from rusta_hecate.model.config import ModelConfig, base, nano, tiny
from rusta_hecate.training import needs
from rusta_hecate.training.device import Device, chosen, resumed
from rusta_hecate.training.loop import CHECKPOINT, resume
from rusta_hecate.training.muon import Muon
from rusta_hecate.training.run import Run

HERE = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
# One rule of each module of its own.
RULES = ["none", "gated_delta", "titans", "yaad", "lattice"]
EXAMPLES = [
    Example(text=b"which passage", passages=(b"one", b"two"), answer=1),
    Example(text=b"fn f() {}", action=2, kinds=tuple(range(9)), right=True, lines=3),
]


def with_memory(rule: str) -> ModelConfig:
    return replace(SMALL, layers=1, memory=rule, memory_layers=() if rule == "none" else (0,))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return small_corpus(tmp_path_factory.mktemp("devices") / "corpus")


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch's own forms, as a card without Triton takes them."""
    monkeypatch.setattr(block, "native", lambda _x: False)
    monkeypatch.setattr(memory, "library", lambda: None)


@pytest.mark.parametrize(
    ("card", "asked", "found"), [(True, "auto", "cuda"), (False, "auto", "cpu"), (True, "cpu", "cpu"), (True, "cuda", "cuda")]
)  # fmt: skip
def test_a_device_is_chosen(monkeypatch: pytest.MonkeyPatch, card: bool, asked: str, found: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: card)
    assert chosen(asked).kind == found


@pytest.mark.parametrize(
    ("card", "former", "asked", "found"),
    [
        (True, "cuda", "auto", "cuda"),
        (True, "cpu", "auto", "cpu"),
        (False, "cuda", "auto", "cpu"),
        (True, "cpu", "cuda", "cuda"),
        (True, "cuda", "cpu", "cpu"),
    ],
)
def test_a_run_goes_on_where_it_was_or_where_it_is_told(
    monkeypatch: pytest.MonkeyPatch, card: bool, former: str, asked: str, found: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: card)
    assert resumed(former, asked).kind == found


@pytest.mark.parametrize(("build", "words"), [(None, "built without support"), ("12.8", "look at its driver")])
def test_a_card_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, build: str | None, words: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", build)
    with pytest.raises(ConfigError, match=f"--device cuda: .*{words}.*--device cpu"):
        chosen("cuda")
    with pytest.raises(ConfigError, match="no device is called 'gpu'; there are auto, cpu, cuda"):
        quick(device="gpu")


@pytest.mark.parametrize("kind", HERE)
def test_a_run_learns_on_a_device_and_goes_on_there_bit_for_bit(corpus: Corpus, tmp_path: Path, kind: str) -> None:
    run = Run(SMALL, quick(device=kind, bf16=True), corpus)
    bits = [run.advance().bits for _ in range(8)]
    assert bits[-1] < bits[0] - 1
    save(tmp_path / CHECKPOINT, *run.state())
    expected = [run.advance().bits for _ in range(4)]
    again = resume(corpus, tmp_path)
    assert again.settings.device == again.model.device.type == kind
    assert [again.advance().bits for _ in range(4)] == expected


def test_a_checkpoint_of_a_card_goes_on_without_one(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    run = Run(SMALL, quick(), corpus)
    run.advance()
    header, arrays = run.state()
    assert header["settings"]["device"] == "cpu"
    save(tmp_path / CHECKPOINT, {**header, "settings": {**header["settings"], "device": "cuda"}}, arrays)
    again = resume(corpus, tmp_path)
    assert again.settings.device == "cpu"
    assert again.advance() == run.advance()
    with pytest.raises(ConfigError, match="--device cuda"):
        resume(corpus, tmp_path, "cuda")
    assert load(tmp_path / CHECKPOINT)[0]["settings"]["device"] == "cuda"


def test_a_checkpoint_from_before_devices_were_recorded_goes_on(corpus: Corpus, tmp_path: Path) -> None:
    header, arrays = Run(SMALL, quick(device="cpu"), corpus).state()
    del header["settings"]["device"]
    save(tmp_path / CHECKPOINT, header, arrays)
    assert resume(corpus, tmp_path, "cpu").settings.device == "cpu"


@pytest.fixture
def elsewhere() -> Iterator[Device]:
    """A device that is not the processor and has no numbers; to mix it with the processor is an error."""
    tables.cache_clear()
    with patch(fake_tensor_allow_meta=True), FakeTensorMode(allow_non_fake_inputs=True):
        yield Device("meta")
    tables.cache_clear()


@pytest.mark.parametrize("rule", [RULES[0], *(pytest.param(rule, marks=pytest.mark.slow) for rule in RULES[1:])])
def test_a_step_mixes_no_devices(elsewhere: Device, rule: str) -> None:
    with torch.device(elsewhere.kind):
        model, heads = ByteModel(with_memory(rule)), Heads(SMALL.width, 3, 12)
    ids = elsewhere.tensor(np.zeros((1, 20), np.int64))
    total = model.loss(ids, ids) + sum(losses.terms(model, heads, EXAMPLES).values())
    total.backward()  # type: ignore[no-untyped-call]
    weights = [*model.parameters(), *heads.parameters()]
    matrices = [p for p in weights if p.ndim == 2]
    muon, adam = Muon(matrices), torch.optim.Adam([p for p in weights if p.ndim != 2])
    muon.step()
    adam.step()
    kept = [value for optimiser in (muon, adam) for state in optimiser.state.values() for value in state.values()]
    places = {x.device.type for x in (total, *(p.grad for p in weights if p.grad is not None), *kept) if x.ndim}
    assert places <= {"meta"}


def test_that_test_would_see_a_mixture(elsewhere: Device) -> None:
    with pytest.raises(FakeTensorDeviceMismatchError):
        _ = elsewhere.tensor(np.zeros(3)) + torch.zeros(3)


@pytest.mark.parametrize("rule", RULES)
def test_a_memory_learns_under_autocast_in_pytorch_s_own_forms(plain: None, rule: str) -> None:
    model = ByteModel(with_memory(rule))
    ids = torch.randint(0, 256, (1, 20), generator=torch.Generator().manual_seed(3))
    with Device("cpu").fast(bf16=True):
        found = model.loss(ids, ids)
    found.backward()  # type: ignore[no-untyped-call]
    exact = model.loss(ids, ids)
    assert abs(found.item() - exact.item()) < 0.02
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in model.parameters())


@pytest.mark.parametrize(("config", "least", "most"), [(nano(), 2e6, 6e6), (tiny(), 1e8, 2e8), (base(), 3e8, 6e8)])
def test_what_a_size_needs_is_known_without_taking_it(config: ModelConfig, least: float, most: float) -> None:
    count = needs.parameters(config)
    assert least < count < most
    assert 3 * 4 * count < needs.held(config) < 4 * 4 * count
    needs.check(config, Device("cpu"))


def test_what_a_step_keeps_is_what_it_is_said_to_keep(plain: None) -> None:
    """The same count over a real step on the processor."""
    model, found = ByteModel(SMALL), {}
    own = {p.untyped_storage().data_ptr() for p in model.parameters()}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            found[storage.data_ptr()] = storage.nbytes()
        return tensor

    ids = torch.zeros(3, 50, dtype=torch.long)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        graph = model.loss(ids, ids)
    assert graph.requires_grad
    assert needs.kept(SMALL, quick(rows=3, length=50)) == pytest.approx(sum(found.values()), rel=0.02)
    assert needs.kept(SMALL, quick(rows=6, length=50)) > 1.8 * needs.kept(SMALL, quick(rows=3, length=50))


def test_a_model_larger_than_the_memory_is_refused_before_anything_is_taken() -> None:
    class Full(Device):
        memory = 1 << 30
        name = "a small card"

    with pytest.raises(ConfigError, match=r"take 5\.\d GiB and a small card has 1\.0 GiB; train a smaller size"):
        needs.check(base(), Full("cuda"))


def test_a_full_card_is_told_and_what_to_do() -> None:
    with pytest.raises(ToolError, match=r"graphics card; lower --rows or --length.*--device cpu"), mendable():
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")


def test_the_doctor_says_what_training_would_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "card_files", list)
    found = check.check_training(tmp_path)
    assert found.ok
    assert "no graphics card" in found.summary
    monkeypatch.setattr(check, "card_files", lambda: ["nvidia0"])
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    found = check.check_training(tmp_path)
    assert found.ok is None
    assert "cannot use" in found.summary
    (tmp_path / "kfd").touch()
    monkeypatch.undo()
    assert check.card_files(tmp_path) == ["kfd"]
