"""One training run: model, optimisers, sampler, schedule, and the step that moves them.

A run is a function of its settings (its device and number of threads among them) and its corpus: the state that
:meth:`Run.state` gives, put into another process, goes on with bit-identical losses. On another device it goes on as well,
with that device's roundings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from rusta_datasets import Corpus, MixtureSampler
from rusta_hecate.container import Arrays
from rusta_hecate.errors import ConfigError, FileDamaged, TrainingError
from rusta_hecate.model.byte_model import ByteModel
from rusta_hecate.model.config import ModelConfig
from rusta_hecate.training.device import array, chosen
from rusta_hecate.training.guard import ADVICE, check_gradients, check_loss
from rusta_hecate.training.muon import Muon
from rusta_hecate.training.schedule import Schedule
from rusta_hecate.training.settings import STAGES, TrainSettings

if TYPE_CHECKING:
    from rusta_hecate.heads.heads import Heads
    from rusta_hecate.heads.stages import Examples

Batch = tuple[NDArray[np.int64], NDArray[np.int64]]
_NATS_PER_BIT = 0.6931471805599453
_HEADS = "heads."


@dataclass(frozen=True)
class Step:
    """What one step did: bits per byte on its own batch, norm of the gradient before clipping, the rate's factor.

    terms: of the labelled examples' loss, by name, in nats; empty where a stage has none.
    """

    step: int
    bits: float
    norm: float
    factor: float
    terms: dict[str, float] = field(default_factory=dict)


class Misfit(FileDamaged):
    """A checkpoint of another model or another corpus; the message does not name its file."""


class Run:
    """A run in memory. :meth:`advance` takes one step.

    examples: what a stage after S0 learns from; such a run has heads, and a step's loss is that of its bytes plus the
    six terms of its examples.

    :raises ConfigError: if the stage needs examples and none are given, or the other way round, or there is no such device.
    """

    def __init__(
        self, config: ModelConfig, settings: TrainSettings, corpus: Corpus, examples: Examples | None = None
    ) -> None:
        if (settings.stage == STAGES[0]) != (examples is None):
            raise ConfigError(f"stage {settings.stage} goes {'without' if examples else 'with'} labelled examples")
        self.device = chosen(settings.device)
        self.device.prepare(settings.threads)
        self.config, self.settings = config, replace(settings, device=self.device.kind)
        self.model = self.device.hold(ByteModel(config, seed=settings.seed))
        self.examples = examples
        self.heads = None if examples is None else self.device.hold(_heads(config, examples, settings.seed))
        self.sampler = MixtureSampler(corpus, settings.length, settings.seed)
        self.schedule = Schedule(settings.warmup)
        self.step = 0
        self.elapsed = 0.0
        self.corpus_digest = corpus.digest()
        matrices = [p for name, p in self.model.named_parameters() if name.startswith("blocks.") and p.ndim == 2]
        inner = {id(p) for p in matrices}
        rest = [p for _, p in self._named() if id(p) not in inner]
        self.optimisers: tuple[torch.optim.Optimizer, ...] = (
            Muon(matrices, lr=settings.muon_rate),
            torch.optim.Adam(rest, lr=settings.adam_rate, betas=(0.9, 0.95), eps=1e-8),
        )
        self._names = {id(p): name for name, p in self._named()}

    def _named(self) -> Iterator[tuple[str, nn.Parameter]]:
        """All parameters, those of the heads under ``heads.``."""
        yield from self.model.named_parameters()
        if self.heads is not None:
            yield from ((f"{_HEADS}{name}", p) for name, p in self.heads.named_parameters())

    def plan_decay(self) -> None:
        """Begin the decay when the run's own measure (steps, or seconds) says so."""
        settings, share = self.settings, self.settings.decay_share
        if self.schedule.decay_from is not None:
            return
        if settings.steps > 0 and self.step >= round(settings.steps * (1 - share)):
            self.schedule.begin_decay(self.step, settings.steps - self.step)
        elif settings.steps <= 0 and self.elapsed >= settings.seconds * (1 - share):
            left = max(0.0, settings.seconds - self.elapsed)
            self.schedule.begin_decay(self.step, round(self.step * left / max(self.elapsed, 1e-9)))

    @property
    def over(self) -> bool:
        """Whether the run has ended."""
        return self.schedule.over(self.step)

    def advance(self, batch: Batch | None = None) -> Step:
        """One step, on the sampler's next batch or on a given one.

        :raises TrainingError: if the loss or a gradient is no number any more, naming the layer. Nothing is updated.
        """
        self.plan_decay()
        drawn = self.sampler.batch(self.settings.rows) if batch is None else batch
        inputs, targets = (self.device.tensor(part) for part in drawn)
        loss = self._loss(inputs, targets)
        check_loss(loss, self.model, inputs, self.step)
        loss.backward()  # type: ignore[no-untyped-call]
        terms = self._learn_examples()
        check_gradients(self._named(), self.step)
        norm = torch.nn.utils.clip_grad_norm_([p for _, p in self._named()], self.settings.clip)
        factor = self.schedule.factor(self.step)
        for optimiser, rate in zip(self.optimisers, (self.settings.muon_rate, self.settings.adam_rate), strict=True):
            for group in optimiser.param_groups:
                group["lr"] = rate * factor
            optimiser.step()
            optimiser.zero_grad()
        done = Step(self.step, loss.item() / _NATS_PER_BIT, float(norm), factor, terms)
        self.step += 1
        return done

    def state(self) -> tuple[dict[str, Any], Arrays]:
        """Header and arrays of a checkpoint."""
        arrays: Arrays = {_stored(name): array(p) for name, p in self._named()}
        counts: dict[str, float] = {}
        for optimiser in self.optimisers:
            for parameter, kept in optimiser.state.items():
                name = self._names[id(parameter)]
                for key, value in kept.items():
                    if isinstance(value, Tensor) and value.ndim:
                        arrays[f"optimiser.{key}.{name}"] = array(value)
                    else:
                        counts[f"{key}.{name}"] = float(value)
        header = {
            "kind": "training",
            "config": self.config.to_json(),
            "settings": self.settings.to_json(),
            "step": self.step,
            "elapsed": self.elapsed,
            "schedule": [self.schedule.decay_from, self.schedule.decay],
            "sampler": self.sampler.state(),
            "corpus": self.corpus_digest,
            "counts": counts,
            "examples": None if self.examples is None else self.examples.digest(),
        }
        return header, arrays

    def adopt(self, arrays: Arrays) -> None:
        """Begin with the weights of another run's checkpoint: its model, and its heads where they fit this stage.

        :raises Misfit: if the model has other shapes.
        """
        with torch.no_grad():
            for name, parameter in self._named():
                former = arrays.get(_stored(name))
                if name.startswith(_HEADS) and (former is None or former.shape != tuple(parameter.shape)):
                    continue
                parameter.copy_(self._fitting(arrays, _stored(name), parameter))

    def restore(self, header: dict[str, Any], arrays: Arrays) -> None:
        """Go on from a checkpoint's header and arrays.

        :raises Misfit: if they belong to another model or another corpus.
        """
        if header["corpus"] != self.corpus_digest:
            raise Misfit("made with another corpus; build that one")
        with torch.no_grad():
            for name, parameter in self._named():
                parameter.copy_(self._fitting(arrays, _stored(name), parameter))
        for optimiser in self.optimisers:
            optimiser.state.clear()
            for group in optimiser.param_groups:
                for parameter in group["params"]:
                    self._restore_state(optimiser, parameter, header["counts"], arrays)
        self.sampler.restore(header["sampler"])
        self.schedule.decay_from, self.schedule.decay = header["schedule"]
        self.step, self.elapsed = int(header["step"]), float(header["elapsed"])

    def _restore_state(
        self, optimiser: torch.optim.Optimizer, parameter: Tensor, counts: dict[str, float], arrays: Arrays
    ) -> None:
        name = self._names[id(parameter)]
        keys = ("momentum",) if isinstance(optimiser, Muon) else ("exp_avg", "exp_avg_sq")
        if f"optimiser.{keys[0]}.{name}" not in arrays:
            return
        kept = {key: self._fitting(arrays, f"optimiser.{key}.{name}", parameter) for key in keys}
        if f"step.{name}" in counts:
            kept["step"] = torch.tensor(counts[f"step.{name}"])
        optimiser.state[parameter] = kept

    def _loss(self, inputs: Tensor, targets: Tensor) -> Tensor:
        with self.device.fast(self.settings.bf16):
            return self.model.loss(inputs, targets)

    def _learn_examples(self) -> dict[str, float]:
        """Add the gradient of the step's examples; the terms."""
        if self.examples is None or self.heads is None:
            return {}
        from rusta_hecate.heads.losses import loss

        settings = self.settings
        drawn = self.examples.draw(settings.examples, settings.seed, self.step)
        with self.device.fast(self.settings.bf16):
            total, terms = loss(self.model, self.heads, drawn)
        if not torch.isfinite(total):
            raise TrainingError(f"step {self.step}: the examples' loss is {total.item()} ({terms}); {ADVICE}")
        total.backward()  # type: ignore[no-untyped-call]
        return terms

    def _fitting(self, arrays: Arrays, name: str, like: Tensor) -> Tensor:
        found = arrays.get(name)
        if found is None:
            raise Misfit(f"of another model: it has no array {name}")
        if found.shape != tuple(like.shape) or found.dtype != np.float32:
            raise Misfit(
                f"of another model: {name} has the shape {found.shape} and the type {found.dtype}, where "
                f"{tuple(like.shape)} and float32 are needed"
            )
        return self.device.tensor(found)


def _heads(config: ModelConfig, examples: Examples, seed: int) -> Heads:
    from rusta_hecate.heads.heads import Heads
    from rusta_hecate.heads.labels import KINDS

    return Heads(config.width, len(examples.tools), len(KINDS), seed)


def _stored(name: str) -> str:
    """The name of a parameter's array in a checkpoint."""
    return name if name.startswith(_HEADS) else f"model.{name}"
