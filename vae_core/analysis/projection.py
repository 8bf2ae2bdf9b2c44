"""Two-dimensional views of a latent space, and the way back from a point of the view to a latent."""

from typing import Literal, NamedTuple, get_args

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from torch import Tensor

Projection = Literal["pca", "umap", "tsne"]
PROJECTIONS: tuple[str, ...] = get_args(Projection)
FEWEST_CODES = 5  # that a projection can be made of
EXACT = "donot_use_mm_for_euclid_dist"  # of torch.cdist: exactly 0 on a place
SMALLEST_DISTANCE = 1e-6  # of a query from a projected code, in the map's units: nearer is the same place


def project(means: Tensor, method: Projection, seed: int = 0) -> dict[str, Tensor]:
    """Project codes' means (N, D) to the plane.

    Returns {method: (N, 2)}; "pca" adds "pca_components" (2, D) and "pca_mean" (D,), which make its inverse exact.
    UMAP (McInnes, Healy & Melville 2018) and t-SNE (van der Maaten & Hinton 2008) are seeded. A two-dimensional
    latent is turned by PCA, not reduced. Raises ValueError for fewer than 5 codes, one dimension or another method.
    """
    if method not in PROJECTIONS:
        raise ValueError(f"method must be one of {', '.join(PROJECTIONS)}, got {method!r}")
    if len(means) < FEWEST_CODES:
        raise ValueError(f"a projection needs at least {FEWEST_CODES} codes, got {len(means)}")
    if means.shape[1] < 2:
        raise ValueError(f"a projection to the plane needs at least 2 latent dimensions, got {means.shape[1]}")
    points = means.numpy()
    if method == "pca":
        pca = PCA(n_components=2, random_state=seed).fit(points)
        return {
            "pca": torch.from_numpy(pca.transform(points).astype(np.float32)),
            "pca_components": torch.from_numpy(pca.components_.astype(np.float32)),
            "pca_mean": torch.from_numpy(pca.mean_.astype(np.float32)),
        }
    if method == "umap":
        import umap  # compiles for 20 s when first used: never on the way to a page's first paint

        threads = torch.get_num_threads()
        mapper = umap.UMAP(n_neighbors=min(15, len(points) - 1), min_dist=0.1, random_state=seed, n_jobs=1)
        projected = mapper.fit_transform(points)
        torch.set_num_threads(threads)  # numba raises it to one a core for the whole process: all else then waits
    else:
        start = PCA(n_components=2, random_state=seed).fit_transform(points.astype(np.float64))
        spread = start[:, 0].std()  # 0 for a collapsed posterior: t-SNE's own start would divide by it and crash
        mapper = TSNE(
            n_components=2,
            perplexity=min(30.0, (len(points) - 1) / 3),
            init=(1e-4 * start / spread).astype(np.float32) if spread > 0 else "random",
            random_state=seed,
        )
        projected = mapper.fit_transform(points)
    return {method: torch.from_numpy(np.ascontiguousarray(projected, dtype=np.float32))}


def on_plane(z: Tensor, components: Tensor, mean: Tensor) -> Tensor:
    """Points (B, 2) of latents z (B, D) in the PCA plane with `components` (2, D) through `mean` (D,)."""
    return (z - mean) @ components.T


def plane_inverse(points: Tensor, components: Tensor, mean: Tensor) -> Tensor:
    """Latents (B, D) of points (B, 2) in the PCA plane with `components` (2, D) through `mean` (D,): exact."""
    return mean + points @ components


class Inverse(NamedTuple):
    """Latents for points of a map that has no inverse, and what they are worth."""

    z: Tensor  # (B, D)
    round_trip: Tensor  # (B,) in the map's units, from the point to where z would be placed
    away: Tensor  # (B,) in the units of z, from z to the nearest of the codes that it is the mean of
    norm: Tensor  # (B,) mean norm of these codes, weighted as z; that of z is never larger


def nearest_codes_inverse(points: Tensor, projected: Tensor, codes: Tensor, neighbours: int = 8) -> Inverse:
    """Latents for points (B, 2) of a map that has no inverse, from the codes around them.

    `projected` (N, 2) are the places of `codes` (N, D). z is the mean of the codes whose places are nearest to the
    point, weighted by 1 / distance. It is placed by the same rule, from the codes nearest to z in latent space: a large
    round trip means that the point lies between things that are not neighbours. A small one does not make z a code: a
    mean of codes that lie far apart is shorter than they are, however well it is placed.
    """
    neighbours = min(neighbours, len(codes))
    z = weighted_nearest(points, projected, codes, neighbours)
    returned = weighted_nearest(z, codes, projected, neighbours)
    norm = weighted_nearest(points, projected, codes.norm(dim=1, keepdim=True), neighbours)[:, 0]
    around = torch.cdist(points, projected, compute_mode=EXACT).topk(neighbours, largest=False).indices  # (B, k)
    away = (codes[around] - z[:, None]).norm(dim=2).amin(1)
    return Inverse(z, (returned - points).norm(dim=1), away, norm)


def weighted_nearest(queries: Tensor, places: Tensor, values: Tensor, neighbours: int) -> Tensor:
    """Mean of the `values` (N, V) whose `places` (N, P) are nearest to `queries` (B, P), weighted by 1 / distance."""
    apart = torch.cdist(queries, places, compute_mode=EXACT)  # (B, N)
    distance, index = apart.topk(neighbours, largest=False)  # (B, k)
    weight = 1 / distance.clamp_min(SMALLEST_DISTANCE)
    weight = weight / weight.sum(1, keepdim=True)
    return (weight[..., None] * values[index]).sum(1)
