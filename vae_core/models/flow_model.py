"""A normalizing flow as a model of pictures: x = f(z), a bijection, so that log p(x) is known exactly."""

import functools
from dataclasses import asdict, dataclass
from math import log, prod
from typing import Any, Literal

import torch
from torch import Generator, Tensor, nn
from torch.distributions import Distribution, Independent

from vae_core.data.pictures import Likelihood
from vae_core.models.bijections import LEAST_SPLINE_SLOPE, SPLINE_BINS, Zuko, forget_buffers, zuko
from vae_core.models.distributions import sample, standard_normal
from vae_core.models.inputs import check_latents, check_no_labels, check_pictures, check_range
from vae_core.models.networks import mlp_parameters
from vae_core.models.vae import MOST_SIDE, check_parameters, check_widths, whole_number
from vae_core.outside import shown

MOST_LAYERS = 64
MOST_PIXELS = 512  # a latent each
MARGIN = 0.05  # of the logit's domain on either side of [0, 1]
SAME = 1e-3  # how far two latents, relative to 1 + their size, may be apart and count as the same
FIRST = 0.1  # of the usual size are a coupling's first outputs: it begins near the identity
MASKS = 6  # ways to split pixels in two, taken by turns


@dataclass(frozen=True)
class FlowModelConfig:
    """Everything that rebuilds the model's shape; JSON through `to_json` and `FlowModelConfig.from_json`."""

    picture_shape: tuple[int, int, int]  # (C, H, W)
    layers: int = 6
    hidden: tuple[int, ...] = (128, 128)  # widths of each coupling's network
    family: Literal["flow-model"] = "flow-model"

    def __post_init__(self):
        shape = self.picture_shape
        if not isinstance(shape, tuple) or len(shape) != 3 or not all(whole_number(side, MOST_SIDE) for side in shape):
            raise ValueError(f"picture_shape must be (channels, height, width) of 1 to 1024, got {shown(shape)}")
        if not 2 <= prod(shape) <= MOST_PIXELS or min(shape[1:]) < 2:
            size = "x".join(map(str, shape))
            raise ValueError(f"a flow model needs pictures from 1x2x2 to {MOST_PIXELS} numbers, got {size}: use a vae")
        if not whole_number(self.layers, MOST_LAYERS):
            raise ValueError(f"layers must be between 1 and {MOST_LAYERS}, got {shown(self.layers)}")
        check_widths("hidden", self.hidden)
        if self.family != "flow-model":
            raise ValueError(f"family must be flow-model, got {shown(self.family)!r}")
        check_parameters(self.parameters)

    @property
    def latent_dim(self) -> int:
        """As many as there are pixels and channels: a bijection loses none."""
        return prod(self.picture_shape)

    @property
    def likelihood(self) -> Likelihood:
        """Densities are of dequantised pictures."""
        return "gaussian"

    @property
    def parameters(self) -> int:
        """Number of learned numbers of the model, which need not be built to know it."""
        held = [int(mask.sum()) for mask in masks(self.picture_shape)]
        each = [mlp_parameters((kept, *self.hidden, (3 * SPLINE_BINS - 1) * (self.latent_dim - kept))) for kept in held]
        return sum(each[number % MASKS] for number in range(self.layers))

    @classmethod
    def from_json(cls, settings: dict) -> "FlowModelConfig":
        """The configuration from what `to_json` gave. Raises ValueError or TypeError on anything else."""
        given: dict[str, Any] = {k: tuple(value) if isinstance(value, list) else value for k, value in settings.items()}
        return cls(**given)

    def to_json(self) -> dict:
        return asdict(self)


def masks(picture_shape: tuple[int, int, int]) -> list[Tensor]:
    """Which numbers of a picture, flat, a coupling leaves as they are: a checkerboard, every other row, every other
    column, each followed by its opposite."""
    channels, height, width = (torch.arange(side, device="cpu") for side in picture_shape)
    rows, columns = height[None, :, None], width[None, None, :]
    halves = [(channels[:, None, None] + parity) % 2 == 0 for parity in (rows + columns, rows, columns)]
    whole = [half.expand(picture_shape).flatten() for half in halves]
    return [mask for half in whole for mask in (half, ~half)]


class FlowModel(nn.Module):
    """log p(x) = log N(f^-1(x); 0, I) + log |det df^-1/dx|: couplings (Dinh, Sohl-Dickstein & Bengio 2017, equation 3,
    https://arxiv.org/abs/1605.08803) of the logits of MARGIN + (1 - 2 MARGIN) x (their section 4.1).

    Half of the numbers steer monotonic rational-quadratic splines of the other half on [-5, 5], beyond which nothing
    moves (Durkan et al. 2019, https://arxiv.org/abs/1906.04032); affine couplings, tried on digits, were 1.4 bits a
    pixel worse, and sent some test pictures to where they cost thousands of nats.

    Under the contract of all models q(z|x) is the point f^-1(x) and p(x|z) the point f(z). Neither has a density, but
    their ratio has one, |det df^-1/dx|: it is what `decode(z).log_prob(x)` gives, `encode(x).log_prob` being 0, so that
    the ELBO is log p(x), with no gap (Nielsen et al. 2020, section 2.1, https://arxiv.org/abs/2007.02731).

    A little of p(x) lies outside [0, 1], by up to 0.056; pictures are clipped.
    """

    def __init__(self, config: FlowModelConfig):
        super().__init__()
        self.config = config
        library = zuko()
        univariate = functools.partial(library.transforms.MonotonicRQSTransform, slope=LEAST_SPLINE_SLOPE)
        with torch.device("cpu"):  # it computes its masks, which the meta device of an empty model cannot
            couplings = [
                library.flows.coupling.GeneralCouplingTransform(
                    config.latent_dim,
                    mask=masks(config.picture_shape)[number % MASKS],
                    univariate=univariate,
                    shapes=[(SPLINE_BINS,), (SPLINE_BINS,), (SPLINE_BINS - 1,)],
                    hidden_features=config.hidden,
                )
                for number in range(config.layers)
            ]
        with torch.no_grad():
            for parameter in (parameter for each in couplings for parameter in each.hyper[-1].parameters()):
                parameter.mul_(FIRST)
        self.couplings = nn.ModuleList(couplings)
        forget_buffers(self)

    @property
    def dtype(self) -> torch.dtype:
        """Of the weights, and so of pictures and latents."""
        return next(self.parameters()).dtype

    @property
    def prior(self) -> Independent:
        """p(z) = N(0, I): event (D,)."""
        return standard_normal(self.config.latent_dim, like=next(self.parameters()))

    @property
    def decoder(self) -> nn.Module:
        """From latents (B, D) to the logits of the picture (B, C, H, W)."""
        return Logits(self)

    def encode(self, x: Tensor, y: Tensor | None = None) -> "PointLatents":
        """q(z|x) of pictures x (B, C, H, W), floats in [0, 1]: the point f^-1(x), batch (B,), event (D,). Raises
        ValueError for other pictures, and for labels y: it takes none."""
        check_no_labels(y)
        check_pictures(x, self.config.picture_shape, self.dtype)
        check_range(x)
        return PointLatents(self.to_latents(x)[0])

    def decode(self, z: Tensor, y: Tensor | None = None) -> "PointPictures":
        """p(x|z) of latents z (..., D): the point f(z), batch (...,), event (C, H, W). Raises ValueError for latents of
        another dimension or dtype, for NaN, and for labels y: it takes none."""
        check_no_labels(y)
        check_latents(z, self.config.latent_dim, self.dtype)
        return PointPictures(self, z)

    def to_latents(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """z = f^-1(x) of pictures x (..., C, H, W), (..., D), and log |det dz/dx|, (...,)."""
        inside = MARGIN + (1 - 2 * MARGIN) * x.flatten(-3)
        z = inside.logit()
        log_det = (log(1 - 2 * MARGIN) - inside.log() - (1 - inside).log()).sum(-1)
        for coupling in self.couplings:
            z, more = Zuko(coupling()).forward(z)
            log_det = log_det + more
        return z, log_det

    def to_pictures(self, z: Tensor) -> Tensor:
        """x = f(z) of latents z (..., D), not clipped to [0, 1]: (..., C, H, W)."""
        for coupling in reversed(self.couplings):
            z, _ = Zuko(coupling()).inverse(z)
        return ((z.sigmoid() - MARGIN) / (1 - 2 * MARGIN)).unflatten(-1, self.config.picture_shape)


class Logits(nn.Module):
    """z -> the logits of the clipped picture."""

    def __init__(self, model: FlowModel):
        super().__init__()
        self.model = model

    def forward(self, z: Tensor) -> Tensor:
        return self.model.to_pictures(z).clamp(1e-6, 1 - 1e-6).logit()


class Point(Distribution):
    """All of the probability in one number each: batch that of `value`, event ()."""

    def __init__(self, value: Tensor):
        super().__init__(value.shape, validate_args=False)
        self.value = value

    @property
    def mean(self) -> Tensor:
        return self.value

    @property
    def variance(self) -> Tensor:
        return torch.zeros_like(self.value)


class PointLatents(Independent):
    """The point that pictures are sent to: batch (B,), event (D,)."""

    def __init__(self, z: Tensor):
        super().__init__(Point(z), 1, validate_args=False)

    def log_prob(self, value: Tensor) -> Tensor:
        """0 at the point, -infinity elsewhere: see `FlowModel` for what it is compared with."""
        return where_same(value, self.mean, torch.zeros_like(value[..., 0]))


class PointPictures(Independent):
    """The picture that latents are sent to: batch (...,), event (C, H, W)."""

    def __init__(self, model: FlowModel, z: Tensor):
        shape = model.config.picture_shape
        Distribution.__init__(self, z.shape[:-1], torch.Size(shape), validate_args=False)
        self.model, self.z = model, z
        self.reinterpreted_batch_ndims = 3

    @property
    def base_dist(self) -> Point:
        """Made when it is asked for: training needs none."""
        return Point(self.model.to_pictures(self.z).clamp(0, 1))

    def log_prob(self, value: Tensor) -> Tensor:
        """log |det dz/dx| of pictures (..., C, H, W) that z is sent to, -infinity of others."""
        z, log_det = self.model.to_latents(value)
        return where_same(z, self.z, log_det)


def where_same(one: Tensor, other: Tensor, value: Tensor) -> Tensor:
    """`value` (...,) where latents (..., D) are the same but for rounding, -infinity elsewhere."""
    with torch.no_grad():
        same = ((one - other).abs() <= SAME * (1 + other.abs())).all(-1)
    return torch.where(same, value, -torch.inf)


@sample.register
def _(distribution: Point, generator: Generator, shape: tuple[int, ...] = ()) -> Tensor:
    return distribution.value.expand(*shape, *distribution.value.shape)
