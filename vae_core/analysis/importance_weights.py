"""What importance weights are worth, and how far they must be tempered to be worth enough."""

import torch
from torch import Tensor


def effective(log_weights: Tensor) -> Tensor:
    """Kish's effective number (B,) of draws with weights exp(log_weights), (N, B)."""
    return 1 / log_weights.softmax(0).square().sum(0)


def tempered(log_weights: Tensor, most: Tensor, least_effective: float, bisections: int) -> Tensor:
    """The highest power (B,), `most` (B,) at most, to which weights (N, B) can be raised and still be worth as much as
    `least_effective` draws, by bisection."""
    low, high = torch.zeros_like(most), most
    for _ in range(bisections):
        middle = (low + high) / 2
        enough = effective(middle * log_weights) >= least_effective
        low, high = torch.where(enough, middle, low), torch.where(enough, high, middle)
    return torch.where(effective(most * log_weights) >= least_effective, most, low)
