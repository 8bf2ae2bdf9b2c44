"""KL between two diagonal Gaussians: in closed form, and by draws.

A VAE's KL term has a closed form (Kingma and Welling 2014, appendix B, https://arxiv.org/abs/1312.6114), which costs D
additions and has no variance; the mean of log q(z) - log p(z) over draws of q estimates the same number.
"""

import torch
from torch import Tensor


def closed_form(mean_q: Tensor, stddev_q: Tensor, mean_p: Tensor, stddev_p: Tensor) -> float:
    """KL(q || p) in nats; all arguments (D,)."""
    ratio = (stddev_q / stddev_p) ** 2
    return float(0.5 * (ratio + ((mean_q - mean_p) / stddev_p) ** 2 - 1 - ratio.log()).sum())


def log_ratios(epsilon: Tensor, mean_q: Tensor, stddev_q: Tensor, mean_p: Tensor, stddev_p: Tensor) -> Tensor:
    """log q(z) - log p(z) at z = mean_q + stddev_q epsilon, in nats, (n,) for noise (n, D): KL(q || p) on average."""
    z = mean_q + stddev_q * epsilon
    log_q = -0.5 * epsilon**2 - stddev_q.log()
    log_p = -0.5 * ((z - mean_p) / stddev_p) ** 2 - stddev_p.log()
    return (log_q - log_p).sum(-1)


def variance(mean_q: Tensor, stddev_q: Tensor, mean_p: Tensor, stddev_p: Tensor) -> float:
    """The variance of one draw's log-ratio, in nats squared.

    The log-ratio is the sum over dimensions of a epsilon^2 + b epsilon + constant, with
    a = (sigma_q^2 / sigma_p^2 - 1) / 2 and b = (mu_q - mu_p) sigma_q / sigma_p^2, and
    Var(a epsilon^2 + b epsilon) = 2 a^2 + b^2.
    """
    a = 0.5 * ((stddev_q / stddev_p) ** 2 - 1)
    b = (mean_q - mean_p) * stddev_q / stddev_p**2
    return float((2 * a**2 + b**2).sum())


def running(values: Tensor) -> tuple[Tensor, Tensor]:
    """The mean of the first k values and its standard error, for k = 1 to n, both (n,); no error is known of one value
    (NaN)."""
    count = torch.arange(1, len(values) + 1, dtype=values.dtype)
    mean = values.cumsum(0) / count
    squares = (values**2).cumsum(0) / count - mean**2
    error = (squares.clamp(min=0) / (count - 1).clamp(min=1)).sqrt()
    error[0] = torch.nan
    return mean, error
