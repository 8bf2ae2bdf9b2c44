"""Training pictures that take the place of the test split."""

from dataclasses import replace

import pytest
import torch

from vae_core.data import load_dataset
from vae_core.data.holding_out import hold_out
from vae_core.data.pictures import InMemoryPictures


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


def test_of_a_folder_which_lies_class_by_class_pictures_of_every_class_are_held_out(digits):
    order = digits.train.labels.argsort(stable=True)
    train = InMemoryPictures(digits.train.images[order], digits.train.labels[order])
    kept = hold_out(replace(digits, train=train, info=replace(digits.info, name="folder:/somewhere")), 200)
    assert kept.test.labels.unique().tolist() == list(range(10)) == kept.train.labels.unique().tolist()
    both = torch.cat([kept.train.images, kept.test.images]).flatten(1)
    assert torch.equal(both.sum(0), train.images.flatten(1).sum(0)) and len(both) == len(train)


def test_rendered_pictures_are_not_held_out():
    with pytest.raises(ValueError, match="sprites can be held out: they are rendered when needed"):
        hold_out(load_dataset("sprites"), 10)
