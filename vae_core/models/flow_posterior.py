"""A VAE whose posterior is a normalizing flow (Rezende & Mohamed 2015, https://arxiv.org/abs/1505.05770)."""

from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Independent

from vae_core.models.around import AroundConfig
from vae_core.models.bijections import Affine, Bijection, Flowed, Planar, Splines, spline_parameters
from vae_core.models.distributions import diagonal_normal
from vae_core.models.model import LEFT_OUT
from vae_core.models.networks import split_mean_and_raw_scale
from vae_core.models.vae import SMALLEST_STDDEV, VAE, VAEConfig, check_parameters, whole_number
from vae_core.outside import shown

Flow = Literal["planar", "spline"]
FLOWS = ("planar", "spline")
MOST_LAYERS = 100
CONTEXT = 64  # numbers by which a picture steers its splines


@dataclass(frozen=True)
class FlowConfig(AroundConfig):
    """Everything that rebuilds the model's shape; JSON through `to_json` and `FlowConfig.from_json`."""

    vae: VAEConfig
    flow: Flow = "planar"
    layers: int = 10
    first: float = field(default=1.0, metadata=LEFT_OUT)  # of their usual size, the flow's weights before training
    family: Literal["flow"] = field(default="flow", kw_only=True)

    def __post_init__(self):
        if self.family != "flow":
            raise ValueError(f"family must be flow, got {shown(self.family)!r}")
        if not isinstance(self.flow, str) or self.flow not in FLOWS:
            raise ValueError(f"flow must be {' or '.join(FLOWS)}, got {shown(self.flow)!r}")
        if not whole_number(self.layers, MOST_LAYERS):
            raise ValueError(f"layers must be between 1 and {MOST_LAYERS}, got {shown(self.layers)}")
        if isinstance(self.first, bool) or not isinstance(self.first, int | float) or not 0 < self.first <= 1:
            raise ValueError(f"first must be above 0 and at most 1, got {shown(self.first)}")
        if self.vae.prior == "vamp":
            raise ValueError("the prior vamp mixes Gaussian posteriors, this model's are flows: use normal or mixture")
        check_parameters(self.parameters)

    @property
    def given(self) -> int:
        """Numbers that the encoder gives the flow of a picture, beside the mean and the standard deviation."""
        return self.layers * (2 * self.latent_dim + 1) if self.flow == "planar" else CONTEXT

    @property
    def parameters(self) -> int:
        """Number of learned numbers of the model, which need not be built to know it."""
        splines = spline_parameters(self.latent_dim, CONTEXT, self.layers) if self.flow == "spline" else 0
        return self.vae.parameters + (self.vae.hidden[-1] + 1) * self.given + splines


class FlowVAE(nn.Module):
    """p(z) and p(x|z) of a VAE; q(z|x) is its Gaussian after a flow that the encoder steers.

    "planar": every picture has planar layers of its own, whose parameters are the encoder's outputs (the paper's
    figure 2). "spline": autoregressive splines, shared by all pictures and given numbers of the encoder; they bend a
    standard Gaussian, which then gets the picture's mean and standard deviation. With weights of the flow that begin
    small (`first`), it bends little at first: q(z|x) begins as nearly a Gaussian.
    """

    def __init__(self, config: FlowConfig):
        super().__init__()
        self.config = config
        self.vae = VAE(config.vae)
        self.flow = nn.Linear(config.vae.hidden[-1], config.given)
        if config.flow == "spline":
            self.splines = Splines(config.latent_dim, CONTEXT, config.layers)
        last = [self.flow] if config.flow == "planar" else self.splines.last
        with torch.no_grad():
            for parameter in (parameter for part in last for parameter in part.parameters()):
                parameter.mul_(config.first)

    @property
    def prior(self) -> Distribution:
        """p(z): event (D,)."""
        return self.vae.prior

    @property
    def decoder(self) -> nn.Module:
        return self.vae.decoder

    def encode(self, x: Tensor, y: Tensor | None = None) -> Flowed:
        """q(z|x) of pictures x (B, C, H, W), floats in [0, 1]: batch (B,), event (D,). Raises ValueError as the VAE
        does."""
        self.vae.check(x, y)
        return self.posterior(self.said(x))

    def said(self, x: Tensor) -> Tensor:
        """What the encoder says of pictures x (B, C, H, W), by which q(z|x) is made: (B, 2 D + `config.given`)."""
        *layers, last = self.vae.encoder
        for layer in layers:
            x = layer(x)  # (B, hidden[-1])
        return torch.cat([last(x).float(), self.flow(x).float()], 1)

    def posterior(self, said: Tensor) -> Flowed:
        """The q(z|x) that such numbers make: batch (B,), event (D,)."""
        ends, outputs = said.split([2 * self.config.latent_dim, self.config.given], 1)
        mean, raw_scale = split_mean_and_raw_scale(ends)
        stddev = nn.functional.softplus(raw_scale) + SMALLEST_STDDEV
        if self.config.flow == "planar":
            return Flowed(diagonal_normal(mean, stddev), planar_layers(outputs, self.config.layers))
        standard = diagonal_normal(torch.zeros_like(mean), torch.ones_like(mean))
        return Flowed(standard, [*self.splines(outputs), Affine(mean, stddev)])

    def decode(self, z: Tensor, y: Tensor | None = None) -> Independent:
        """p(x|z) of latents z (..., D): batch (...,), event (C, H, W). Raises ValueError as the VAE does."""
        return self.vae.decode(z, y)


def planar_layers(outputs: Tensor, layers: int) -> list[Bijection]:
    """Planar layers from K (2 D + 1) numbers a picture, (B, K (2 D + 1))."""
    dimensions = (outputs.shape[1] // layers - 1) // 2
    parts = [part.split([dimensions, dimensions, 1], 1) for part in outputs.chunk(layers, 1)]
    return [Planar(w, u, b.squeeze(1)) for w, u, b in parts]
