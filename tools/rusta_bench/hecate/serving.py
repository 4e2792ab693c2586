"""The shipped model at work: bytes a second one at a time, against dynamic int8 of PyTorch with the same shapes."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from rusta_bench.hecate import clock
from rusta_bench.table import Row
from rusta_hecate import Network, shipped
from rusta_hecate.inference.decoder import Decoder
from rusta_hecate.inference.network import symbols_of
from rusta_hecate.model.config import ModelConfig

BYTES = 60


def run(*, quick: bool = False) -> list[Row]:
    """The decoding row."""
    torch.set_num_threads(1)
    network = shipped()
    seconds = clock.rounds({"product": _ours(network), "torch": _theirs(network.config)}, 3 if quick else 15)
    faster = clock.ratio(seconds, "product", "torch")
    detail = ", ".join(f"{name} {BYTES / min(values):,.0f} bytes/s" for name, values in seconds.items())
    what = "int8 decoding, one byte per call"
    return [Row(what, "torch dynamic int8, same shapes", faster, "×", "≥ 5 ×", faster >= 5, detail)]


def _ours(network: Network) -> Callable[[], None]:
    symbols = symbols_of(b"fn main() {\n    let total = values.iter().sum::<u64>();\n" * 8)[0]
    decoder = Decoder(network)
    decoder.read(symbols[: network.config.window])

    def work() -> None:
        for i in range(BYTES):
            decoder.read(symbols[i : i + 1])

    return work


class _Plain(nn.Module):
    """Linear layers of the model's shapes around attention over a cache of one window; no n-grams, no rotary."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.width
        shapes = ((width, 3 * width), (width, width), (width, config.hidden), (config.hidden, width))
        layers = (nn.ModuleList(nn.Linear(a, b, bias=False) for a, b in shapes) for _ in range(config.layers))
        self.blocks = nn.ModuleList(layers)
        self.head = nn.Linear(width, 256, bias=False)
        self.config = config
        self.caches = [torch.randn(2, config.heads, config.window, config.head_size) for _ in range(config.layers)]

    def forward(self, x: Tensor) -> Tensor:
        """(1, width) → (1, 256); the caches move on by one place."""
        width, heads = self.config.width, self.config.heads
        for i, block in enumerate(self.blocks):
            assert isinstance(block, nn.ModuleList)
            qkv, out, up, down = block
            fresh = qkv(functional.rms_norm(x, (width,))).view(3, heads, 1, self.config.head_size)
            self.caches[i] = torch.cat((self.caches[i][:, :, 1:], fresh[1:]), 2)
            mixed = functional.scaled_dot_product_attention(fresh[0], *self.caches[i])
            x = x + out(mixed.reshape(1, width))
            x = x + down(functional.relu(up(functional.rms_norm(x, (width,)))).square())
        logits: Tensor = self.head(functional.rms_norm(x, (width,)))
        return logits


def _theirs(config: ModelConfig) -> Callable[[], None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch calls its own dynamic quantisation deprecated
        quantise: Callable[..., nn.Module] = torch.ao.quantization.quantize_dynamic
        model = quantise(_Plain(config), {nn.Linear}, dtype=torch.qint8)
    x = torch.randn(1, config.width, generator=torch.Generator().manual_seed(0))

    def work() -> None:
        with torch.inference_mode():
            for _ in range(BYTES):
                model(x)

    return work
