"""Every line of the ELBO's derivation, against a model whose likelihood, posterior and ELBO are known."""

import math

import pytest
import torch
from linear_gaussian import LinearGaussian
from torch import Tensor
from torch.distributions import kl_divergence

from vae_core.analysis.likelihood import elbo_terms, marginal_estimate
from vae_core.learning.derivation import Derivation, chord, derivation

SIDE = 120


def cells(low: float, high: float, side: int = SIDE) -> tuple[Tensor, float]:
    step = (high - low) / side
    middles = low + (torch.arange(side, dtype=torch.float64) + 0.5) * step
    return torch.cartesian_prod(middles, middles), step**2


def derived(model: LinearGaussian, x: Tensor, low: float = -6, high: float = 6) -> Derivation:
    z, area = cells(low, high)
    q = model.encode(x)
    return derivation(model.decode(z).log_prob(x), z, area, q.mean[0], q.stddev[0])


@pytest.mark.parametrize(("shift", "widen"), [(0.0, 1.0), (1.3, 1.0), (-0.7, 1.6), (0.4, 0.6)])
def test_lines_are_what_they_say(shift, widen):
    model = LinearGaussian(shift, widen)
    x = model.pictures(1)
    found = derived(model, x)
    evidence, elbo = float(model.log_marginal(x)), float(model.elbo(x))
    q = model.encode(x)
    kl = float(kl_divergence(q, model.prior))
    assert found.log_evidence == pytest.approx(evidence, abs=1e-7)
    assert found.elbo == pytest.approx(elbo, abs=1e-7)
    assert found.kl_posterior == pytest.approx(evidence - elbo, abs=1e-7)
    assert found.kl_prior == pytest.approx(kl, abs=1e-7) and found.kl_prior_closed == pytest.approx(kl, abs=1e-12)
    assert found.log_likelihood == pytest.approx(elbo + kl, abs=1e-7)
    assert found.mass == pytest.approx(1, abs=1e-9)
    for lines in (found.jensen, found.divergence):
        values = {line.relation: [each.value for each in lines if each.relation == line.relation] for line in lines}
        relations = [line.relation for line in lines]
        bound = relations.index(">=")
        assert relations.count(">=") == 1 and set(values) == {"", "=", ">="}
        for number, line in enumerate(lines):
            assert line.value == pytest.approx(evidence if number < bound else elbo, abs=1e-7)


def test_every_equality_holds_and_every_bound_is_one_however_coarse_the_cells():
    """Also where the cells miss most of q: then `mass` says so."""
    model = LinearGaussian(0.5, 1.4)
    x = model.pictures(1)
    z, area = cells(-2, 1, 7)
    found = derivation(model.decode(z).log_prob(x), z, area, torch.tensor([1.5, 0.5]), torch.tensor([0.9, 0.3]))
    assert found.mass < 0.5
    for way, lines in (("jensen", found.jensen), ("divergence", found.divergence)):
        for line, gap in zip(lines, found.gaps[way], strict=True):
            expected = found.kl_posterior if line.relation == ">=" else 0
            assert gap == pytest.approx(expected, abs=1e-9)
    assert found.kl_posterior > 0.1


def test_a_far_picture_keeps_its_digits():
    """log p(x) of -10^5 nats: no exponential underflows."""
    model = LinearGaussian()
    x = model.pictures(1) + 60
    z, area = cells(-80, 80, 800)
    q = model.encode(x)
    found = derivation(model.decode(z).log_prob(x), z, area, q.mean[0], q.stddev[0])
    assert found.log_evidence == pytest.approx(float(model.log_marginal(x)), rel=1e-9)
    assert max(abs(gap) for way in found.gaps.values() for gap in way) < 1e-6


@pytest.mark.parametrize(
    "changed", [{"area": 0.0}, {"stddev": torch.tensor([1.0, 0.0])}, {"mean": torch.zeros(3)}, {"z": torch.zeros(3, 2)}]
)
def test_what_cannot_be_is_refused(changed):
    given = {
        "log_likelihoods": torch.zeros(4),
        "z": torch.zeros(4, 2),
        "area": 0.1,
        "mean": torch.zeros(2),
        "stddev": torch.ones(2),
    }
    with pytest.raises(ValueError, match="must be"):
        derivation(**(given | changed))


def test_the_chord_of_the_logarithm_lies_below_it():
    found = chord(1.0, math.e**2, 0.25)
    assert found.chord == pytest.approx(1.5) and found.curve == pytest.approx(math.log(0.25 + 0.75 * math.e**2))
    for weight in (0.0, 0.3, 1.0):
        assert chord(2.0, 5.0, weight).gap >= 0
    assert chord(2.0, 5.0, 0.0).gap == chord(2.0, 5.0, 1.0).gap == 0 and chord(3.0, 3.0, 0.4).gap == pytest.approx(0)
    for bad in ((0.0, 1.0, 0.5), (1.0, -1.0, 0.5), (1.0, 1.0, 1.5)):
        with pytest.raises(ValueError, match="above 0"):
            chord(*bad)


def test_lines_of_a_trained_model_are_what_sampling_finds(toy, digits):
    """A two-dimensional VAE of the digits: quadrature against importance sampling and the ELBO of `elbo_terms`."""
    x = (digits.test.images[:3] > 127).float()
    z, area = cells(-6, 6, 240)
    terms, sampled = elbo_terms(toy, x, 4000), marginal_estimate(toy, x, 4000)
    with torch.no_grad():
        q, decoded = toy.encode(x), toy.decode(z.float())
        for i in range(len(x)):
            found = derivation(decoded.log_prob(x[i]), z, area, q.mean[i], q.stddev[i])
            assert found.mass == pytest.approx(1, abs=1e-6)
            assert found.kl_prior == pytest.approx(found.kl_prior_closed, abs=1e-4)
            error = 4 * float(terms.standard_error[i]) + 1e-3
            assert found.elbo == pytest.approx(float(terms.elbo[i]), abs=error)
            error = 4 * float(sampled.standard_error[i]) + 1e-3
            assert found.log_evidence == pytest.approx(float(sampled.log_marginal[i]), abs=error)
