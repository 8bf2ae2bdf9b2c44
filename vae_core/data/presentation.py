"""How stored pictures become what a model is trained and judged on: afresh at every presentation.

Grey values are not bits, and bytes are not real numbers: a Bernoulli likelihood needs pictures of zeros and ones, a
Gaussian density needs values that are spread over each grey level. Both are drawn anew each time a picture is shown.
"""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from vae_core.data.pictures import Likelihood

INT64_MIN = -(2**63)


def present(
    pictures: Tensor,
    likelihood: Likelihood,
    generator: Generator,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """uint8 pictures as the likelihood needs them, in `dtype`: binarised for "bernoulli", dequantised for "gaussian".

    Random numbers come from `generator`, which is on the pictures' device. Raises ValueError for another likelihood.
    """
    if likelihood == "bernoulli":
        return binarise(pictures, generator, dtype)
    if likelihood == "gaussian":
        return dequantise(pictures, generator).to(dtype)
    raise ValueError(f"likelihood must be 'bernoulli' or 'gaussian', got {likelihood!r}")


def binarise(pictures: Tensor, generator: Generator, dtype: torch.dtype = torch.float32) -> Tensor:
    """Draws pixels in `dtype` that are 1 with probability x / 255, else 0, from uint8 pictures of any shape.

    The stochastic binarisation of Burda, Grosse and Salakhutdinov, "Importance Weighted Autoencoders" (2016),
    https://arxiv.org/abs/1509.00519, section 5. Four pixels share the 64 bits of one random number; the probability is
    257 x / 65536, which is off by at most 1.6e-5, and exactly 0 for x = 0.
    """
    count = pictures.numel()
    bits = torch.empty((count + 3) // 4, dtype=torch.int64, device=pictures.device)
    bits.random_(INT64_MIN, None, generator=generator)
    uniform = bits.view(torch.int16)[:count].view(pictures.shape)  # -32768 ... 32767
    threshold = pictures.to(torch.int16).mul_(257).sub_(32767).sub_(1)  # wraps where it must: 255 gives 32767
    return uniform.lt_(threshold).to(dtype)  # in int16 to the last: bool is several times slower to convert


def dequantise(pictures: Tensor, generator: Generator) -> Tensor:
    """Spreads each grey level over its own 256th of [0, 1]: (x + u) / 256, u uniform; uint8 in, float32 out.

    The density of the result bounds the probability of the bytes from below: Theis, van den Oord and Bethge, "A note on
    the evaluation of generative models" (2016), https://arxiv.org/abs/1511.01844, section 3.1.
    """
    uniform = torch.rand(pictures.shape, generator=generator, device=pictures.device)
    return uniform.add_(pictures).mul_(1 / 256)
