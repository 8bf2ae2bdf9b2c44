"""The VQ-VAE of van den Oord, Vinyals & Kavukcuoglu 2017 (https://arxiv.org/abs/1711.00937), with one grid of codes or
two (VQ-VAE-2: Razavi, van den Oord & Vinyals 2019, https://arxiv.org/abs/1906.00446), and a prior over them."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import torch
from torch import Generator, Tensor, nn
from torch.distributions import Independent
from torch.nn.functional import embedding, interpolate

from vae_core.data.pictures import Likelihood
from vae_core.models.code_prior import HEADS, CausalTransformer, CodePrior, PointMass
from vae_core.models.distributions import PictureBernoulli, picture_normal
from vae_core.models.inputs import check_codes, check_no_labels, check_pictures, check_range
from vae_core.models.vae import MOST_SIDE, SMALLEST_NOISE, check_parameters, whole_number
from vae_core.outside import shown

MOST_CODES, MOST_CODE_DIM, MOST_CHANNELS, MOST_CELLS = 4096, 256, 1024, 512
DECAY = 0.99  # of the moving averages
DEAD = 0.03  # of an even share of the cells: a code that is used less begins anew


@dataclass(frozen=True)
class QuantisedConfig:
    """Everything that rebuilds the model's shape; JSON through `to_json` and `QuantisedConfig.from_json`."""

    picture_shape: tuple[int, int, int]  # (C, H, W)
    codes: int = 64  # of each grid's codebook
    code_dim: int = 16
    channels: int = 32  # of every feature map
    halvings: int = 2  # from the picture to the grid, the finer one of two
    levels: int = 1  # grids; the second has half as many cells along each side
    prior_width: int = 64
    prior_layers: int = 2
    likelihood: Likelihood = "bernoulli"  # "gaussian" has one learned standard deviation for all pixels
    family: Literal["vector-quantised"] = field(default="vector-quantised", kw_only=True)

    def __post_init__(self):
        shape = self.picture_shape
        if not isinstance(shape, tuple) or len(shape) != 3 or not all(whole_number(side, MOST_SIDE) for side in shape):
            raise ValueError(f"picture_shape must be (channels, height, width) of 1 to {MOST_SIDE}, got {shown(shape)}")
        if shape[0] not in (1, 3):
            raise ValueError(f"picture_shape must have 1 channel (grey) or 3 (colour), got {shape[0]}")
        if not whole_number(self.codes, MOST_CODES) or self.codes < 2:
            raise ValueError(f"codes of a codebook must be between 2 and {MOST_CODES}, got {shown(self.codes)}")
        if self.levels not in (1, 2) or isinstance(self.levels, bool):
            raise ValueError(f"levels must be 1 or 2, got {shown(self.levels)}")
        for name, most in (
            ("code_dim", MOST_CODE_DIM),
            ("channels", MOST_CHANNELS),
            ("halvings", 8),
            ("prior_width", 1024),
            ("prior_layers", 16),
        ):
            if not whole_number(getattr(self, name), most):
                raise ValueError(f"{name} must be between 1 and {most}, got {shown(getattr(self, name))}")
        if self.prior_width % HEADS:
            raise ValueError(f"prior_width must be a multiple of {HEADS}, got {self.prior_width}")
        if self.likelihood not in ("bernoulli", "gaussian"):
            raise ValueError(f"likelihood must be bernoulli or gaussian, got {shown(self.likelihood)!r}")
        if self.family != "vector-quantised":
            raise ValueError(f"family must be vector-quantised, got {shown(self.family)!r}")
        finest = 2 ** (self.halvings + self.levels - 1)
        if any(side % finest for side in shape[1:]):
            times = f"halved {self.halvings} times" + (" and once more for the second grid" if self.levels == 2 else "")
            size = "x".join(map(str, shape[1:]))
            raise ValueError(f"pictures that are {times} need sides that are multiples of {finest} pixels, got {size}")
        if self.latent_dim > MOST_CELLS:
            raise ValueError(f"at most {MOST_CELLS} cells are possible, got {self.latent_dim}: use more halvings")
        check_parameters(self.parameters)

    @property
    def grids(self) -> tuple[tuple[int, int], ...]:
        """(height, width) in cells of each grid, the coarsest first, as its codes come first."""
        height, width = (side // 2**self.halvings for side in self.picture_shape[1:])
        return ((height, width),) if self.levels == 1 else ((height // 2, width // 2), (height, width))

    @property
    def latent_dim(self) -> int:
        """The number of cells of all grids."""
        return sum(height * width for height, width in self.grids)

    @property
    def parameters(self) -> int:
        """Number of learned numbers of the model, the codebooks included, which need not be built to know it."""
        colours, width, code_dim, levels = self.picture_shape[0], self.channels, self.code_dim, self.levels

        def convolution(inputs: int, outputs: int, side: int) -> int:
            return (side**2 * inputs + 1) * outputs

        residual = convolution(width, width, 3) + convolution(width, width, 1)
        between = (self.halvings - 1) * convolution(width, width, 4)
        encoder = convolution(colours, width, 4) + between + residual + convolution(width, code_dim, 1)
        if levels == 2:
            encoder += convolution(width, width, 4) + residual + convolution(width, code_dim, 1) + code_dim**2
        decoder = convolution(levels * code_dim, width, 3) + residual + between + convolution(width, colours, 4)
        cells = tuple(height * width for height, width in self.grids)
        prior = CausalTransformer.parameters_of(cells, self.codes, self.prior_width, self.prior_layers)
        return encoder + decoder + prior + levels * self.codes * code_dim + (self.likelihood == "gaussian")

    @classmethod
    def from_json(cls, settings: dict) -> "QuantisedConfig":
        """The configuration from what `to_json` gave. Raises ValueError or TypeError on anything else."""
        given: dict[str, Any] = {k: tuple(value) if isinstance(value, list) else value for k, value in settings.items()}
        return cls(**given)

    def to_json(self) -> dict:
        return asdict(self)


class Residual(nn.Module):
    """(B, width, H, W) -> the same: what it adds is a 3x3 and a 1x1 convolution (van den Oord et al. 2017, section
    4.1)."""

    def __init__(self, width: int):
        super().__init__()
        self.added = nn.Sequential(
            nn.ReLU(), nn.Conv2d(width, width, 3, padding=1), nn.ReLU(), nn.Conv2d(width, width, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.added(x)


class Codebook(nn.Module):
    """K vectors of d numbers, each the moving average of the encoder's outputs that it is the nearest to, and how much
    each is used. No gradient reaches them."""

    usage: Tensor

    def __init__(self, codes: int, code_dim: int):
        super().__init__()
        self.vectors = nn.Parameter(nn.init.normal_(torch.empty(codes, code_dim)), requires_grad=False)
        self.register_buffer("usage", torch.zeros(codes))  # (K,) moving average of each code's share of the cells

    def nearest(self, vectors: Tensor) -> Tensor:
        """The code nearest to each of vectors (B, d, H, W), in float32 whatever training runs in: (B, H, W) int64."""
        with torch.autocast(vectors.device.type, enabled=False):
            each = vectors.float().movedim(1, -1)  # (B, H, W, d)
            distances = self.vectors.square().sum(-1) - 2 * each @ self.vectors.T  # but for |vector|^2: (B, H, W, K)
        return distances.argmin(-1)

    def forward(self, codes: Tensor) -> Tensor:
        """The vectors of codes (B, H, W) int64: (B, d, H, W)."""
        return embedding(codes, self.vectors).movedim(-1, 1)

    @torch.no_grad()
    def follow(self, vectors: Tensor, codes: Tensor, instead: Tensor) -> None:
        """Move each code towards the mean of the vectors (B, d, H, W) that chose it, `codes` (B, H, W).

        van den Oord et al. 2017, appendix A.1, equations 6 to 8, with the counts N_i divided by the number of cells, so
        that they do not depend on the batch; m_i is N_i e_i. A code whose share has fallen below DEAD of an even one
        takes the value of the vector `instead` (K, d) and an even share (random restarts: Dhariwal et al. 2020, section
        3.1, https://arxiv.org/abs/2005.00341).
        """
        each, chosen = vectors.movedim(1, -1).flatten(0, -2), codes.flatten()
        count, size = len(chosen), len(self.usage)
        shares = torch.bincount(chosen, minlength=size).to(each.dtype) / count
        sums = torch.zeros_like(self.vectors).index_add_(0, chosen, each) / count
        usage = DECAY * self.usage + (1 - DECAY) * shares
        moved = DECAY * self.usage[:, None] * self.vectors + (1 - DECAY) * sums
        dead = usage < DEAD / size
        averages = moved / usage.clamp_min(torch.finfo(usage.dtype).tiny)[:, None]
        self.vectors.copy_(torch.where(dead[:, None], instead, averages))
        self.usage.copy_(usage.masked_fill(dead, 1 / size))

    @property
    def perplexity(self) -> float:
        """How many codes are used as if evenly, 1 to K: exp of the entropy of the usage."""
        shares = self.usage / self.usage.sum()
        return torch.special.entr(shares).sum().exp().item()


@dataclass(frozen=True)
class Quantised:
    """A grid of vectors and the codes they became."""

    vectors: Tensor  # (B, d, H, W), the encoder's, float32
    codes: Tensor  # (B, H, W) int64
    chosen: Tensor  # (B, d, H, W), the codes' vectors

    @property
    def straight_through(self) -> Tensor:
        """The codes' vectors, whose gradient goes on to the encoder's: (B, d, H, W)."""
        return self.vectors + (self.chosen - self.vectors).detach()


class GridEncoder(nn.Module):
    """From pictures to the vectors of each grid, of which the finer one's have seen the codes of the coarser."""

    def __init__(self, config: QuantisedConfig):
        super().__init__()
        width, code_dim = config.channels, config.code_dim
        layers: list[nn.Module] = [nn.Conv2d(config.picture_shape[0], width, 4, stride=2, padding=1)]
        for _ in range(config.halvings - 1):
            layers += [nn.ReLU(), nn.Conv2d(width, width, 4, stride=2, padding=1)]
        self.features = nn.Sequential(*layers, Residual(width), nn.ReLU())
        if config.levels == 2:
            self.top = nn.Sequential(
                nn.Conv2d(width, width, 4, stride=2, padding=1),
                Residual(width),
                nn.ReLU(),
                nn.Conv2d(width, code_dim, 1),
            )
        self.vectors = nn.Conv2d(width + (config.levels - 1) * code_dim, code_dim, 1)

    def forward(self, x: Tensor, codebooks: nn.ModuleList) -> list[Quantised]:
        """x (B, C, H, W) -> the grids, the coarsest first."""
        features = self.features(x)
        grids: list[Quantised] = []
        if len(codebooks) == 2:
            grids.append(quantised(self.top(features), codebooks[0]))
            features = torch.cat([features, twice(grids[0].straight_through).to(features.dtype)], 1)
        return [*grids, quantised(self.vectors(features), codebooks[-1])]


def quantised(vectors: Tensor, codebook: nn.Module) -> Quantised:
    """Vectors (B, d, H, W) with the codes nearest to them."""
    vectors = vectors.float()
    codes = codebook.nearest(vectors)  # type: ignore[operator] # a Codebook's
    return Quantised(vectors, codes, codebook(codes))


def twice(grid: Tensor) -> Tensor:
    """(B, d, H, W) -> (B, d, 2 H, 2 W), each vector four times."""
    return interpolate(grid, scale_factor=2.0, mode="nearest")


class GridDecoder(nn.Module):
    """From codes (B, cells) int64 to the logits of the mean picture (B, C, H, W)."""

    def __init__(self, config: QuantisedConfig):
        super().__init__()
        width = config.channels
        self.grids = config.grids
        self.codebooks = nn.ModuleList(Codebook(config.codes, config.code_dim) for _ in config.grids)
        layers: list[nn.Module] = [nn.Conv2d(config.levels * config.code_dim, width, 3, padding=1), Residual(width)]
        for _ in range(config.halvings - 1):
            layers += [nn.ReLU(), nn.ConvTranspose2d(width, width, 4, stride=2, padding=1)]
        self.layers = nn.Sequential(*layers, nn.ReLU(), nn.ConvTranspose2d(width, config.picture_shape[0], 4, 2, 1))

    def forward(self, z: Tensor) -> Tensor:
        grids = z.split([height * width for height, width in self.grids], -1)
        return self.of_vectors(
            [
                codebook(codes.unflatten(-1, sides))
                for codebook, codes, sides in zip(self.codebooks, grids, self.grids, strict=True)
            ]
        )

    def of_vectors(self, grids: list[Tensor]) -> Tensor:
        """The logits of vectors (B, d, H, W) of each grid, the coarsest first."""
        coarser = [twice(grid) for grid in grids[:-1]]
        return self.layers(torch.cat([*coarser, grids[-1]], 1))


class QuantisedVAE(nn.Module):
    """z are codes, whole numbers (..., cells), of one grid or of a coarse and then a fine one, row by row. q(z|x) is
    sure of the nearest codes, p(z) is a causal transformer, p(x|z) has Bernoulli or Gaussian pixels.

    log p(x|z) + log p(z) at the encoder's z is a lower bound on log p(x): one term of the sum over all z.
    """

    def __init__(self, config: QuantisedConfig):
        super().__init__()
        self.config = config
        self.encoder = GridEncoder(config)
        self.decoder = GridDecoder(config)
        cells = tuple(height * width for height, width in config.grids)
        self.code_prior = CausalTransformer(cells, config.codes, config.prior_width, config.prior_layers)
        if config.likelihood == "gaussian":
            self.log_noise = nn.Parameter(torch.tensor(-2.0))  # log of the pixels' standard deviation

    @property
    def codebooks(self) -> list[Codebook]:
        """Of each grid, the coarsest first."""
        return list(self.decoder.codebooks)  # type: ignore[arg-type] # they are Codebooks

    @property
    def dtype(self) -> torch.dtype:
        """Of the weights, and so of pictures."""
        return next(self.parameters()).dtype

    @property
    def noise(self) -> Tensor | None:
        """Standard deviation of Gaussian pixels, (); None where pixels are bits."""
        return self.log_noise.exp() + SMALLEST_NOISE if self.config.likelihood == "gaussian" else None

    @property
    def prior(self) -> CodePrior:
        """p(z): event (cells,)."""
        return CodePrior(self.code_prior)

    def quantise(self, x: Tensor) -> list[Quantised]:
        """The grids of pictures x (B, C, H, W), the coarsest first."""
        return self.encoder(x, self.decoder.codebooks)

    def encode(self, x: Tensor, y: Tensor | None = None) -> PointMass:
        """q(z|x) of pictures x (B, C, H, W), floats in [0, 1]: batch (B,), event (cells,). Raises ValueError for
        others, and for labels y: it takes none."""
        check_no_labels(y)
        if not torch.compiler.is_compiling():
            check_pictures(x, self.config.picture_shape, self.dtype)
            check_range(x, 0.0 if self.noise is None else self.noise.item())
        return PointMass(cells_of(self.quantise(x)))

    def decode(self, z: Tensor, y: Tensor | None = None) -> Independent:
        """p(x|z) of codes z (..., cells), int64: batch (...,), event (C, H, W); its `.mean` is the picture, in [0, 1].

        Raises ValueError for another number of cells, another dtype, codes that there are not, and for labels y.
        """
        check_no_labels(y)
        if not torch.compiler.is_compiling():
            check_codes(z, self.config.latent_dim, self.config.codes)
        outputs = self.decoder(z.reshape(-1, z.shape[-1]))
        return self.pixels(outputs.reshape(*z.shape[:-1], *self.config.picture_shape))

    def decode_vectors(self, grids: list[Tensor]) -> Independent:
        """p(x|z) of vectors (B, d, H, W) of each grid, the coarsest first, through which gradients go: batch (B,)."""
        return self.pixels(self.decoder.of_vectors(grids))

    def pixels(self, outputs: Tensor) -> Independent:
        """p(x|z) of the decoder's outputs (..., C, H, W)."""
        outputs, noise = outputs.float(), self.noise
        return PictureBernoulli(outputs) if noise is None else picture_normal(outputs.sigmoid(), noise)


def cells_of(grids: list[Quantised]) -> Tensor:
    """The codes of all grids, row by row, the coarsest first: (B, cells)."""
    return torch.cat([grid.codes.flatten(1) for grid in grids], 1)


def restarts(grid: Quantised, count: int, generator: Generator) -> Tensor:
    """Vectors of a grid, drawn at random, (count, d): what dead codes begin anew as."""
    each = grid.vectors.detach().movedim(1, -1).flatten(0, -2)
    return each[torch.randint(len(each), (count,), generator=generator, device=each.device)]
