"""Random numbers that a seed fixes, from generators that are passed along: whoever else draws changes none of them."""

from __future__ import annotations

import torch
from torch import Generator
from torch.utils._python_dispatch import TorchDispatchMode

SEEDS = range(2**31)


def check_seed(seed: int) -> None:
    """Raise ValueError unless `seed` is one that every random number generator in use takes."""
    if seed not in SEEDS:
        raise ValueError(f"seed must be between {SEEDS[0]} and {SEEDS[-1]}, got {seed}")


def noise_generator(seed: int = 0, step: int = 0, device: torch.device | str = "cpu") -> Generator:
    """A generator of its own for each (seed, step), on the device where its numbers are wanted. Raises ValueError."""
    check_seed(seed)
    return Generator(device).manual_seed((seed + 1) * 2_654_435_761 + step)


class drawing_from(TorchDispatchMode):
    """Inside the block, what this thread draws without naming a generator comes from the given one.

    For code that takes none, such as the initial weights of torch's layers; each operation costs microseconds more.
    """

    def __init__(self, generator: Generator):
        super().__init__()
        self.generator = generator

    def __torch_dispatch__(self, operation, types, arguments=(), named=None):
        named = dict(named or {})
        if named.get("generator") is None and any(a.name == "generator" for a in operation._schema.arguments):
            named["generator"] = self.generator
        return operation(*arguments, **named)
