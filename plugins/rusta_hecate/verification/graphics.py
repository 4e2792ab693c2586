"""The Triton kernels against the definitions in double precision, as a command: ``python -m rusta_hecate.verification.graphics``.

On a graphics card where there is one, else in Triton's interpreter. Prints one line of JSON for each case with the largest
difference by the largest entry, of the outputs and of the gradients; exits with 1 when one is above its tolerance.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from rusta_hecate.episode.check import card_files

# (time, head size, window) and (time, key size, value size, gated)
ATTENTION = ((70, 16, 40), (33, 8, 5), (1, 4, 9), (64, 32, 32), (50, 6, 1), (40, 16, 500))
DELTA = ((70, 16, 16, True), (70, 16, 16, False), (32, 8, 20, True), (5, 4, 4, False), (1, 16, 8, True))
# Where every entry is as good as 0 (a window of one place gives queries no gradient), differences count as they are.
_SMALLEST = 0.1
TOLERANCE, GRADIENT_TOLERANCE = 3e-5, 1e-4


@dataclass(frozen=True)
class Checked:
    """One case. value, gradient: largest difference by largest entry."""

    case: str
    device: str
    value: float
    gradient: float

    @property
    def close(self) -> bool:
        """Whether both are within their tolerances."""
        return self.value <= TOLERANCE and self.gradient <= GRADIENT_TOLERANCE


def check() -> Iterator[Checked]:
    """Every case. Where there is no card, ``TRITON_INTERPRET=1`` has to stand in the environment before Triton is imported."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(1)
    for time, size, window in ATTENTION:
        yield _attention(device, time, size, window)
    for time, keys, values, gated in DELTA:
        yield _delta(device, time, keys, values, gated)


def _attention(device: str, time: int, size: int, window: int) -> Checked:
    import torch

    from rusta_hecate.kernels.graphics.attention import windowed_attention
    from rusta_hecate.layers import windowed

    given = [torch.randn(1, 2, time, size).double() for _ in range(3)]
    grad = torch.randn(1, 2, time, size).double()
    exact = [x.clone().requires_grad_() for x in given]
    truth = windowed.full(exact[0], exact[1], exact[2], window)
    truth.backward(grad)  # type: ignore[no-untyped-call]
    ours = [x.float().to(device).requires_grad_() for x in given]
    out = windowed_attention(ours[0], ours[1], ours[2], window)
    torch.autograd.backward((out,), (grad.float().to(device),))
    worst = max(_off(a.grad, b.grad) for a, b in zip(ours, exact, strict=True))
    return Checked(f"attention, {time} places of {size}, window {window}", device, _off(out, truth), worst)


def _delta(device: str, time: int, keys: int, values: int, gated: bool) -> Checked:
    import torch

    from rusta_hecate.kernels.graphics.delta import delta_rule
    from rusta_hecate.layers.rules import pair, run

    q, k, v, start = (
        torch.randn(2, *shape).double() for shape in ((time, keys), (time, keys), (time, values), (keys, values))
    )
    k = torch.nn.functional.normalize(k, dim=-1)
    write, forget = torch.rand(2, time).double(), 0.5 * torch.rand(2, time).double()
    grads = [torch.randn_like(v), torch.randn_like(start)]
    given = [q, k, v, write, *([forget] if gated else []), start]
    exact = [x.clone().requires_grad_() for x in given]
    rule = pair("gated_delta" if gated else "delta", "recurrent")
    inputs = dict(zip(("q", "k", "v", "write", "forget"), exact[:-1], strict=False))
    truth, end = run(rule, inputs, (exact[-1],))
    torch.autograd.backward((truth, end[0]), grads)
    ours = [x.float().to(device).requires_grad_() for x in given]
    decay = torch.log1p(-ours[4]) if gated else None
    out, last = delta_rule(ours[0], ours[1], ours[2], ours[3], decay, ours[-1])
    torch.autograd.backward((out, last), [grad.float().to(device) for grad in grads])
    worst = max(_off(a.grad, b.grad) for a, b in zip(ours, exact, strict=True))
    name = f"{'gated ' if gated else ''}delta rule, {time} places, {keys} by {values}"
    return Checked(name, device, max(_off(out, truth), _off(last, end[0])), worst)


def _off(ours: object, truth: object) -> float:
    from torch import Tensor

    assert isinstance(ours, Tensor)
    assert isinstance(truth, Tensor)
    exact = truth.detach().double()
    difference = (ours.detach().cpu().double() - exact).abs().max()
    return float(difference / exact.abs().max().clamp_min(_SMALLEST))


def main() -> int:
    """0: all close; 1: one is not; 2: Triton is not installed."""
    from importlib.util import find_spec

    if find_spec("triton") is None:
        print("error: Triton is not installed: pip install 'rusta[gpu]'", file=sys.stderr)  # noqa: T201
        return 2
    if not card_files():
        os.environ.setdefault("TRITON_INTERPRET", "1")  # read when Triton is imported, and PyTorch may import it
    good = True
    for one in check():
        print(json.dumps(asdict(one)), flush=True)  # noqa: T201
        good = good and one.close
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
