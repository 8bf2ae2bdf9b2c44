"""Paths that follow the data: shortest ways through the graph of neighbouring codes."""

import numpy as np
import torch
from scipy import sparse
from scipy.ndimage import gaussian_filter1d
from scipy.sparse import csgraph
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

POWER = 2  # of a step's length in its cost: many short steps, through dense data, then beat few long ones
SMALLEST = 1e-9  # cost of an edge between equal codes: a sparse matrix forgets zeros
SMOOTHING = 1 / 32  # of a path's length: standard deviation of the Gaussian that rounds its corners


class NeighbourGraph:
    """Codes (N, D), each joined to its nearest neighbours; built once, asked often.

    An edge goes both ways and costs the square of its codes' distance: the cheapest way keeps to where codes lie close
    together (Fermat distance: Groisman, Jonckheere & Sapienza 2022, https://arxiv.org/abs/1810.09398), where the plain
    length would hardly leave the straight line. Where the graph falls apart, its pieces are joined by their shortest
    bridges (the minimum spanning tree of the pieces), so that there is always a way.
    """

    def __init__(self, codes: Tensor, neighbours: int = 10):
        """Raises ValueError for fewer than 2 codes or less than 1 neighbour."""
        if len(codes) < 2 or neighbours < 1:
            raise ValueError(f"a graph needs at least 2 codes and 1 neighbour, got {len(codes)} and {neighbours}")
        self.codes = codes.detach().cpu().double().numpy()
        self.neighbours = min(neighbours, len(codes) - 1)
        self.search = NearestNeighbors(n_neighbors=self.neighbours).fit(self.codes)
        edges = self.search.kneighbors_graph(mode="distance")
        edges.data = cost(edges.data)
        self.edges = bridged(edges.maximum(edges.T).tocsr(), self.codes)

    def visited(self, a: Tensor, b: Tensor) -> Tensor:
        """Rows of the codes on the cheapest way from latent a (D,) to latent b (D,), int64 (J,), J at least 1.

        The latents need not be codes: each is joined to the codes nearest to it.
        """
        count = len(self.codes)
        ends = np.stack([a.detach().cpu().double().numpy(), b.detach().cpu().double().numpy()])
        length, row = self.search.kneighbors(ends)  # (2, k)
        place = (np.repeat([0, 1], self.neighbours), row.ravel())
        rungs = sparse.csr_matrix((cost(length).ravel(), place), (2, count))
        whole = sparse.bmat([[self.edges, rungs.T], [rungs, None]], format="csr")  # the ends are rows N and N + 1
        before = csgraph.dijkstra(whole, indices=count, return_predecessors=True)[1]
        way = [before[count + 1]]
        while before[way[-1]] != count:
            way.append(before[way[-1]])
        return torch.from_numpy(np.array(way[::-1], dtype=np.int64))

    def shortest_path(self, a: Tensor, b: Tensor, stops: int = 33) -> Tensor:
        """The way along the data from latent a (D,) to latent b (D,) as evenly spaced stops (stops, D).

        The codes on the way are joined by straight lines, resampled by length and smoothed with a Gaussian; the ends
        stay where they are. Straight lines between the stops are the path. Raises ValueError for fewer than 2 stops.
        """
        if stops < 2:
            raise ValueError(f"a path needs at least 2 stops, got {stops}")
        on_the_way = torch.from_numpy(self.codes)[self.visited(a, b)]
        corners = torch.cat([a[None].cpu().double(), on_the_way, b[None].cpu().double()]).numpy()
        fine = evenly_spaced(corners, 8 * stops)
        return torch.from_numpy(evenly_spaced(smoothed(fine), stops)).to(a)


def cost(length: np.ndarray) -> np.ndarray:
    """What a step of that length costs."""
    return np.maximum(length**POWER, SMALLEST)


def bridged(edges: sparse.csr_matrix, codes: np.ndarray) -> sparse.csr_matrix:
    """The graph with its pieces joined by the shortest bridges between them (Boruvka 1926)."""
    while True:
        pieces, piece = csgraph.connected_components(edges, directed=False)
        if pieces == 1:
            return edges
        largest = np.bincount(piece).argmax()
        bridges = sparse.lil_matrix(edges.shape)
        for number in range(pieces):
            if number == largest:  # some other piece's bridge will reach it
                continue
            inside, outside = np.flatnonzero(piece == number), np.flatnonzero(piece != number)
            length, nearest = NearestNeighbors(n_neighbors=1).fit(codes[outside]).kneighbors(codes[inside])
            best = length[:, 0].argmin()
            start, end = inside[best], outside[nearest[best, 0]]
            bridges[start, end] = bridges[end, start] = cost(length[best, 0])
        edges = edges.maximum(bridges.tocsr())


def evenly_spaced(corners: np.ndarray, count: int) -> np.ndarray:
    """`count` points (count, D), equally far apart along the lines that join the corners (J, D)."""
    lengths = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    so_far = np.concatenate([[0.0], lengths.cumsum()])
    if so_far[-1] == 0:
        return np.repeat(corners[:1], count, axis=0)
    at = np.linspace(0, so_far[-1], count)
    return np.stack([np.interp(at, so_far, column) for column in corners.T], axis=1)


def smoothed(points: np.ndarray) -> np.ndarray:
    """Points (M, D) under a Gaussian along the path; the ends stay: beyond each it goes on as if turned round."""
    first, last = points[0], points[-1]
    before, after = 2 * first - points[:0:-1], 2 * last - points[-2::-1]
    extended = np.concatenate([before, points, after])
    rounded = gaussian_filter1d(extended, SMOOTHING * len(points), axis=0)[len(before) : len(before) + len(points)]
    rounded[0], rounded[-1] = first, last
    return rounded
