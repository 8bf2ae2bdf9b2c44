"""First weights that know the data's mean, which a short training would otherwise spend its first steps on."""

from math import prod
from typing import Literal, get_args

import torch
from torch import nn

from vae_core.data.pictures import Pictures
from vae_core.models.model import Model

Start = Literal["torch", "mean"]

STARTS: tuple[Start, ...] = get_args(Start)
AVERAGED = 10_000  # pictures, at most, that the mean is of
CLOSEST = 1e-3  # of the mean to 0 and 1: log odds of at most 6.9


@torch.no_grad()
def begin_at_mean(model: Model, pictures: Pictures, generator: torch.Generator) -> None:
    """Let a decoder begin at the mean picture: its last bias has the log odds of each pixel's mean.

    Other biases begin at 0, and fully connected layers with the weights of Glorot & Bengio 2010 (section 4.2.1,
    https://proceedings.mlr.press/v9/glorot10a.html), normally distributed, which suit tanh better than torch's own.
    What is not learned stays. Raises ValueError unless the decoder ends in a fully connected layer.
    """
    with_weights = [layer for layer in model.decoder.modules() if layer._parameters]
    last, pixels = with_weights[-1] if with_weights else None, prod(pictures.shape)
    if not isinstance(last, nn.Linear) or last.out_features != pixels or not last.bias.requires_grad:
        raise ValueError("start mean needs a decoder that learns and ends in a fully connected layer, as mlp does")
    for layer in model.modules():
        if isinstance(layer, nn.Linear) and layer.weight.requires_grad:
            nn.init.xavier_normal_(layer.weight, generator=generator)
            nn.init.zeros_(layer.bias)
    rows = torch.linspace(0, len(pictures) - 1, min(AVERAGED, len(pictures))).long()
    mean = pictures.batch(rows).flatten(1).float().mean(0) / 255
    last.bias.copy_(torch.logit(mean.clamp(CLOSEST, 1 - CLOSEST)))
