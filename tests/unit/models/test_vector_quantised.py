"""Discrete latents against brute force, the paper's formulas by hand, and sums over every code that there is."""

import math
from dataclasses import replace
from itertools import product

import pytest
import torch

from vae_core.analysis.evaluation import evaluate
from vae_core.analysis.likelihood import only_bounded
from vae_core.learning.objectives import ELBO, Batch, from_json, to_json
from vae_core.learning.quantisation import VectorQuantisation
from vae_core.learning.training import TrainingConfig, fit
from vae_core.models.code_prior import CausalTransformer
from vae_core.models.distributions import kl_terms, sample
from vae_core.models.networks import parameter_count
from vae_core.models.vae import VAE, VAEConfig
from vae_core.models.vector_quantised import (
    DEAD,
    DECAY,
    Codebook,
    QuantisedConfig,
    QuantisedVAE,
    cells_of,
    quantised,
)

TWO_CELLS = QuantisedConfig((1, 8, 16), codes=3, code_dim=2, channels=4, halvings=3, prior_width=8, prior_layers=1)
TWO_GRIDS = QuantisedConfig((3, 16, 8), codes=5, code_dim=3, channels=4, halvings=2, levels=2, prior_width=8)
EVERY = torch.tensor(list(product(range(3), repeat=2)))  # (9, 2)


def made(config, seed=0):
    """A model whose codebooks and prior are as if trained: far from even."""
    torch.manual_seed(seed)
    model = QuantisedVAE(config)
    for parameter in model.parameters():
        parameter.data += 0.3 * torch.randn_like(parameter)
    return model


def some_bits(config, count, seed=1):
    return (torch.rand(count, *config.picture_shape, generator=torch.Generator().manual_seed(seed)) < 0.5).float()


@pytest.mark.parametrize("config", [TWO_CELLS, TWO_GRIDS, replace(TWO_GRIDS, likelihood="gaussian", levels=1)])
def test_its_size_is_known_before_it_is_built(config):
    assert config.parameters == parameter_count(QuantisedVAE(config))
    assert QuantisedConfig.from_json(config.to_json()) == config


def test_the_nearest_code_is_that_of_brute_force():
    torch.manual_seed(0)
    codebook, vectors = Codebook(7, 3), torch.randn(4, 3, 5, 2)
    found = codebook.nearest(vectors)
    for b, i, j in product(range(4), range(5), range(2)):
        distances = [math.dist(vectors[b, :, i, j].tolist(), code.tolist()) for code in codebook.vectors]
        assert found[b, i, j] == distances.index(min(distances))
    assert torch.equal(codebook(found)[1, :, 2, 0], codebook.vectors[found[1, 2, 0]])


def test_the_nearest_code_is_looked_for_in_float32_whatever_training_runs_in():
    """Two codes that bfloat16 cannot tell apart, far from the origin."""
    codebook = Codebook(2, 1)
    codebook.vectors.data = torch.tensor([[1000.0], [1001.0]])
    vectors = torch.tensor([999.9, 1000.4, 1000.6, 1001.2]).reshape(4, 1, 1, 1)
    with torch.autocast("cpu", torch.bfloat16):
        assert codebook.nearest(vectors).flatten().tolist() == [0, 0, 1, 1]


def test_gradients_go_straight_through():
    torch.manual_seed(0)
    codebook, vectors = Codebook(4, 2), torch.randn(3, 2, 2, 2, requires_grad=True)
    grid, upstream = quantised(vectors, codebook), torch.randn(3, 2, 2, 2)
    assert torch.allclose(grid.straight_through, codebook(grid.codes))
    (grid.straight_through * upstream).sum().backward()
    assert torch.allclose(vectors.grad, upstream)
    assert codebook.vectors.grad is None


def test_codes_are_moving_averages_as_in_the_papers_appendix():
    """Equations 6 to 8 with counts N and sums m kept apart, over two steps."""
    torch.manual_seed(0)
    codebook = Codebook(3, 2)
    codebook.usage.copy_(torch.tensor([0.5, 0.3, 0.2]))
    counts, cells = 12 * codebook.usage.clone(), 12
    sums = counts[:, None] * codebook.vectors.data
    for _ in range(2):
        vectors, codes = torch.randn(3, 2, 2, 2), torch.randint(3, (3, 2, 2))
        each, chosen = vectors.permute(0, 2, 3, 1).reshape(-1, 2), codes.reshape(-1)
        for code in range(3):
            mine = each[chosen == code]
            counts[code] = DECAY * counts[code] + (1 - DECAY) * len(mine)
            sums[code] = DECAY * sums[code] + (1 - DECAY) * mine.sum(0)
        codebook.follow(vectors, codes, torch.full((3, 2), math.nan))
        assert torch.allclose(codebook.vectors, sums / counts[:, None], atol=1e-6)
        assert torch.allclose(codebook.usage, counts / cells, atol=1e-6)


def test_a_dead_code_begins_anew_and_one_that_is_hardly_alive_does_not():
    codebook = Codebook(4, 2)
    share = DEAD / 4
    codebook.usage.copy_(torch.tensor([1 - 2 * share, 0.0, 0.99 * share / DECAY, 1.01 * share / DECAY]))
    vectors, before = torch.ones(1, 2, 2, 2), codebook.vectors.data.clone()
    codebook.follow(vectors, torch.zeros(1, 2, 2, dtype=torch.int64), torch.full((4, 2), 7.0))
    assert torch.equal(codebook.vectors[1:3], torch.full((2, 2), 7.0)) and codebook.usage[1:3].tolist() == [1 / 4] * 2
    assert torch.allclose(codebook.vectors[3], before[3], atol=1e-6) and codebook.usage[3] < 1 / 4


def test_perplexity_counts_codes_that_are_used_evenly():
    codebook = Codebook(8, 2)
    codebook.usage.copy_(torch.tensor([0.2] * 4 + [0.0] * 4))
    assert codebook.perplexity == pytest.approx(4)


@torch.no_grad()
def test_the_prior_sums_to_one_over_all_grids():
    prior = made(TWO_CELLS).prior
    log_each = prior.each_log_prob(EVERY)  # (9, 2)
    assert log_each.sum(1).logsumexp(0).item() == pytest.approx(0, abs=1e-6)
    assert log_each[::3, 0].logsumexp(0).item() == pytest.approx(0, abs=1e-6)
    assert prior.log_prob(EVERY).std() > 0.1
    assert torch.allclose(prior.log_prob(EVERY.reshape(3, 3, 2)).flatten(), prior.log_prob(EVERY), atol=1e-6)


@torch.no_grad()
def test_draws_of_the_prior_are_as_frequent_as_it_says():
    prior, count = made(TWO_CELLS).prior, 20_000
    drawn = sample(prior, torch.Generator().manual_seed(0), (4, count // 4))
    assert drawn.shape == (4, count // 4, 2) and drawn.dtype == torch.int64
    found = torch.bincount((drawn.reshape(-1, 2) * torch.tensor([3, 1])).sum(1), minlength=9) / count
    expected = prior.log_prob(EVERY).exp()
    assert ((found - expected).abs() < 5 * (expected * (1 - expected) / count).sqrt()).all()


@torch.no_grad()
def test_a_cells_conditional_does_not_see_itself_or_later_cells():
    network = CausalTransformer((4, 6), codes=5, width=8, layers=2)
    for parameter in network.parameters():
        parameter += 0.5 * torch.randn_like(parameter)
    codes = torch.randint(5, (1, 10))
    before = network(codes)
    for cell in range(10):
        other = codes.clone()
        other[0, cell] = (other[0, cell] + 1) % 5
        changed = (network(other) - before).abs().amax(-1)[0] > 1e-6
        assert changed.tolist() == [number > cell for number in range(10)]
        assert torch.allclose(network(codes[:, : cell + 1]), before[:, : cell + 1], atol=1e-5)


@torch.no_grad()
def test_a_grids_codes_are_its_own():
    """The same number in the coarse and in the fine grid stands for different codes."""
    network = CausalTransformer((1, 2), codes=2, width=8, layers=1)
    network.codes.weight[0], network.codes.weight[2] = 1.0, -1.0
    network.positions.zero_()
    first = network(torch.tensor([[0, 0, 0]]))
    assert not torch.allclose(first[0, 1], first[0, 2], atol=1e-3)


@torch.no_grad()
def test_the_bound_is_below_log_p_by_enumeration_and_the_kl_is_the_cost_of_the_codes():
    model, x = made(TWO_CELLS), some_bits(TWO_CELLS, 6)
    joint = model.decode(EVERY[:, None]).log_prob(x) + model.prior.log_prob(EVERY)[:, None]  # (9, 6)
    log_marginal = joint.logsumexp(0)
    posterior = model.encode(x)
    kl = kl_terms(posterior, model.prior, posterior.mean)
    bound = model.decode(posterior.mean).log_prob(x) - kl.sum(-1)
    assert kl.shape == (6, 2) and (bound < log_marginal).all()
    chosen = joint[(posterior.mean * torch.tensor([3, 1])).sum(1), torch.arange(6)]
    assert torch.allclose(bound, chosen, atol=1e-5)
    assert (joint.max(0).values < log_marginal).all()
    assert posterior.log_prob(posterior.mean).tolist() == [0.0] * 6
    assert posterior.log_prob((posterior.mean + 1) % 3).tolist() == [-math.inf] * 6


@pytest.mark.parametrize("config", [TWO_CELLS, TWO_GRIDS], ids=["one grid", "two grids"])
def test_the_objective_is_the_bound_less_the_commitment(config):
    model, x = made(config), some_bits(config, 6)
    terms = VectorQuantisation(0.5)(model, Batch(x))
    grids, z = model.quantise(x), model.encode(x).mean
    away = sum(((grid.vectors - grid.chosen) ** 2).flatten(1).sum(1) for grid in grids)
    log_likelihood, log_prior = model.decode(z).log_prob(x), model.prior.log_prob(z)
    assert torch.equal(cells_of(grids), z) and [grid.codes.shape[1:] for grid in grids] == list(config.grids)
    assert torch.allclose(terms.log_likelihood, log_likelihood, rtol=1e-5)
    assert torch.allclose(terms.kl.sum(1), -log_prior, rtol=1e-5)
    assert torch.allclose(terms.bound, log_likelihood + log_prior - 0.5 * away, rtol=1e-5)


def gradients(model, value):
    model.zero_grad()
    value.backward()
    return {name.split(".")[0] for name, p in model.named_parameters() if p.grad is not None and p.grad.abs().max() > 0}


def test_each_term_reaches_what_it_trains():
    model, x = made(replace(TWO_GRIDS, likelihood="gaussian")), some_bits(TWO_GRIDS, 6)
    terms = VectorQuantisation(0.0)(model, Batch(x))
    assert gradients(model, terms.log_likelihood.sum()) == {"encoder", "decoder", "log_noise"}
    terms = VectorQuantisation(0.0)(model, Batch(x))
    assert gradients(model, terms.kl.sum()) == {"code_prior"}
    terms = VectorQuantisation(1.0)(model, Batch(x))
    assert gradients(model, (terms.bound - terms.log_likelihood + terms.kl.sum(1)).sum()) == {"encoder"}
    gradients(model, VectorQuantisation()(model, Batch(x)).bound.mean())
    learned = {name: p for name, p in model.named_parameters() if p.requires_grad}
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in learned.values())
    assert {n for n, p in model.named_parameters() if not p.requires_grad} == {
        "decoder.codebooks.0.vectors",
        "decoder.codebooks.1.vectors",
    }


def test_the_codebook_changes_with_the_step_and_not_before():
    model, x = made(TWO_CELLS), some_bits(TWO_CELLS, 6)
    before = model.codebooks[0].vectors.clone(), model.codebooks[0].usage.clone()
    terms = VectorQuantisation()(model, Batch(x))
    assert torch.equal(model.codebooks[0].vectors, before[0]) and torch.equal(model.codebooks[0].usage, before[1])
    terms.update()
    assert not torch.equal(model.codebooks[0].vectors, before[0])


DIGITS = QuantisedConfig((1, 8, 8), codes=8, code_dim=4, channels=8, halvings=1, prior_width=16, prior_layers=1)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_an_interrupted_training_goes_on_to_the_same_numbers(digits, tmp_path, precision):
    config = TrainingConfig(epochs=2, batch_size=256, precision=precision)

    def trained(state, stop=None):
        torch.manual_seed(0)
        model = QuantisedVAE(DIGITS)
        for _ in range(1 if stop is None else 2):
            for progress in fit(model, digits.train, config, VectorQuantisation(), state):
                if progress.step == stop:
                    torch.manual_seed(0)
                    model = QuantisedVAE(DIGITS)
                    break
        return model.state_dict()

    whole, resumed = trained(None), trained(tmp_path / "state", stop=4)
    assert whole.keys() == resumed.keys() and "decoder.codebooks.0.usage" in whole
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    assert all(tensor.isfinite().all() for tensor in whole.values())


@torch.no_grad()
def test_what_is_measured_is_a_bound_and_says_so(digits):
    model = made(DIGITS)
    found = evaluate(model, digits, importance_samples=50, limit=30, likelihood_limit=20)
    metrics = found.to_json()
    assert only_bounded(metrics) and metrics["importance_samples"] == 1 and "simulated_bias" not in metrics
    assert found.elbo == pytest.approx(found.reconstruction - found.kl, rel=1e-6)
    assert len(found.log_marginal) == 20 and len(found.kl_per_dimension) == 16
    assert sum(found.kl_per_dimension) == pytest.approx(found.kl, rel=1e-5)
    assert 0 < found.active_units <= 16 and found.neighbour_accuracy is None
    whole = evaluate(model, digits, limit=30)
    assert -whole.nll == pytest.approx(whole.elbo, rel=1e-6)


def test_objectives_of_other_latents_are_refused_and_this_one_of_others():
    x = some_bits(TWO_CELLS, 2)
    with pytest.raises(ValueError, match="a model with discrete latents is trained with the objective vq"):
        ELBO()(QuantisedVAE(TWO_CELLS), Batch(x))
    with pytest.raises(ValueError, match="vq trains a model with discrete latents, this one is vae"):
        VectorQuantisation()(VAE(VAEConfig((1, 8, 16), 2, hidden=(4,))), Batch(x))
    with pytest.raises(ValueError, match="commitment must be a number from 0 up, got -1"):
        from_json({"name": "vq", "commitment": -1})
    assert from_json(to_json(VectorQuantisation(0.5))) == VectorQuantisation(0.5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"codes": 1}, "codes of a codebook must be between 2 and 4096, got 1"),
        ({"codes": 2.5}, "codes of a codebook must be between 2 and 4096, got 2.5"),
        ({"levels": 3}, "levels must be 1 or 2, got 3"),
        ({"levels": True}, "levels must be 1 or 2, got True"),
        ({"halvings": 4}, "halved 4 times need sides that are multiples of 16 pixels, got 8x16"),
        ({"levels": 2}, "halved 3 times and once more for the second grid .* multiples of 16 pixels, got 8x16"),
        ({"halvings": 0}, "halvings must be between 1 and 8, got 0"),
        ({"prior_width": 6}, "prior_width must be a multiple of 4, got 6"),
        ({"picture_shape": (1, 64, 64), "halvings": 1}, "at most 512 cells are possible, got 1024"),
        ({"picture_shape": (2, 8, 8)}, "1 channel"),
        ({"likelihood": "poisson"}, "likelihood must be bernoulli or gaussian"),
        ({"family": "vae"}, "family must be vector-quantised, got 'vae'"),
    ],
)
def test_bad_configurations_say_what_would_be_right(change, message):
    with pytest.raises(ValueError, match=message):
        replace(TWO_CELLS, **change)


@pytest.mark.parametrize(
    ("z", "message"),
    [
        (torch.zeros(2, 3, dtype=torch.int64), r"codes must be \(..., 2\), one for each cell of this model, got"),
        (torch.zeros(2, 2), "codes must be whole numbers .int64., got float32"),
        (torch.tensor([[0, 3]]), "codes must be from 0 to 2, got values from 0 to 3"),
        (torch.tensor([[-1, 0]]), "codes must be from 0 to 2, got values from -1 to 0"),
    ],
)
def test_bad_codes_say_what_would_be_right(z, message):
    with pytest.raises(ValueError, match=message):
        QuantisedVAE(TWO_CELLS).decode(z)
