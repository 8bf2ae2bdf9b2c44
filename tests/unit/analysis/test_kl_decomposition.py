"""The three parts of the KL: their sum in closed form, a slow loop, and mixtures whose parts are known."""

import json
import math

import numpy as np
import pytest
import torch
from scipy.stats import norm

from vae_core.analysis.kl_decomposition import (
    TOLERANCE,
    decompose_kl,
    information_and_correlation,
    normal_log_density,
    table_columns,
    what_holds,
)
from vae_core.models.codes import Codes


def codes_of(mean, stddev):
    mean, stddev = torch.as_tensor(mean).float(), torch.as_tensor(stddev).float()
    return Codes(mean, stddev.expand_as(mean).clone(), torch.arange(len(mean)), torch.zeros(len(mean)))


@pytest.fixture(scope="module")
def some():
    generator = torch.Generator().manual_seed(0)
    mean = torch.randn(60, 3, generator=generator)
    mean[:, 2] = 0.7 * mean[:, 0]
    return codes_of(mean, 0.2 + 0.5 * torch.rand(60, 3, generator=generator))


def test_the_parts_add_up_to_the_mean_kl_of_the_closed_form(some):
    parts = decompose_kl(some, draws=20_000)
    assert parts.kl == parts.index_code_information + parts.total_correlation + parts.dimension_wise_kl
    assert abs(parts.kl - some.kl.sum(1).mean().item()) < 5 * parts.standard_error
    assert 0 < parts.standard_error < 0.05 and parts.pictures == 60


def test_against_a_slow_loop_of_its_own(some):
    mean, stddev = some.mean.double().numpy(), some.stddev.double().numpy()
    generator = np.random.default_rng(5)
    draws = []
    for _ in range(3_000):
        own = generator.integers(len(mean))
        z = generator.normal(mean[own], stddev[own])
        log_own = norm.logpdf(z, mean[own], stddev[own]).sum()
        log_joint = math.log(np.mean(np.prod(norm.pdf(z, mean, stddev), axis=1)))
        log_product = sum(math.log(np.mean(norm.pdf(z[d], mean[:, d], stddev[:, d]))) for d in range(3))
        draws.append((log_own - log_joint, log_joint - log_product, log_product - norm.logpdf(z).sum()))
    draws = np.array(draws)
    error = draws.std(0) / math.sqrt(len(draws))
    parts = decompose_kl(some, draws=20_000)
    measured = parts.index_code_information, parts.total_correlation, parts.dimension_wise_kl
    assert (np.abs(draws.mean(0) - measured) < 4 * (error + parts.standard_error)).all()
    assert parts.standard_error == pytest.approx(draws.std(0).max() / math.sqrt(20_000), rel=0.1)


def test_posteriors_that_are_all_alike_say_nothing_of_the_picture():
    parts = decompose_kl(codes_of(torch.full((40, 2), 0.5), 0.8))
    assert parts.index_code_information == pytest.approx(0, abs=1e-9)
    assert parts.total_correlation == pytest.approx(0, abs=1e-9)
    closed = 2 * (0.5 * (0.8**2 + 0.5**2 - 1) - math.log(0.8))
    assert parts.dimension_wise_kl == pytest.approx(closed, abs=4 * parts.standard_error)


def test_a_posterior_equal_to_the_prior_costs_nothing():
    parts = decompose_kl(codes_of(torch.zeros(40, 3), 1.0))
    assert (parts.kl, parts.standard_error) == pytest.approx((0, 0), abs=1e-9)


def test_posteriors_far_apart_tell_which_picture_it_was():
    parts = decompose_kl(codes_of(torch.arange(50)[:, None] * 10.0, 0.1))
    assert parts.index_code_information == pytest.approx(math.log(50), abs=1e-9)
    assert parts.total_correlation == pytest.approx(0, abs=1e-9)  # one dimension alone


def test_information_is_at_most_the_logarithm_of_the_number_of_pictures(some):
    assert 0 < decompose_kl(some).index_code_information < math.log(60)


@pytest.mark.parametrize("rho", [0.0, 0.6, 0.9])
def test_a_correlated_normal_has_its_total_correlation(rho):
    """Means drawn from a normal distribution with correlation, posteriors narrow against it: q(z) is nearly that
    distribution, with unit marginals and correlation (1 - s^2) rho."""
    generator = np.random.default_rng(0)
    narrow = 0.3
    covariance = (1 - narrow**2) * np.array([[1, rho], [rho, 1]])
    mean = generator.multivariate_normal([0, 0], covariance, size=4_000)
    sample = np.corrcoef(mean.T)[0, 1] * (1 - narrow**2)  # of the means that were drawn
    parts = decompose_kl(codes_of(mean, narrow))
    assert parts.total_correlation == pytest.approx(-0.5 * math.log(1 - sample**2), abs=0.02 + 4 * parts.standard_error)
    assert parts.total_correlation > (-0.02 if rho == 0 else 0.1)
    assert parts.dimension_wise_kl == pytest.approx(0, abs=0.02 + 4 * parts.standard_error)


def test_a_dimension_and_its_double_depend_on_each_other_in_full():
    """Two equal dimensions with 20 values far apart: KL(q(z) || q(z_1) q(z_2)) = log 20."""
    mean = torch.arange(20)[:, None].expand(20, 2) * 10.0
    parts = decompose_kl(codes_of(mean, 0.1))
    assert parts.total_correlation == pytest.approx(math.log(20), abs=1e-9)
    assert parts.index_code_information == pytest.approx(math.log(20), abs=1e-9)


def linear_gaussian(count, dimensions, rho, stddev):
    """Codes of a linear-Gaussian model, q(z) = N(0, C) with unit marginals and all correlations rho, and its
    information and total correlation in closed form. The means have their covariance exactly."""
    covariance = np.full((dimensions, dimensions), rho) + (1 - rho) * np.eye(dimensions)
    drawn = np.random.default_rng(count).normal(size=(count, dimensions))
    drawn -= drawn.mean(0)
    drawn = np.linalg.solve(np.linalg.cholesky(np.cov(drawn.T, bias=True)), drawn.T).T
    mean = drawn @ np.linalg.cholesky(covariance - stddev**2 * np.eye(dimensions)).T
    entropy = 0.5 * np.linalg.slogdet(covariance)[1]
    return codes_of(mean, stddev), entropy - dimensions * math.log(stddev), -entropy


def test_where_information_exceeds_log_n_the_sum_is_right_and_the_parts_are_not():
    codes, information, correlation = linear_gaussian(2_000, 10, 0.6, 0.3)
    found = decompose_kl(codes, draws=8_000)
    parts = found.to_json()
    assert information > 8.5 > math.log(2_000) + 0.5
    assert found.index_code_information < information - 1 and found.total_correlation > correlation + 1
    error = 4 * found.sum_standard_error + 0.03
    assert error < 0.3
    assert information_and_correlation(parts) == pytest.approx(information + correlation, abs=error)
    assert what_holds(parts) == "sum" and parts["quarter_pictures"] == 500
    table = table_columns(parts)
    assert table["index_code_information"] is table["total_correlation"] is None
    assert table["information_and_correlation"] == information_and_correlation(parts)
    assert table["kl_pictures"] == 2_000


def test_where_pictures_are_many_for_what_z_says_the_parts_are_right():
    codes, information, correlation = linear_gaussian(4_000, 2, 0.5, 0.5)
    found = decompose_kl(codes)
    assert found.index_code_information == pytest.approx(information, abs=4 * found.standard_error + 0.01)
    assert found.total_correlation == pytest.approx(correlation, abs=4 * found.standard_error + 0.01)
    assert what_holds(found.to_json()) == "parts"
    assert table_columns(found.to_json())["total_correlation"] == found.total_correlation


def test_where_every_dimension_names_its_picture_not_even_the_sum_holds():
    """Posteriors so narrow that they hardly meet in one dimension: I = log N, and the sum is D log N."""
    generator = torch.Generator().manual_seed(0)
    parts = decompose_kl(codes_of(torch.randn(400, 3, generator=generator), 1e-6)).to_json()
    assert information_and_correlation(parts) == pytest.approx(3 * math.log(400), abs=0.1)
    assert parts["sum_change"] == pytest.approx(3 * math.log(4), abs=0.1)
    assert parts["total_correlation_change"] == pytest.approx(2 * math.log(4), abs=0.1)
    assert what_holds(parts) == "kl"


def test_what_holds_asks_for_two_errors_of_room_and_knows_nothing_of_old_files():
    within = {"sum_change": 0.0, "sum_change_error": 0.0, "total_correlation_change": -TOLERANCE + 0.02}
    assert what_holds(within | {"total_correlation_change_error": 0.0099}) == "parts"
    assert what_holds(within | {"total_correlation_change_error": 0.0101}) == "sum"
    assert what_holds(within | {"total_correlation_change_error": 0.0, "sum_change": 0.14}) == "kl"
    old = {"index_code_information": 3.0, "total_correlation": 1.0, "dimension_wise_kl": 0.5, "pictures": 60}
    assert what_holds(old) == "kl" and table_columns(old)["information_and_correlation"] == 4.0
    assert set(table_columns({}).values()) == {None}


def test_the_seed_fixes_the_parts_and_no_other_draw(some):
    before = torch.get_rng_state()
    first = decompose_kl(some, draws=300)
    assert torch.equal(torch.get_rng_state(), before)
    assert decompose_kl(some, draws=300) == first
    assert decompose_kl(some, draws=300, seed=1) != first
    assert json.loads(json.dumps(first.to_json())).keys() == {
        "index_code_information", "total_correlation", "dimension_wise_kl", "standard_error", "pictures",
        "sum_standard_error", "quarter_pictures", "total_correlation_change", "total_correlation_change_error",
        "sum_change", "sum_change_error",
    }  # fmt: skip


def test_the_density_is_that_of_a_normal_distribution():
    value, mean, stddev = torch.randn(3, 100, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    stddev = stddev.exp()
    expected = norm.logpdf(value.numpy(), mean.numpy(), stddev.numpy())
    assert np.allclose(normal_log_density(value, mean, stddev).numpy(), expected)
