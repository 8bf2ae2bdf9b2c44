"""Training pictures that take the place of the test split."""

import pytest
import torch

from vae_core.data import load_dataset
from vae_core.data.holding_out import hold_out


def test_the_last_training_pictures_are_held_out_and_the_test_split_is_gone(digits):
    kept = hold_out(digits, 200)
    assert torch.equal(torch.cat([kept.train.images, kept.test.images]), digits.train.images)
    assert torch.equal(torch.cat([kept.train.labels, kept.test.labels]), digits.train.labels)
    assert (
        (kept.info.train_size, kept.info.test_size)
        == (len(kept.train), len(kept.test))
        == (len(digits.train) - 200, 200)
    )


@pytest.mark.parametrize("count", [0, -1, 10**6])
def test_a_part_of_the_training_pictures_can_be_held_out_not_none_and_not_all(digits, count):
    with pytest.raises(ValueError, match=f"held_out must be between 1 and {len(digits.train) - 1:,} of"):
        hold_out(digits, count)


def test_rendered_pictures_are_not_held_out():
    with pytest.raises(ValueError, match="no pictures of sprites can be held out"):
        hold_out(load_dataset("sprites"), 10)
