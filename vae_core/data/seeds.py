"""Random numbers that a seed fixes, without touching anyone else's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

SEEDS = range(2**31)


def check_seed(seed: int) -> None:
    """Raise ValueError unless `seed` is one that every random number generator in use takes."""
    if seed not in SEEDS:
        raise ValueError(f"seed must be between {SEEDS[0]} and {SEEDS[-1]}, got {seed}")


@contextmanager
def noise_stream(seed: int, step: int) -> Iterator[None]:
    """Global random numbers fixed by (seed, step) inside the block, and as they were after it."""
    check_seed(seed)
    devices = [torch.cuda.current_device()] if torch.cuda.is_available() and torch.cuda.is_initialized() else []
    with torch.random.fork_rng(devices):
        # torch.manual_seed would format a stack trace for each kind of device that was never used: 0.5 ms a step
        for generator in (torch.default_generator, *(torch.cuda.default_generators[device] for device in devices)):
            generator.manual_seed((seed + 1) * 2_654_435_761 + step)
        yield
