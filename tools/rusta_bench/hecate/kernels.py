"""Attention and delta rule: the kernels alone, and inside one block of width 256 with four heads."""

from __future__ import annotations

import functools
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from rusta_bench.hecate import clock, peers
from rusta_bench.table import Row
from rusta_hecate.kernels.attention import windowed_attention
from rusta_hecate.kernels.delta import delta_rule
from rusta_hecate.layers import windowed
from rusta_hecate.layers.rotary import rotate, tables

WIDTH, HEADS, SIZE, WINDOW, TOKENS = 256, 4, 64, 128, 2048


def run(*, quick: bool = False) -> list[Row]:
    """Rows of both kernels."""
    torch.set_num_threads(1)
    count = 3 if quick else 9
    found: list[Row] = []
    for time in (512, 2048):
        found += _attention(time, count)
        found += _delta(time, count)
    return found


def _drive(function: Callable[[], Tensor], leaves: list[Tensor], grad: Tensor) -> Callable[[], None]:
    def work() -> None:
        for leaf in leaves:
            leaf.grad = None
        function().backward(grad)  # type: ignore[no-untyped-call]

    return work


def _attention(time: int, count: int) -> list[Row]:
    batch = TOKENS // time
    generator = torch.Generator().manual_seed(0)
    qkv = torch.randn(batch, time, 3, HEADS, SIZE, generator=generator).requires_grad_()
    grad = torch.randn(batch, time, HEADS, SIZE, generator=generator)
    cos, sin = tables(time, SIZE, 10_000.0)

    def plain(form: str) -> Tensor:
        q, k, v = qkv.unbind(2)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        turned = (q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2))
        return windowed.FORMS[form](*turned, WINDOW).transpose(1, 2)

    rivals = {"native": _drive(lambda: windowed_attention(qkv, cos, sin, WINDOW), [qkv], grad)}
    rivals |= {form: _drive(functools.partial(plain, form), [qkv], grad) for form in ("local", "banded")}
    seconds = clock.rounds(rivals, count)
    best = min(("local", "banded"), key=lambda form: sum(seconds[form]))
    faster = clock.ratio(seconds, "native", best)
    detail = _speeds(seconds, TOKENS)
    what = f"windowed attention with rotary, forward + backward, T={time}"
    return [Row(what, f"best PyTorch form ({best})", faster, "×", "≥ 1.2 ×, aim 2 ×", faster >= 1.2, detail)]


def _delta(time: int, count: int) -> list[Row]:
    batch = TOKENS // time
    generator = torch.Generator().manual_seed(1)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator)

    x = draw(batch, time, WIDTH).requires_grad_()
    weights = {name: (draw(*shape) * shape[1] ** -0.5).requires_grad_() for name, shape in _SHAPES.items()}
    grad = draw(batch, time, WIDTH)

    def parts() -> tuple[Tensor, Tensor, Tensor, Tensor]:
        normed = functional.rms_norm(x, (WIDTH,))
        q, k, v = functional.linear(normed, weights["qkv"]).reshape(batch, time, 3, HEADS, SIZE).unbind(2)
        beta = torch.sigmoid(functional.linear(normed, weights["beta"]))
        return functional.normalize(q, dim=-1), functional.normalize(k, dim=-1), v, beta

    def native() -> Tensor:
        return delta_rule(*parts())[0]

    def plain(form: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]) -> Tensor:
        q, k, v, beta = parts()
        return form(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), beta.transpose(1, 2)).transpose(1, 2)

    def block(mix: Callable[[], Tensor]) -> Tensor:
        y = x + functional.linear(mix().reshape(batch, time, WIDTH), weights["out"])
        hidden = functional.relu(functional.linear(functional.rms_norm(y, (WIDTH,)), weights["up"])).square()
        return y + functional.linear(hidden, weights["down"])

    ways: dict[str, Callable[[], Tensor]] = {
        "native": native,
        "rows (fla)": functools.partial(plain, peers.rows),
        "solved": functools.partial(plain, peers.solved),
    }
    leaves = [x, *weights.values()]
    whole = {name: _drive(functools.partial(block, way), leaves, grad) for name, way in ways.items()}
    seconds = clock.rounds(whole, count)
    with torch.no_grad():
        q, k, v, beta = parts()
    alone = _alone(q, k, v, beta, grad.reshape(batch, time, HEADS, SIZE))
    kernels = clock.rounds(alone, count)
    found = []
    for where, measured in (("in the same block", seconds), ("alone", kernels)):
        for peer in ("rows (fla)", "solved"):
            faster = clock.ratio(measured, "native", peer)
            floor = peer == "rows (fla)" and where != "alone"
            met = faster >= 1.5 if floor else None
            goal = "≥ 1.5 ×, aim 3 ×" if floor else ""
            what = f"chunkwise delta rule {where}, forward + backward, T={time}"
            name = "fla's chunk form in PyTorch" if peer == "rows (fla)" else "chunk form by solve_triangular"
            found.append(Row(what, name, faster, "×", goal, met, _speeds(measured, TOKENS)))
    return found


_SHAPES = {
    "qkv": (3 * WIDTH, WIDTH),
    "beta": (HEADS, WIDTH),
    "out": (WIDTH, WIDTH),
    "up": (4 * WIDTH, WIDTH),
    "down": (WIDTH, 4 * WIDTH),
}


def _alone(q: Tensor, k: Tensor, v: Tensor, beta: Tensor, grad: Tensor) -> dict[str, Callable[[], None]]:
    leaves = [p.detach().clone().requires_grad_() for p in (q, k, v, beta)]
    turned = [p.detach().transpose(1, 2).contiguous().requires_grad_() for p in (q, k, v, beta)]
    across = grad.transpose(1, 2).contiguous()
    return {
        "native": _drive(lambda: delta_rule(leaves[0], leaves[1], leaves[2], leaves[3])[0], leaves, grad),
        "rows (fla)": _drive(lambda: peers.rows(*turned), turned, across),
        "solved": _drive(lambda: peers.solved(*turned), turned, across),
    }


def _speeds(seconds: dict[str, list[float]], tokens: int) -> str:
    return ", ".join(f"{name} {tokens / min(values):,.0f} tokens/s" for name, values in seconds.items())
