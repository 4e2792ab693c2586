"""The tools of a training episode: look, try, run, measure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rusta_conductor.errors import Cancelled, ToolError
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_datasets import Corpus
from rusta_devlog import DevLogError, DevLogStore
from rusta_hecate.container import Arrays, load
from rusta_hecate.episode.faults import mendable
from rusta_hecate.episode.words import Gated, Looked, TrainArgs, Trained, TrainGoal, Tried
from rusta_hecate.errors import HecateError
from rusta_hecate.inference.network import Network
from rusta_hecate.inference.quantise import export
from rusta_hecate.measuring import network_bits, sample
from rusta_hecate.model.config import SIZES, ModelConfig
from rusta_hecate.shelf import Shelf
from rusta_hecate.training.settings import STAGES, TrainSettings

if TYPE_CHECKING:
    from rusta_hecate.training.device import Device
    from rusta_hecate.training.run import Run

_TRIED_STEPS = 4
PROPOSED = "proposed.rhc"


def train_look(args: TrainArgs, _context: ToolContext) -> ToolResult:
    """What there is to train on, and whether a run is to be gone on with."""
    from rusta_hecate.training import needs
    from rusta_hecate.training.device import chosen
    from rusta_hecate.training.loop import CHECKPOINT

    goal = args.goal
    with mendable():
        corpus = Corpus(Path(goal.corpus))
        settings, config = TrainSettings.from_json(goal.settings), _config(goal)
        device = chosen(settings.device)
        needs.check(config, device)
        memory = needs.held(config) + needs.kept(config, settings)
        step = 0
        if (goal.run_folder / CHECKPOINT).exists():
            found = load(goal.run_folder / CHECKPOINT)[0].get("step", 0)
            step = found if isinstance(found, int) else 0  # a header that is not right is refused when the run is read
    if not corpus.entries("heldout"):
        raise ToolError(f"{goal.corpus}: no document is held out, so nothing could be measured; give a larger corpus")
    count = needs.parameters(config)
    sizes = [int(corpus.bytes_of(side).size) for side in ("train", "heldout")]
    told = Looked(
        corpus=corpus.digest(), train_bytes=sizes[0], heldout_bytes=sizes[1], parameters=count, step=step,
        device=device.name, memory=memory,
    )  # fmt: skip
    summary = f"{sizes[0]} bytes to learn from, {count} parameters, step {step}"
    return ToolResult(f"{summary}, at most {memory / 2**30:.1f} GiB on {device.name}", told)


def train_try(args: TrainArgs, _context: ToolContext) -> ToolResult:
    """A few steps on one small batch with a copy of the model: its loss has to fall."""
    from rusta_hecate.training.run import Run

    goal = args.goal
    with mendable():
        corpus = Corpus(Path(goal.corpus))
        settings = TrainSettings.from_json({**goal.settings, "rows": 1, "warmup": 1, "stage": STAGES[0]})
        run = Run(_config(goal), settings, corpus)
        batch = run.sampler.batch(1)
        bits = [run.advance(batch).bits for _ in range(_TRIED_STEPS)]
    return ToolResult(f"{bits[0]:.3f} → {bits[-1]:.3f} bits a byte on one batch", Tried(before=bits[0], after=bits[-1]))


def train_run(args: TrainArgs, context: ToolContext) -> ToolResult:
    """Train to the end of the run, from its checkpoint if there is one."""
    from rusta_hecate.training.loop import CHECKPOINT, LOG, train

    goal = args.goal
    folder = goal.run_folder
    with mendable():
        run = _run(goal, Corpus(Path(goal.corpus)), context.home)
        train(run, folder, stop=context.cancel.is_set)
    if not run.over:
        raise Cancelled(f"training stopped at step {run.step}; its checkpoint is kept")
    last = [json.loads(line)["bits"] for line in (folder / LOG).read_text("utf-8").splitlines()[-50:]]
    with (folder / CHECKPOINT).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    mean = sum(last) / max(1, len(last))
    told = Trained(
        step=run.step, seconds=round(run.elapsed, 3), bits=mean, sha256=digest, device=run.device.name
    )  # fmt: skip
    return ToolResult(f"{run.step} steps, {mean:.3f} bits a byte over the last ones", told)


def train_measure(args: TrainArgs, context: ToolContext) -> ToolResult:
    """Quantise the run's checkpoint and measure it, and the promoted model, on held-out text."""
    from rusta_hecate.training.device import chosen
    from rusta_hecate.training.loop import CHECKPOINT

    goal = args.goal
    target = goal.run_folder / PROPOSED
    with mendable():
        corpus = Corpus(Path(goal.corpus))
        texts = sample((corpus.document(entry) for entry in corpus.entries("heldout")), goal.measured)
        if not texts:
            raise HecateError("no document is held out, so nothing can be measured; give a larger corpus")
        device = chosen(TrainSettings.from_json(goal.settings).device)
        header = export(goal.run_folder / CHECKPOINT, target, lambda h, w: float_bits(h["config"], w, texts, device))
        promoted = Shelf(context.home).path(goal.name)
        former = network_bits(Network.load(promoted), texts).network if promoted.exists() else None
        stage, heads = _head_shares(corpus, goal.run_folder, device.kind)
    told = Gated(
        float32=header["bits_float32"],
        int8=header["bits_int8"],
        former=former,
        stage=stage,
        heads=heads,
        size=target.stat().st_size,
        file=str(target),
        sha256=hashlib.sha256(target.read_bytes()).hexdigest(),
    )
    return ToolResult(f"int8 {told.int8:.4f} bits a byte (float32 {told.float32:.4f})", told)


def float_bits(config: Mapping[str, Any], weights: Arrays, texts: list[bytes], device: Device) -> float:
    """Bits per byte of float weights, by the PyTorch model on a device."""
    import numpy as np
    import torch

    from rusta_hecate.model.byte_model import ByteModel

    model = device.hold(ByteModel(ModelConfig.from_json(config)))
    model.load_state_dict({name: device.tensor(array) for name, array in weights.items()})
    nats, count = 0.0, 0
    with torch.no_grad():
        for text in texts:
            symbols = device.tensor(np.array([[256, *text]]))
            loss = model.loss(symbols[:, :-1], symbols[:, 1:])
            nats, count = nats + loss.item() * len(text), count + len(text)
    return nats / count / 0.6931471805599453


def _config(goal: TrainGoal) -> ModelConfig:
    return SIZES[goal.size](**{k: tuple(v) if isinstance(v, list) else v for k, v in goal.changes.items()})


def _head_shares(corpus: Corpus, folder: Path, device: str) -> tuple[str, dict[str, float]]:
    """The stage of a run, and how often its heads are right on held-out examples."""
    from rusta_hecate.training.loop import resume

    run = resume(corpus, folder, device)
    if run.examples is None or run.heads is None:
        return run.settings.stage, {}
    from rusta_hecate.heads.measuring import shares

    return run.settings.stage, shares(run.model, run.heads, run.examples.heldout)


def _logs(home: Path) -> Iterator[list[dict[str, Any]]]:
    """The logs of finished episodes other than training, oldest first; damaged ones are passed over."""
    store = DevLogStore(home / "devlog")
    for episode in store.episodes():
        try:
            entries = [logged.entry for logged in store.reader(episode)]
        except DevLogError:
            continue
        if entries and entries[-1]["kind"] == "closed" and entries[0]["data"].get("domain") != "train":
            yield entries


def _run(goal: TrainGoal, corpus: Corpus, home: Path) -> Run:
    from rusta_hecate.training.loop import CHECKPOINT, resume, start

    settings = TrainSettings.from_json(goal.settings)
    if (goal.run_folder / CHECKPOINT).exists():
        return resume(corpus, goal.run_folder, settings.device)
    after = Path(goal.after) if goal.after else None
    return start(_config(goal), settings, corpus, goal.run_folder, _logs(home), after)
