"""How a codebook is used, against counting by hand."""

import pytest
import torch

from vae_core.analysis.code_usage import Usage, usage_of
from vae_core.models.vector_quantised import QuantisedConfig


def test_perplexity_is_the_number_of_codes_that_are_used_evenly():
    assert Usage(torch.tensor([5, 0, 5, 5, 0])).perplexity == pytest.approx(3, rel=1e-6)
    assert Usage(torch.tensor([7, 0])).perplexity == pytest.approx(1)
    skewed = Usage(torch.tensor([3, 1]))  # 4 / 3^(3/4), by the definition
    assert skewed.perplexity == pytest.approx(4 / 3**0.75, rel=1e-6)
    assert (Usage(torch.tensor([5, 0, 5, 5, 0])).dead, skewed.dead) == (2, 0)


def test_each_grid_counts_its_own_codes_and_the_coarser_comes_first():
    config = QuantisedConfig((1, 8, 8), codes=4, code_dim=2, channels=4, halvings=1, levels=2)
    assert config.grids == ((2, 2), (4, 4))
    codes = torch.cat([torch.full((3, 4), 2.0), torch.full((3, 16), 3.0)], 1)
    codes[0, 0], codes[0, 4] = 0, 1
    coarse, fine = usage_of(codes, config)
    assert coarse.counts.tolist() == [1, 0, 11, 0] and fine.counts.tolist() == [0, 1, 0, 47]
