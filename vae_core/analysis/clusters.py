"""Clusters that a mixture prior finds without labels, and how they compare with the labels that nobody showed it."""

from dataclasses import asdict, dataclass

import torch
from sklearn.cluster import KMeans
from sklearn.metrics import normalized_mutual_info_score
from torch import Tensor
from torch.distributions import Distribution, MixtureSameFamily

from vae_core.analysis.evaluation import BATCH, noiseless
from vae_core.data.pictures import Dataset, Pictures
from vae_core.data.seeds import noise_generator
from vae_core.models.distributions import mixes_gaussians, responsibilities, sample
from vae_core.models.model import Model

DRAWS = 32  # of q(z|x) a picture
NAMING = 10_000  # training pictures, at most, by which clusters are named
STARTS = 10  # of k-means, of which the best is kept


@dataclass(frozen=True)
class Clustering:
    """Clusters of test pictures against their labels; each is named by the commonest label of its training pictures."""

    clusters: int  # components of the prior
    used: int  # of these, to which a test picture belongs
    accuracy: float  # share of test pictures whose cluster bears their label
    information: float  # normalised mutual information of clusters and labels, 0 to 1: no names are needed for it
    kmeans_accuracy: float  # of as many clusters found by k-means among the means of q(z|x), named alike
    kmeans_information: float
    names: list[int | None]  # label of each cluster; None where no training picture is in it
    images: int

    def to_json(self) -> dict:
        return asdict(self)


@torch.no_grad()
def cluster_of(model: Model, x: Tensor, draws: int = DRAWS, seed: int = 0) -> Tensor:
    """E_q[p(k|z)] of pictures x (B, C, H, W), over `draws` draws of q(z|x): (B, K), rows that add up to 1.

    The component with the largest share is a picture's cluster, as in Jiang et al. 2017 (VaDE,
    https://arxiv.org/abs/1611.05148), whose mixture has one weight, mean and variance a cluster as ours has. Raises
    ValueError for a model whose prior is no mixture.
    """
    z = sample(model.encode(x), noise_generator(seed, device=x.device), (draws,))  # (draws, B, D)
    return responsibilities(checked_mixture(model.prior), z).mean(0)


@torch.no_grad()
def find_clusters(model: Model, dataset: Dataset, limit: int | None = None) -> Clustering:
    """The clusters of a model with a mixture prior on the first `limit` test pictures (all of them if None), beside
    those that k-means finds in the same codes. Pictures are grey, not binarised; labels are looked at here alone.

    Raises ValueError for a model whose prior is no mixture, and for a data set without labels.
    """
    checked_mixture(model.prior)
    if dataset.train.labels is None or dataset.test.labels is None:
        raise ValueError(f"clusters are compared with labels, and {dataset.info.name} has none: use another data set")
    rows = torch.linspace(0, len(dataset.train) - 1, min(NAMING, len(dataset.train))).long()
    known, truth = dataset.train.labels[rows], dataset.test.labels[:limit]
    train, train_means = assigned(model, dataset.train, rows)
    test, test_means = assigned(model, dataset.test, torch.arange(len(truth)))
    count = int(train.shape[1])
    found = KMeans(min(count, len(rows)), n_init=STARTS, random_state=0).fit(train_means.numpy())
    own_names = names_of(train.argmax(1), known, count)
    others = torch.from_numpy(found.predict(test_means.numpy())).long()
    other_names = names_of(torch.from_numpy(found.labels_).long(), known, count)
    mine = test.argmax(1)
    return Clustering(
        clusters=count,
        used=len(mine.unique()),
        accuracy=share_named(mine, truth, own_names),
        information=float(normalized_mutual_info_score(truth.numpy(), mine.numpy())),
        kmeans_accuracy=share_named(others, truth, other_names),
        kmeans_information=float(normalized_mutual_info_score(truth.numpy(), others.numpy())),
        names=own_names,
        images=len(truth),
    )


def assigned(model: Model, pictures: Pictures, rows: Tensor) -> tuple[Tensor, Tensor]:
    """`cluster_of` (N, K) and the means of q(z|x) (N, D) of the pictures at rows (N,) of a split."""
    shares, means = [], []
    for number, some in enumerate(rows.split(BATCH)):
        x = noiseless(pictures.batch(some), model.config.likelihood)
        shares.append(cluster_of(model, x, seed=number))
        means.append(model.encode(x).mean)
    return torch.cat(shares), torch.cat(means)


def names_of(clusters: Tensor, labels: Tensor, count: int) -> list[int | None]:
    """The commonest label (N,) in each of `count` clusters (N,), the smallest of equally common ones."""
    inside = [labels[clusters == cluster] for cluster in range(count)]
    return [int(some.bincount().argmax()) if len(some) else None for some in inside]


def share_named(clusters: Tensor, labels: Tensor, names: list[int | None]) -> float:
    """Share of pictures in clusters (N,) that bear their label (N,)."""
    named = torch.tensor([-1 if name is None else name for name in names])
    return (named[clusters] == labels).float().mean().item()


def checked_mixture(prior: Distribution) -> MixtureSameFamily:
    """The prior, if it is a mixture of factorised Gaussians. Raises ValueError for another."""
    if not (isinstance(prior, MixtureSameFamily) and mixes_gaussians(prior)):
        raise ValueError(f"clusters are those of a mixture, this prior is {type(prior).__name__}: use prior mixture")
    return prior
