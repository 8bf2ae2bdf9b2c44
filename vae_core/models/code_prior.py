"""Discrete latents: what q(z|x) and p(z) are when z is a grid of codes."""

import math
from typing import ClassVar

import torch
from torch import Generator, Size, Tensor, nn
from torch.distributions import Distribution

from vae_core.models.distributions import in_closed_form, kl_per_dimension, sample

HEADS = 4  # of attention
WIDER = 4  # the fully connected layer of a block, in widths
SPREAD = 0.02  # standard deviation of the first vectors of positions


class PointMass(Distribution):
    """q(z|x) of an encoder that is sure of its codes (..., cells), int64: batch (...,), event (cells,).

    van den Oord et al. 2017, equation 1 (https://arxiv.org/abs/1711.00937), over all cells.
    """

    arg_constraints: ClassVar = {}

    def __init__(self, codes: Tensor):
        super().__init__(codes.shape[:-1], codes.shape[-1:], validate_args=False)
        self.codes = codes

    @property
    def mean(self) -> Tensor:
        """The codes themselves, int64."""
        return self.codes

    @property
    def stddev(self) -> Tensor:
        return torch.zeros_like(self.codes, dtype=torch.float32)

    def log_prob(self, value: Tensor) -> Tensor:
        """0 where all codes agree, else minus infinity: (...,)."""
        same = (value == self.codes).all(-1)
        return torch.zeros(same.shape, device=value.device).masked_fill(~same, -torch.inf)


class CausalBlock(nn.Module):
    """(B, T, width) -> (B, T, width): attention to cells that are not later, and a fully connected layer (Vaswani et
    al. 2017, https://arxiv.org/abs/1706.03762, decoder only, normalised before each part)."""

    def __init__(self, width: int):
        super().__init__()
        self.before_attention, self.before_layers = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attended, self.joined = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.layers = nn.Sequential(nn.Linear(width, WIDER * width), nn.GELU(), nn.Linear(WIDER * width, width))

    def forward(self, x: Tensor) -> Tensor:
        parts = self.attended(self.before_attention(x)).unflatten(-1, (3, HEADS, -1))  # (B, T, 3, HEADS, width / HEADS)
        query, key, value = parts.permute(2, 0, 3, 1, 4)  # each (B, HEADS, T, width / HEADS)
        likeness = query @ key.mT / math.sqrt(key.shape[-1])  # (B, HEADS, T, T)
        later = torch.ones(likeness.shape[-2:], dtype=torch.bool, device=x.device).triu(1)
        seen = likeness.masked_fill(later, -torch.inf).softmax(-1) @ value
        x = x + self.joined(seen.transpose(1, 2).flatten(2))
        return x + self.layers(self.before_layers(x))


class CausalTransformer(nn.Module):
    """The logits of each cell's code given the codes of the cells before it, in an order that is fixed.

    `levels` are the numbers of cells of each grid, one after another; each grid has `codes` codes of its own.
    """

    def __init__(self, levels: tuple[int, ...], codes: int, width: int, layers: int):
        super().__init__()
        self.levels = levels
        self.start = nn.Parameter(nn.init.normal_(torch.empty(width), std=SPREAD))
        self.codes = nn.Embedding(len(levels) * codes, width)
        self.positions = nn.Parameter(nn.init.normal_(torch.empty(sum(levels), width), std=SPREAD))
        self.blocks = nn.Sequential(*(CausalBlock(width) for _ in range(layers)))
        self.logits = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, codes))

    def forward(self, codes: Tensor) -> Tensor:
        """codes (B, T) int64 of the first T cells -> logits (B, T, K): those of a cell do not depend on its own code,
        nor on later ones."""
        each = self.codes.num_embeddings // len(self.levels)
        first = torch.cat([codes.new_full((cells,), grid * each) for grid, cells in enumerate(self.levels)])
        before = self.codes(codes[:, :-1] + first[: codes.shape[1] - 1])  # (B, T - 1, width)
        inputs = torch.cat([self.start.to(before.dtype).expand(codes.shape[0], 1, -1), before], 1)
        return self.logits(self.blocks(inputs + self.positions[: codes.shape[1]]))

    @staticmethod
    def parameters_of(levels: tuple[int, ...], codes: int, width: int, layers: int) -> int:
        """Number of learned numbers, before it is built."""
        block = (4 + 2 * WIDER) * width**2 + (3 + 1 + WIDER + 1) * width + 4 * width
        around = (1 + len(levels) * codes + sum(levels)) * width + 2 * width + (width + 1) * codes
        return layers * block + around


class CodePrior(Distribution):
    """p(z) = prod_i p(z_i | z_1 ... z_{i-1}) over grids of codes: no batch, event (cells,)."""

    arg_constraints: ClassVar = {}

    def __init__(self, network: CausalTransformer):
        super().__init__(Size(), Size((len(network.positions),)), validate_args=False)
        self.network = network

    def each_log_prob(self, value: Tensor) -> Tensor:
        """log p(z_i | z_1 ... z_{i-1}) of codes (..., cells) int64, cell by cell: (..., cells)."""
        codes = value.reshape(-1, value.shape[-1])
        log_probs = self.network(codes).float().log_softmax(-1)  # (N, cells, K)
        return log_probs.gather(-1, codes[..., None]).reshape(value.shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """log p(z) of codes (..., cells) int64: (...,)."""
        return self.each_log_prob(value).sum(-1)


@sample.register
def _(distribution: PointMass, generator: Generator, shape: tuple[int, ...] = ()) -> Tensor:
    return distribution.codes.expand(*shape, *distribution.codes.shape)


@sample.register
@torch.no_grad()
def _(distribution: CodePrior, generator: Generator, shape: tuple[int, ...] = ()) -> Tensor:
    (cells,), device = distribution.event_shape, distribution.network.positions.device
    codes = torch.zeros(Size(shape).numel(), cells, dtype=torch.int64, device=device)
    for cell in range(cells):
        logits = distribution.network(codes[:, : cell + 1])[:, -1].float()  # (N, K)
        codes[:, cell] = torch.multinomial(logits.softmax(-1), 1, generator=generator)[:, 0]
    return codes.reshape(*shape, cells)


@in_closed_form.register
def _(posterior: PointMass, prior: Distribution) -> bool:
    return isinstance(prior, CodePrior)


@kl_per_dimension.register
def _(posterior: PointMass, prior: Distribution) -> Tensor:
    """-log p(z_i | z_1 ... z_{i-1}) of each cell: what the codes cost, as nothing about them is uncertain."""
    if not isinstance(prior, CodePrior):
        raise TypeError(f"codes need a prior over codes, got {type(prior).__name__}")
    return -prior.each_log_prob(posterior.codes)
