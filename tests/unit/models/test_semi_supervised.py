"""M2: its bound by enumeration over labels and by quadrature over z, where its gradients come from, and q(y|x)."""

import math
from dataclasses import replace

import pytest
import torch
from torch.distributions import Categorical

from vae_core.analysis.evaluation import classification_error
from vae_core.analysis.likelihood import importance_estimate
from vae_core.learning.objectives import ELBO, Batch
from vae_core.learning.semi_supervised import M2, with_each_label, with_label
from vae_core.models.conditional import ConditionalConfig
from vae_core.models.networks import parameter_count
from vae_core.models.semi_supervised import SemiSupervised, SemiSupervisedConfig
from vae_core.models.vae import VAE, VAEConfig

CONFIG = SemiSupervisedConfig(ConditionalConfig(VAEConfig((1, 8, 8), 2, hidden=(12,)), classes=3), (9,), dropout=0.0)
UNKNOWN = torch.tensor([-1, -1, -1, -1, -1, -1])
Y = torch.tensor([0, 1, 2, 2, 0, 1])


def made(config=CONFIG):
    """A model in which labels matter."""
    torch.manual_seed(0)
    model = SemiSupervised(config)
    with torch.no_grad():
        model.conditional.label_in_decoder.weight.mul_(8)
        model.conditional.vae.decoder[0].weight.mul_(3)
        model.classifier.layers[-1].weight.mul_(10)
    return model


@pytest.fixture
def model():
    return made()


@pytest.fixture
def x():
    return (torch.rand(6, 1, 8, 8, generator=torch.Generator().manual_seed(1)) < 0.4).float()


def averaged(objective, model, x, y, draws=3_000):
    """The bound of each picture over many draws, and its standard error, (B,)."""
    batch = Batch(x.repeat(draws, 1, 1, 1), y.repeat(draws), generator=torch.Generator().manual_seed(3))
    bound = objective(model, batch).bound.reshape(draws, len(x))
    return bound.mean(0), bound.std(0) / math.sqrt(draws)


def log_evidence(model, x):
    """log p(x|y) of each picture and label by quadrature over z, (B, classes)."""
    side = torch.linspace(-7, 7, 281)
    grid = torch.cartesian_prod(side, side)
    log_prior = model.prior.log_prob(grid) + 2 * math.log(14 / 280)
    found = []
    for label in range(3):
        pixels = model.decode(grid, torch.full((len(grid),), label))
        found.append(torch.stack([(pixels.log_prob(one) + log_prior).logsumexp(0) for one in x]))
    return torch.stack(found, 1)


@torch.no_grad()
def test_the_bound_of_an_unlabelled_picture_is_the_sum_over_labels_by_hand(model, x):
    terms = M2()(model, Batch(x, UNKNOWN, generator=torch.Generator().manual_seed(2)))
    noise = torch.empty(6, 2).normal_(generator=torch.Generator().manual_seed(2))
    for row in range(6):
        q, total = model.classify(x[row : row + 1]).probs[0], 0.0
        for label in range(3):
            posterior = model.encode(x[row : row + 1], torch.tensor([label]))
            z = posterior.mean + posterior.stddev * noise[row]
            log_likelihood = model.decode(z, torch.tensor([label])).log_prob(x[row : row + 1])
            mean, stddev = posterior.mean, posterior.stddev
            kl = 0.5 * (mean**2 + stddev**2 - 1 - 2 * stddev.log()).sum()
            total += q[label] * (log_likelihood.item() - kl + math.log(1 / 3))
        total -= (q * q.log()).sum()
        assert terms.bound[row].item() == pytest.approx(total.item(), abs=1e-3)


@torch.no_grad()
def test_a_labelled_bound_is_below_log_p_of_x_and_y_by_what_q_misses(model, x):
    """L(x, y) = log p(x, y) - KL(q(z|x, y) || p(z|x, y)), the divergence by quadrature."""
    bound, error = averaged(M2(weight=0.0), model, x, Y)
    truth = log_evidence(model, x).gather(1, Y[:, None])[:, 0]
    side = torch.linspace(-7, 7, 281)
    grid = torch.cartesian_prod(side, side)
    for row in range(6):
        label = Y[row : row + 1]
        log_q = model.encode(x[row : row + 1], label).log_prob(grid)
        joint = model.decode(grid, label.expand(len(grid))).log_prob(x[row]) + model.prior.log_prob(grid)
        divergence = (log_q.exp() * (log_q - (joint - truth[row]))).sum() * (14 / 280) ** 2
        expected = truth[row] - math.log(3) - divergence
        assert abs(bound[row] - expected) < 5 * error[row] + 1e-3


@torch.no_grad()
def test_an_unlabelled_bound_is_below_log_p_of_x(model, x):
    bound, error = averaged(M2(), model, x, UNKNOWN)
    evidence = log_evidence(model, x)  # (B, classes)
    truth = evidence.logsumexp(1) - math.log(3)
    assert (bound - 4 * error < truth).all()
    # with the true q(y|x) and one style for all it would come nearer: it is the sum over labels that is bounded
    labels = torch.arange(3)[:, None].expand(3, 6)
    each = torch.stack([averaged(M2(weight=0.0), model, x, label)[0] for label in labels], 1)  # (B, classes)
    q = model.classify(x).probs
    assert torch.allclose(bound, (q * (each - q.log())).sum(1), atol=0.05)
    assert (each.logsumexp(1) <= truth + 0.05).all() and (bound <= each.logsumexp(1) + 0.05).all()


@torch.no_grad()
def test_without_labels_it_is_a_model_of_pictures(model, x):
    truth = log_evidence(model, x).logsumexp(1) - math.log(3)
    estimate = importance_estimate(model, x, 20_000)
    assert torch.allclose(estimate.log_marginal, truth, atol=0.1)
    terms = [ELBO()(model, Batch(x, generator=torch.Generator().manual_seed(seed))).bound for seed in range(400)]
    assert (torch.stack(terms).mean(0) < truth).all()


@torch.no_grad()
def test_labels_are_unknown_to_encode_and_decode_as_mixtures(model, x):
    z = torch.randn(4, 6, 2)
    each = torch.stack([model.decode(z, torch.full((4, 6), label)).log_prob(x) for label in range(3)])
    assert torch.allclose(model.decode(z).log_prob(x), each.logsumexp(0) - math.log(3), atol=1e-4)
    weights = model.classify(x).probs
    each = torch.stack([model.encode(x, torch.full((6,), label)).log_prob(z) for label in range(3)], -1)
    assert torch.allclose(model.encode(x).log_prob(z), (each + weights.log()).logsumexp(-1), atol=1e-4)


def gradient(model, objective, x, y, done=1.0):
    """Of the classifier's last bias."""
    model.zero_grad()
    objective(model, Batch(x, y, generator=torch.Generator().manual_seed(4), done=done)).bound.mean().backward()
    return model.classifier.layers[-1].bias.grad.clone()


def test_the_classifier_learns_from_labels_and_from_pictures_without(model, x):
    half = torch.where(torch.arange(6) < 3, Y, -1)
    both = gradient(model, M2(weight=0.7, unlabelled_weight=1.3), x, half)
    of_labels = gradient(model, M2(weight=0.7, unlabelled_weight=0.0), x, half)
    of_pictures = gradient(model, M2(weight=0.0, unlabelled_weight=1.3), x, half)
    assert torch.allclose(both, of_labels + of_pictures, atol=1e-6)
    assert of_labels.abs().max() > 1e-3 and of_pictures.abs().max() > 1e-3
    probabilities = model.classify(x[:3]).probs.detach()
    by_hand = 0.7 * (torch.nn.functional.one_hot(Y[:3], 3) - probabilities).mean(0)  # weight times the labelled's mean
    assert torch.allclose(of_labels, by_hand, atol=1e-5)
    # d/d logit_k of sum_y q L + H is q_k ((L_k - log q_k) - the mean of it under q)
    unlabelled, generator = x[3:], torch.Generator().manual_seed(4)
    with torch.no_grad():
        with_label(model, x[:3], Y[:3], generator)  # draws its noise first
        worth = with_each_label(model, unlabelled, generator).bound.T - model.classify(unlabelled).probs.log()
        q = model.classify(unlabelled).probs
        by_hand = 1.3 * (q * (worth - (q * worth).sum(1, keepdim=True))).sum(0) / 6
    assert torch.allclose(of_pictures, by_hand, atol=1e-3)


def test_the_classifier_may_begin_with_labels_alone(model, x):
    half = torch.where(torch.arange(6) < 3, Y, -1)
    delayed, labels_alone = M2(weight=0.7, delay=0.4), gradient(model, M2(weight=0.7, unlabelled_weight=0.0), x, half)
    assert torch.allclose(gradient(model, delayed, x, half, done=0.39), labels_alone, atol=1e-6)
    of_decoder = [parameter.grad.clone() for parameter in model.conditional.parameters()]
    both = gradient(model, M2(weight=0.7), x, half)
    assert torch.equal(gradient(model, delayed, x, half, done=0.4), both) and not torch.allclose(both, labels_alone)
    gradient(model, M2(weight=0.7), x, half)
    for before, parameter in zip(of_decoder, model.conditional.parameters(), strict=True):
        assert torch.equal(before, parameter.grad)  # the generative part learns from both throughout


def test_every_parameter_learns_from_a_half_labelled_batch(x):
    for encoder_sees_label in (True, False):
        conditional = replace(CONFIG.conditional, encoder_sees_label=encoder_sees_label)
        model = made(replace(CONFIG, conditional=conditional, dropout=0.5))
        (-M2()(model, Batch(x, torch.where(torch.arange(6) < 3, Y, -1))).bound.mean()).backward()
        for name, parameter in model.named_parameters():
            assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


@torch.no_grad()
def test_dropout_is_drawn_from_the_given_generator_and_only_then(x):
    model = made(replace(CONFIG, dropout=0.5))
    drawn = [model.classify(x, torch.Generator().manual_seed(seed)).probs for seed in (0, 0, 1)]
    assert torch.equal(drawn[0], drawn[1]) and not torch.equal(drawn[0], drawn[2])
    assert torch.equal(model.train().classify(x).probs, model.eval().classify(x).probs)
    hidden = (x.flatten(1) @ model.classifier.layers[0].weight.T + model.classifier.layers[0].bias).relu()
    logits = hidden @ model.classifier.layers[1].weight.T + model.classifier.layers[1].bias
    assert torch.allclose(model.classify(x).probs, Categorical(logits=logits).probs, atol=1e-5)


@torch.no_grad()
def test_the_error_of_classification_is_counted_on_grey_pictures(digits):
    torch.manual_seed(0)
    conditional = ConditionalConfig(VAEConfig((1, 8, 8), 2, hidden=(8,)), 10)
    model = SemiSupervised(SemiSupervisedConfig(conditional, (16,)))
    guessed = model.classify(digits.test.images[:300] / 255).logits.argmax(1)
    expected = (guessed != digits.test.labels[:300]).float().mean().item()
    assert classification_error(model, digits.test, 300) == pytest.approx(expected)
    assert classification_error(model.conditional.vae, digits.test, 300) is None


def test_configurations_count_and_go_to_json_and_back():
    assert CONFIG.parameters == parameter_count(made())
    assert SemiSupervisedConfig.from_json(CONFIG.to_json()) == CONFIG


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dropout": 1.0}, "dropout must be at least 0 and below 1, got 1.0"),
        ({"dropout": True}, "dropout must be at least 0 and below 1, got True"),
        ({"classifier_hidden": (0,)}, "classifier_hidden must hold widths between 1 and 8192"),
        ({"conditional": CONFIG.conditional.vae}, "conditional must be a configuration of the family conditional"),
        ({"family": "vae"}, "family must be semi-supervised, got 'vae'"),
    ],
)
def test_bad_configurations_say_what_would_be_right(change, message):
    with pytest.raises(ValueError, match=message):
        replace(CONFIG, **change)


def test_the_objective_says_what_it_needs(model, x):
    with pytest.raises(ValueError, match="m2 trains a model that classifies, this one is vae"):
        M2()(VAE(VAEConfig((1, 8, 8), 2, hidden=(4,))), Batch(x, Y))
    with pytest.raises(ValueError, match="m2 needs labels of some pictures, and these have none"):
        M2()(model, Batch(x))
    with pytest.raises(ValueError, match="weight must be a number from 0 up, got -1"):
        M2(weight=-1.0)
    with pytest.raises(ValueError, match="delay must be a share of the training, 0 to 1, got"):
        M2(delay=1.5)
