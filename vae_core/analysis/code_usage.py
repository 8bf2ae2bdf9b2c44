"""How a codebook is used: how often each code is chosen, and how many codes that is worth."""

from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core.models.vector_quantised import QuantisedConfig


@dataclass(frozen=True)
class Usage:
    """How often each code of one grid was chosen."""

    counts: Tensor  # (K,) int64: cells that have each code

    @property
    def perplexity(self) -> float:
        """How many codes are used as if evenly, 1 to K: exp of the entropy, in nats, of the codes' shares (van den Oord
        et al. 2017, https://arxiv.org/abs/1711.00937, report it of their codebooks)."""
        shares = self.counts / self.counts.sum()
        return torch.special.entr(shares).sum().exp().item()

    @property
    def dead(self) -> int:
        """How many codes no cell has."""
        return int((self.counts == 0).sum())


def usage_of(codes: Tensor, config: QuantisedConfig) -> list[Usage]:
    """The usage of each grid's codebook by the codes (N, cells) of pictures, the coarsest grid first."""
    grids = codes.long().split([height * width for height, width in config.grids], -1)
    return [Usage(torch.bincount(grid.flatten(), minlength=config.codes)) for grid in grids]
