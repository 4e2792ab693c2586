"""Runs a run to its end: progress, log, checkpoints, and a picture of the loss.

A run's folder holds ``run.rhc`` (the newest checkpoint), ``log.jsonl`` (one line a step), and ``loss.svg``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rusta_datasets import Corpus
from rusta_hecate.container import load, save
from rusta_hecate.errors import ConfigError, FileDamaged
from rusta_hecate.inference.quantise import weights_of
from rusta_hecate.model.config import ModelConfig
from rusta_hecate.training.device import resumed
from rusta_hecate.training.plot import write_plot
from rusta_hecate.training.run import Misfit, Run, Step
from rusta_hecate.training.settings import STAGES, TrainSettings

if TYPE_CHECKING:
    from rusta_hecate.heads.stages import Log

CHECKPOINT = "run.rhc"
LOG = "log.jsonl"
PLOT = "loss.svg"

Progress = Callable[[Run, Step], None]


def start(
    config: ModelConfig, settings: TrainSettings, corpus: Corpus, folder: Path, logs: Iterable[Log] = (),
    after: Path | None = None,
) -> Run:  # fmt: skip
    """A new run in an empty or missing folder.

    logs: of episodes, for a stage that learns from them. after: the folder of a run whose weights this one begins with.

    :raises ConfigError: if a run is there already.
    :raises FileDamaged: if ``after`` has no checkpoint, or one of other shapes.
    :raises TrainingError: if the corpus has nothing for the stage.
    """
    if (folder / CHECKPOINT).exists():
        raise ConfigError(f"{folder} holds a run already; continue it with --resume, or choose another folder")
    examples = None
    if settings.stage != STAGES[0]:
        from rusta_hecate.heads import stages

        examples = stages.make(corpus, logs, settings.stage, settings.seed)
        folder.mkdir(parents=True, exist_ok=True)
        stages.save(examples, folder / stages.FILE)
    run = Run(config, settings, corpus, examples)
    if after is not None:
        header, arrays = load(after / CHECKPOINT)
        weights_of(header, arrays, str(after / CHECKPOINT))
        try:
            run.adopt(arrays)
        except Misfit as wrong:
            raise FileDamaged(f"{after / CHECKPOINT}: {wrong}; train with the same --set as that run") from None
    return run


def resume(corpus: Corpus, folder: Path, device: str = "auto") -> Run:
    """The run of a folder, as its newest checkpoint has it; lines of the log after it are dropped.

    device: where it is to go on; ``auto``: where it was, if that is here.

    :raises ConfigError: if there is no such device.
    :raises FileDamaged: if the checkpoint is damaged, of another kind, or of another corpus.
    """
    path = folder / CHECKPOINT
    header, arrays = load(path)
    if header.get("kind") != "training":
        raise FileDamaged(f"{path}: holds {header.get('kind')!r}, not a training run; choose another folder")
    try:
        config = ModelConfig.from_json(header["config"])
        settings = TrainSettings.from_json(header["settings"])
        settings = replace(settings, device=resumed(settings.device, device).kind)
        examples = None
        if settings.stage != STAGES[0]:
            from rusta_hecate.heads import stages

            examples = stages.load(folder / stages.FILE, header["examples"])
        run = Run(config, settings, corpus, examples)
        run.restore(header, arrays)
    except Misfit as wrong:
        raise FileDamaged(f"{path}: {wrong}; choose another folder for a new run") from None
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as wrong:
        raise FileDamaged(f"{path}: its header is not as it has to be ({wrong!r}); use another copy") from None
    _cut_log(folder / LOG, run.step)
    return run


def train(run: Run, folder: Path, progress: Progress | None = None, stop: Callable[[], bool] | None = None) -> None:
    """Take steps until the run is over (or ``stop`` says so), then save. Interrupted, the last checkpoint stays."""
    folder.mkdir(parents=True, exist_ok=True)
    saved = time.monotonic()
    with (folder / LOG).open("a", encoding="utf-8") as log:
        while not run.over and not (stop is not None and stop()):
            began = time.monotonic()
            step = run.advance()
            now = time.monotonic()
            run.elapsed += now - began
            log.write(json.dumps({**step.__dict__, "elapsed": round(run.elapsed, 3)}) + "\n")
            if progress is not None:
                progress(run, step)
            if now - saved >= run.settings.save_every_s:
                log.flush()
                save(folder / CHECKPOINT, *run.state())
                saved = time.monotonic()
    save(folder / CHECKPOINT, *run.state())
    write_plot(folder / LOG, folder / PLOT)


def _cut_log(path: Path, step: int) -> None:
    if not path.exists():
        return
    kept = []
    for line in path.read_text("utf-8", "replace").splitlines():
        try:
            if json.loads(line)["step"] < step:
                kept.append(line)
        except (ValueError, KeyError, TypeError):
            continue  # the line that the kill cut
    path.write_text("".join(line + "\n" for line in kept), "utf-8")
