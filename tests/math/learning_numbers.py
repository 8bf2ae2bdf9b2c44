"""What vae_core.learning gives for the tests of the browser's estimators: the same noise for both."""

import math
from dataclasses import asdict

import numpy as np
import torch
from scipy.interpolate import RegularGridInterpolator
from torch import Tensor

from vae_core.learning import estimators, gaussian_mixture
from vae_core.learning.change_of_variables import Bend, Coupling, Couplings, Monotone
from vae_core.learning.coin import Coin, log_likelihood
from vae_core.learning.derivation import chord, derivation
from vae_core.learning.maximum_likelihood import ascent
from vae_core.learning.noisy_flow import judged
from vae_core.learning.one_dimension import OneDimension, nodes
from vae_core.learning.point_divergences import divergences
from vae_core.learning.sampled_fit import sampled_bound, trained


def normals(*shape: int, seed: int) -> Tensor:
    """Float64 draws that float32 holds exactly."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).double()


def derivations() -> dict:
    """On cells whose middles float32 holds exactly: a rugged log p(x|z), several q, one of them off the cells."""
    side, low, high = 64, -4.0, 4.0
    step = (high - low) / side
    middles = low + (torch.arange(side, dtype=torch.float64) + 0.5) * step
    z = torch.cartesian_prod(middles, middles).flip(1)  # the first coordinate runs fastest
    log_likelihoods = -90 - 20 * ((z[:, 0] - 0.5) ** 2 + (z[:, 1] + 0.3 * z[:, 0] ** 2) ** 2) + 3 * (4 * z).sin().sum(1)
    cases = []
    for mean, stddev in (([0.5, 0.1], [0.2, 0.25]), ([-0.4, 0.9], [0.5, 0.15]), ([4.5, 0.0], [0.4, 1.0])):
        found = derivation(log_likelihoods, z, step**2, torch.tensor(mean), torch.tensor(stddev))
        ways = {
            way: [{**asdict(line), "gap": gap} for line, gap in zip(getattr(found, way), found.gaps[way], strict=True)]
            for way in ("jensen", "divergence")
        }
        numbers = {
            "logEvidence": found.log_evidence,
            "logLikelihood": found.log_likelihood,
            "klPrior": found.kl_prior,
            "klPriorClosed": found.kl_prior_closed,
            "klPosterior": found.kl_posterior,
            "elbo": found.elbo,
            "mass": found.mass,
        }
        cases.append({"mean": torch.tensor(mean), "stddev": torch.tensor(stddev), **ways, "numbers": numbers})
    chords = [
        {"given": given, "expected": {**asdict(chord(*given)), "gap": chord(*given).gap}}
        for given in ((1.0, 7.5, 0.25), (0.01, 3.0, 0.9), (2.0, 2.0, 0.5))
    ]
    return {"low": low, "high": high, "side": side, "logLikelihoods": log_likelihoods, "cases": cases, "chords": chords}


def coins() -> dict:
    z = torch.linspace(0.02, 0.98, 25, dtype=torch.float64)
    cases = []
    for heads, tails, tossed in ((1.0, 1.0, (0, 0)), (0.3, 2.5, (7, 3)), (30.0, 12.5, (0, 90)), (1e-3, 4.0, (1, 0))):
        prior = Coin(heads, tails)
        after = prior.after(*tossed)
        cases.append(
            {
                "prior": asdict(prior),
                "tossed": tossed,
                "after": asdict(after),
                "mean": after.mean,
                "stddev": after.stddev,
                "density": after.log_density(z),
                "evidence": prior.log_evidence(*tossed),
                "likelihood": log_likelihood(z, *tossed),
            }
        )
    arguments = [1e-3, 0.5, 1.0, 2.0, 9.99, 10.0, 1234.5]
    return {"z": z, "cases": cases, "arguments": arguments, "logGammas": [math.lgamma(a) for a in arguments]}


MODELS = (
    OneDimension(0.3, 1.0, 0.0, 0.5),
    OneDimension(-1.0, 0.4, 2.0, 0.3),
    OneDimension(0.0, 3.0, -3.0, 0.2),
    OneDimension(2.0, -0.5, 1.0, 1.5),
)


def one_dimension() -> dict:
    noise, x = normals(40, 2, seed=31), torch.cat([normals(20, seed=32), torch.tensor([-30.0, 25.0]).double()])
    cases = []
    for model in MODELS:
        points = model.draw(noise)
        mean, stddev = model.moments(x)
        q_mean, q_stddev = normals(len(x), seed=33), (0.5 * normals(len(x), seed=34)).exp()
        path = [found for found, _ in zip(ascent(OneDimension(), points), range(8), strict=False)]
        cases.append(
            {
                "model": asdict(model),
                "points": points,
                "density": model.log_density(x),
                "posterior": model.posterior(x[:1])[0],
                "mean": mean,
                "stddev": stddev,
                "gradient": model.gradient(points),
                "qMean": q_mean,
                "qStddev": q_stddev,
                "elbo": model.elbo(x, q_mean, q_stddev),
                "path": [asdict(found) for found in path],
            }
        )
    return {"noise": noise, "x": x, "nodes": nodes()[0], "start": asdict(OneDimension()), "cases": cases}


def sampled_fits() -> dict:
    x, draws, noise = normals(10, seed=50), (1, 4), normals(5, 10, 3, seed=51)
    cases = []
    for model in MODELS:
        for proposal in ("prior", "posterior"):
            *_, last = trained(model, x, noise, 0.02, proposal)
            for k in draws:
                epsilon = normals(10, k, seed=52)
                found = sampled_bound(model, x, epsilon, proposal)
                cases.append(
                    {
                        "model": asdict(model),
                        "proposal": proposal,
                        "epsilon": epsilon.flatten(),
                        "value": found.value,
                        "gradient": found.gradient,
                        "trained": asdict(last),
                    }
                )
    return {"x": x, "noise": noise.flatten(1), "rate": 0.02, "cases": cases}


def point_divergences() -> dict:
    points = normals(12, seed=35)
    cases = []
    for model in MODELS:
        for width in (1.0, 0.05, 1e-3):
            found = divergences(model, points, width)
            expected = {
                "modelFromPoints": found.model_from_points,
                "pointsFromModel": found.points_from_model,
                "crossEntropy": found.cross_entropy,
                "entropy": found.entropy,
            }
            cases.append({"model": asdict(model), "width": width, "expected": expected})
    return {"points": points, "cases": cases}


def monte_carlo() -> dict:
    dim, draws = 3, 1000
    z, log_likelihoods = normals(draws, dim, seed=36), 30 * normals(draws, seed=37) - 500
    mean, stddev = normals(dim, seed=38), normals(dim, seed=39).exp()
    log_weights = estimators.log_weights(log_likelihoods, z, mean, stddev)
    mild, counts = log_weights / 50, [1, 2, 7, 100, 1000]
    grown = estimators.growth(mild, counts)
    posterior = [(mean, stddev, mean + 0.2, 1.3 * stddev), (mean, stddev, mean, 0.5 * stddev)]
    return {
        "z": z.flatten(),
        "logLikelihoods": log_likelihoods,
        "mean": mean,
        "stddev": stddev,
        "logWeights": log_weights,
        "mild": mild,
        "counts": counts,
        "growth": {
            "estimate": grown.estimate,
            "effective": grown.effective,
            "standardError": [None, *grown.standard_error[1:].tolist()],
        },
        "heaviest": float(estimators.growth(log_weights, [draws]).estimate[0]),
        "counting": [
            {"share": share, "expected": estimators.draws_that_count(mild, share)} for share in (0.1, 0.5, 0.9, 1.0)
        ],
        "bounds": [asdict(estimators.multi_sample_bound(mild, k)) for k in (1, 2, 7, 300)],
        "doubled": [asdict(estimators.multi_sample_bound(mild, 2**power)) for power in range(9)],
        "shares": [{"given": given, "expected": estimators.effective_share(*given)} for given in map(list, posterior)],
    }


def interpolation() -> dict:
    """By scipy, which is told of what is beyond the middles by clamping it to them; the finer grid by torch, whose
    filter is Keys' with a = -1/2 where it may smooth, and which treats edges in its own way."""
    side, low, high = 7, np.array([-2.0, 1.0]), np.array([1.5, 4.0])
    middles = [low[d] + (np.arange(side) + 0.5) * (high[d] - low[d]) / side for d in (0, 1)]
    values, z = normals(side, side, seed=70), 2 * normals(60, 2, seed=71) + 1
    inside = np.clip(z.numpy(), [axis[0] for axis in middles], [axis[-1] for axis in middles])
    found = RegularGridInterpolator((middles[1], middles[0]), values.numpy())(inside[:, ::-1])  # z1 runs fastest
    dense = torch.nn.functional.interpolate(values[None, None], scale_factor=3, mode="bicubic", antialias=True)
    return {
        "times": 3,
        "finer": dense.flatten(),
        "box": {"low": low, "high": high},
        "side": side,
        "values": values.flatten(),
        "z": z,
        "expected": found,
    }


def gradients() -> dict:
    kinds = [("score", "none"), ("score", "mean"), ("score", "best"), ("reparametrised", "none")]
    cases = []
    for distance, sigma, dimensions in ((0.0, 1.0, 1), (-1.5, 0.4, 3)):
        toy, epsilon = estimators.Quadratic(distance, sigma, dimensions), normals(12, dimensions, seed=40)
        noise = normals(10, 5, dimensions, seed=41)
        for estimator, kind in kinds:
            cases.append(
                {
                    "toy": asdict(toy),
                    "estimator": estimator,
                    "kind": kind,
                    "epsilon": epsilon.flatten(),
                    "noise": noise.flatten(),
                    "expectation": toy.expectation,
                    "baseline": toy.baseline(kind),
                    "variance": toy.variance(estimator, kind),
                    "gradients": toy.gradients(epsilon, estimator, kind).flatten(),
                    "descent": estimators.descent(2.0, sigma, 0.05, noise, estimator, kind).flatten(),
                }
            )
    values = normals(6, seed=42)
    return {"cases": cases, "values": values, "others": estimators.leave_one_out(values)}


def gradient_variance() -> dict:
    epsilon, cases = normals(60, 5, seed=60), []
    for distance, sigma, dimensions in ((0.0, 1.0, 1), (-1.5, 0.4, 3), (2.0, 1.0, 5)):
        toy = estimators.Quadratic(distance, sigma, dimensions)
        for estimator, kind in (("score", "none"), ("score", "best"), ("reparametrised", "none")):
            each = toy.gradients(epsilon[:, :dimensions], estimator, kind)[:, 0]
            for n in (1, 4, 15):
                cases.append(
                    {
                        "toy": asdict(toy),
                        "n": n,
                        "estimator": estimator,
                        "baseline": toy.baseline(kind),
                        "estimates": each.reshape(-1, n).mean(1),
                    }
                )
    values = normals(40, seed=61)
    fourth = (values - values.mean()).pow(4).mean()
    return {
        "epsilon": epsilon.T.flatten(),
        "dimensions": epsilon.shape[1],
        "cases": cases,
        "values": values,
        "mean": values.mean(),
        "variance": values.var(),
        "error": ((fourth - values.var().square()) / len(values)).sqrt(),
    }


def change_of_variables() -> dict:
    z, x = 2 * normals(30, seed=43), 3 * normals(30, seed=44)
    lines, planes = [], []
    for line in (Monotone(0.5, 1.7), Monotone(0.0, 0.2, (Bend(1.0, 5.0, -0.8), Bend(2.0, 3.0, 0.9)))):
        forward, log_slope = line.forward(z)
        lines.append(
            {
                "flow": asdict(line),
                "forward": forward,
                "logSlope": log_slope,
                "inverse": line.inverse(x),
                "gradient": line.gradient(x),
                "path": [asdict(found) for found, _ in zip(ascent(line, x), range(5), strict=False)],
                "density": line.log_density(x),
            }
        )
    z2, x2 = normals(30, 2, seed=45), 2 * normals(30, 2, seed=46)
    for layers in ((), (Coupling(0.8, 1.5),), (Coupling(0.5, 1.0), Coupling(-0.7, 1.3), Coupling(0.4, -2.0))):
        plane = Couplings(layers)
        forward, log_det = plane.forward(z2)
        back, there = plane.inverse(x2)
        planes.append(
            {
                "layers": [asdict(layer) for layer in layers],
                "forward": forward.flatten(),
                "logDet": log_det,
                "jacobian": plane.jacobian(z2).flatten(),
                "inverse": back.flatten(),
                "logDetThere": there,
                "density": plane.log_density(x2),
                "gradient": plane.gradient(x2),
                "path": [
                    [asdict(layer) for layer in found.layers]
                    for found, _ in zip(ascent(plane, x2), range(5 if layers else 0), strict=False)
                ],
            }
        )
    return {"z": z, "x": x, "lines": lines, "z2": z2, "x2": x2, "planes": planes}


def gaussian_mixtures() -> dict:
    """One component, three that are started, and two of which one has next to no point."""
    points = torch.cat([normals(20, 2, seed=61), normals(12, 2, seed=62) / 2 + 3])

    def parts(mixture: gaussian_mixture.GaussianMixture) -> list[dict]:
        covariances = mixture.covariances.flatten(1)[:, [0, 1, 3]]
        each = zip(mixture.weights.tolist(), mixture.means.tolist(), covariances.tolist(), strict=True)
        return [{"weight": weight, "mean": mean, "covariance": covariance} for weight, mean, covariance in each]

    starts = [gaussian_mixture.started(points, k, torch.Generator().manual_seed(k)) for k in (1, 3)]
    far = torch.tensor([[0.5, 0.5], [40.0, -40.0]], dtype=torch.float64)
    starts.append(
        gaussian_mixture.GaussianMixture(torch.tensor([0.7, 0.3]).double(), far, starts[0].covariances[[0, 0]])
    )
    cases = []
    for mixture in starts:
        k = len(mixture.weights)
        q = normals(len(points), k, seed=63).softmax(1)
        q[0] = torch.eye(k)[0]  # 0 log 0 is 0
        cases.append(
            {
                "mixture": parts(mixture),
                "joint": gaussian_mixture.log_joint(mixture, points).flatten(),
                "evidence": gaussian_mixture.log_likelihood(mixture, points),
                "posterior": gaussian_mixture.e_step(mixture, points).flatten(),
                "q": q,
                "bound": gaussian_mixture.bound(mixture, points, q),
                "steps": [parts(each) for each in gaussian_mixture.em(mixture, points, 12)],
                "online": [parts(each) for each in gaussian_mixture.online_em(mixture, points)],
                "means": mixture.means,
                "started": parts(gaussian_mixture.started_at(points, mixture.means)),
            }
        )
    return {"points": points, "cases": cases}


def noisy_flows() -> dict:
    lines, planes = [], []
    for noise in (0.05, 0.4):
        for flow in (Monotone(0.5, 1.7), Monotone(0.0, 0.35, (Bend(1.5, 4.0, 0.2),))):
            for x in normals(6, seed=64):
                found = judged(flow, x[None], noise)
                numbers = [found.elbo, found.log_evidence]
                lines.append({"flow": asdict(flow), "x": x, "noise": noise, "found": numbers})
        layers = (Coupling(0.8, 1.0), Coupling(-0.6, 1.0))
        for x in normals(6, 2, seed=65):
            found = judged(Couplings(layers), x, noise)
            numbers = [found.elbo, found.log_evidence]
            planes.append({"layers": list(map(asdict, layers)), "x": x, "noise": noise, "found": numbers})
    return {"lines": lines, "planes": planes}


NUMBERS = {
    "derivation": derivations,
    "coin": coins,
    "one_dimension": one_dimension,
    "sampled_fit": sampled_fits,
    "point_divergences": point_divergences,
    "estimators": monte_carlo,
    "interpolation": interpolation,
    "gradients": gradients,
    "gradient_variance": gradient_variance,
    "change_of_variables": change_of_variables,
    "gaussian_mixture": gaussian_mixtures,
    "noisy_flow": noisy_flows,
}
