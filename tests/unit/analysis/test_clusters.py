"""Clusters of a mixture prior: Bayes' theorem, quadrature, and pictures whose clusters are known."""

from dataclasses import replace

import pytest
import torch
from torch.distributions import Categorical, MultivariateNormal

from vae_core.analysis.clusters import cluster_of, find_clusters, names_of, responsibilities, share_named
from vae_core.data.pictures import InMemoryPictures
from vae_core.models.vae import VAE, VAEConfig

MIXED = VAEConfig((1, 8, 8), 2, hidden=(12,), prior="mixture", prior_components=3)


@pytest.fixture
def model():
    torch.manual_seed(2)
    model = VAE(MIXED)
    with torch.no_grad():
        model.mixture.logits.copy_(torch.tensor([0.0, 1.5, -0.7]))
        model.mixture.raw_scales.add_(torch.randn(3, 2))
    return model


@torch.no_grad()
def test_responsibilities_are_bayes_theorem(model):
    z = torch.randn(7, 5, 2)
    prior = model.prior
    weights = Categorical(logits=model.mixture.logits).probs
    scales = prior.component_distribution.stddev
    joint = torch.stack(
        [
            weights[k] * MultivariateNormal(model.mixture.means[k], torch.diag(scales[k] ** 2)).log_prob(z).exp()
            for k in range(3)
        ],
        -1,
    )
    assert torch.allclose(responsibilities(prior, z), joint / joint.sum(-1, keepdim=True), atol=1e-5)


@torch.no_grad()
def test_shares_are_averaged_over_the_posterior_not_taken_at_its_mean(model):
    x = torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    grid = torch.cartesian_prod(*[torch.linspace(-9, 9, 451)] * 2)
    posterior = model.encode(x)
    weights = posterior.log_prob(grid[:, None]).exp() * (18 / 450) ** 2  # (G, 4)
    truth = torch.einsum("gb,gk->bk", weights, responsibilities(model.prior, grid))
    assert torch.allclose(cluster_of(model, x, 20_000), truth, atol=0.01)
    at_means = responsibilities(model.prior, posterior.mean)
    assert (at_means - truth).abs().max() > 0.03
    assert torch.equal(cluster_of(model, x), cluster_of(model, x))


def test_a_cluster_bears_its_commonest_label():
    clusters, labels = torch.tensor([0, 0, 0, 2, 2, 2, 2]), torch.tensor([5, 5, 1, 3, 3, 4, 4])
    assert names_of(clusters, labels, 4) == [5, None, 3, None]
    assert share_named(torch.tensor([0, 1, 2, 2]), torch.tensor([5, 0, 3, 4]), [5, None, 3, None]) == 0.5


class Told(VAE):
    """Its code is the first two pixels, spread over [-6, 6]."""

    def posterior(self, x):
        found = super().posterior(x)
        found.base_dist.loc = 12 * x.flatten(1)[:, :2] - 6
        return found


@torch.no_grad()
def test_clusters_that_are_known_are_found(digits):
    torch.manual_seed(0)
    model = Told(MIXED)
    model.mixture.means.copy_(torch.tensor([[-6.0, -6.0], [6.0, -6.0], [6.0, 6.0]]))
    corners = torch.tensor([[0, 0], [255, 0], [255, 255]], dtype=torch.uint8)
    labels = torch.arange(60) % 3
    images = torch.zeros(60, 64, dtype=torch.uint8)
    images[:, :2] = corners[labels]
    pictures = InMemoryPictures(images.reshape(60, 1, 8, 8), (labels + 4))
    moved = replace(digits, train=pictures, test=InMemoryPictures(pictures.images[:30], pictures.labels[:30].clone()))
    found = find_clusters(model, moved)
    assert found.accuracy == found.information == found.kmeans_accuracy == 1 and found.names == [4, 5, 6]
    assert (found.clusters, found.used, found.images) == (3, 3, 30)
    moved.test.labels[:15] = (moved.test.labels[:15] - 4 + 1) % 3 + 4  # half of them mislabelled
    assert find_clusters(model, moved).accuracy == 0.5
    assert find_clusters(model, moved, 15).accuracy == 0.0 and find_clusters(model, moved, 15).information == 1.0


def test_what_has_no_clusters_is_told_so(model, digits):
    plain = VAE(replace(MIXED, prior="normal", prior_components=0))
    with pytest.raises(ValueError, match="this prior is Independent: use prior mixture"):
        find_clusters(plain, digits)
    unlabelled = replace(digits, test=InMemoryPictures(digits.test.images))
    with pytest.raises(ValueError, match="digits has none: use another data set"):
        find_clusters(model, unlabelled)


def test_more_components_than_training_pictures_are_no_trouble(digits):
    torch.manual_seed(0)
    model = VAE(VAEConfig((1, 8, 8), 2, hidden=(8,), prior="mixture", prior_components=20)).eval()
    train = InMemoryPictures(digits.train.images[:12], digits.train.labels[:12])
    found = find_clusters(model, replace(digits, train=train), 30)
    assert found.clusters == 20 and 0 <= found.kmeans_accuracy <= 1
