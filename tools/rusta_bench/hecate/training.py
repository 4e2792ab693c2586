"""One training step of the whole nano model against the same weights and mathematics in plain PyTorch."""

from __future__ import annotations

from collections.abc import Callable

import torch

from rusta_bench.hecate import clock
from rusta_bench.table import Row
from rusta_hecate.model import ByteModel, nano
from rusta_hecate.model.block import Block

ROWS, LENGTH = 4, 512


def run(*, quick: bool = False) -> list[Row]:
    """Rows of the step in bfloat16 autocast (how it is trained) and in f32."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(0, 256, (ROWS, LENGTH), generator=generator)
    rivals = {}
    for kind in ("bfloat16", "f32"):
        rivals[f"product, {kind}"] = _step("native", ids, half=kind == "bfloat16")
        rivals[f"plain, {kind}"] = _step("local", ids, half=kind == "bfloat16")
    seconds = clock.rounds(rivals, 2 if quick else 5)
    detail = ", ".join(f"{name} {ids.numel() / min(values):,.0f} bytes/s" for name, values in seconds.items())
    found = []
    for ours, theirs in (("bfloat16", "bfloat16"), ("f32", "f32"), ("bfloat16", "f32")):
        faster = clock.ratio(seconds, f"product, {ours}", f"plain, {theirs}")
        goal = "≥ 1.2 ×, aim 2 ×" if ours == theirs else ""
        met = faster >= 1.2 if goal else None
        peer = f"plain PyTorch in {theirs}"
        found.append(Row(f"training step of nano in {ours}", peer, faster, "×", goal, met, detail))
    return found


def _step(form: str, ids: torch.Tensor, *, half: bool) -> Callable[[], None]:
    model = ByteModel(nano())
    for block in model.blocks:
        assert isinstance(block, Block)
        block.attention.form, block.fused = form, form == "native"
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3)

    def work() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            loss = model.loss(ids[:, :-1], ids[:, 1:])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()

    return work
