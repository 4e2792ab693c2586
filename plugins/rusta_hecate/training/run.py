"""One training run: model, optimisers, sampler, schedule, and the step that moves them.

A run is a function of its settings, its corpus and its number of threads: the state that :meth:`Run.state` gives, put
into another process, goes on with bit-identical losses.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rusta_datasets import Corpus, MixtureSampler
from rusta_hecate.container import Arrays
from rusta_hecate.errors import FileDamaged
from rusta_hecate.model.byte_model import ByteModel
from rusta_hecate.model.config import ModelConfig
from rusta_hecate.training.guard import check_gradients, check_loss
from rusta_hecate.training.muon import Muon
from rusta_hecate.training.schedule import Schedule
from rusta_hecate.training.settings import TrainSettings

Batch = tuple[NDArray[np.int64], NDArray[np.int64]]
_NATS_PER_BIT = 0.6931471805599453


@dataclass(frozen=True)
class Step:
    """What one step did: bits per byte on its own batch, norm of the gradient before clipping, the rate's factor."""

    step: int
    bits: float
    norm: float
    factor: float


class Run:
    """A run in memory. :meth:`advance` takes one step."""

    def __init__(self, config: ModelConfig, settings: TrainSettings, corpus: Corpus) -> None:
        torch.set_num_threads(settings.threads)
        self.config, self.settings = config, settings
        self.model = ByteModel(config, seed=settings.seed)
        self.sampler = MixtureSampler(corpus, settings.length, settings.seed)
        self.schedule = Schedule(settings.warmup)
        self.step = 0
        self.elapsed = 0.0
        self.corpus_digest = corpus.digest()
        matrices = [p for name, p in self.model.named_parameters() if name.startswith("blocks.") and p.ndim == 2]
        chosen = {id(p) for p in matrices}
        rest = [p for p in self.model.parameters() if id(p) not in chosen]
        self.optimisers: tuple[torch.optim.Optimizer, ...] = (
            Muon(matrices, lr=settings.muon_rate),
            torch.optim.Adam(rest, lr=settings.adam_rate, betas=(0.9, 0.95), eps=1e-8),
        )
        self._names = {id(p): name for name, p in self.model.named_parameters()}

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
        inputs, targets = (torch.from_numpy(part) for part in drawn)
        loss = self._loss(inputs, targets)
        check_loss(loss, self.model, inputs, self.step)
        loss.backward()  # type: ignore[no-untyped-call]
        check_gradients(self.model, self.step)
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip)
        factor = self.schedule.factor(self.step)
        for optimiser, rate in zip(self.optimisers, (self.settings.muon_rate, self.settings.adam_rate), strict=True):
            for group in optimiser.param_groups:
                group["lr"] = rate * factor
            optimiser.step()
            optimiser.zero_grad()
        done = Step(self.step, loss.item() / _NATS_PER_BIT, float(norm), factor)
        self.step += 1
        return done

    def state(self) -> tuple[dict[str, Any], Arrays]:
        """Header and arrays of a checkpoint."""
        arrays: Arrays = {f"model.{name}": p.detach().numpy() for name, p in self.model.named_parameters()}
        counts: dict[str, float] = {}
        for optimiser in self.optimisers:
            for parameter, kept in optimiser.state.items():
                name = self._names[id(parameter)]
                for key, value in kept.items():
                    if isinstance(value, Tensor) and value.ndim:
                        arrays[f"optimiser.{key}.{name}"] = value.numpy()
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
        }
        return header, arrays

    def restore(self, header: dict[str, Any], arrays: Arrays) -> None:
        """Go on from a checkpoint's header and arrays.

        :raises FileDamaged: if they belong to another model or another corpus.
        """
        if header["corpus"] != self.corpus_digest:
            raise FileDamaged("the checkpoint was made with another corpus; build that one, or start a new run")
        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                parameter.copy_(_fitting(arrays, f"model.{name}", parameter))
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
        kept = {key: _fitting(arrays, f"optimiser.{key}.{name}", parameter).clone() for key in keys}
        if f"step.{name}" in counts:
            kept["step"] = torch.tensor(counts[f"step.{name}"])
        optimiser.state[parameter] = kept

    def _loss(self, inputs: Tensor, targets: Tensor) -> Tensor:
        fast = torch.autocast("cpu", torch.bfloat16) if self.settings.bf16 else contextlib.nullcontext()
        with fast:
            return self.model.loss(inputs, targets)


def _fitting(arrays: Arrays, name: str, like: Tensor) -> Tensor:
    found = arrays.get(name)
    if found is None:
        raise FileDamaged(f"the checkpoint has no array {name}; it is of another model")
    if found.shape != tuple(like.shape):
        raise FileDamaged(f"the checkpoint's {name} has the shape {found.shape}, this model needs {tuple(like.shape)}")
    return torch.from_numpy(np.array(found))
