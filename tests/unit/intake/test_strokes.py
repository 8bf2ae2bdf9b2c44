"""Our own digits: forty drawings that stand in for MNIST's pictures."""

import torch

from vae_core.intake import strokes
from vae_core.models import families
from vae_core.zoo import store

COLLAPSED = "mnist-beta16-10d"  # it takes MNIST's own digits for each other, too


def test_there_are_four_of_each_label_centred_as_mnists():
    own = strokes.own_digits()
    assert own.labels.bincount().tolist() == [4] * 10 and own.shape == strokes.SHAPE
    assert len(own.images.unique(dim=0)) == 40
    x = own.images[:, 0].double()
    for axis in (1, 2):
        centre = (x.sum(3 - axis) * torch.arange(28)).sum(1) / x.sum((1, 2))
        assert (centre - 14).abs().max() <= 0.51


def test_the_shipped_models_take_them_for_what_they_are():
    own = strokes.own_digits()
    x, right = own.images / 255, {}
    for folder in sorted(store.ZOO.glob("mnist-*")):
        checkpoint = store.open_checkpoint(folder.name)
        if families.of(checkpoint.model).takes_labels:
            continue
        with torch.no_grad():
            z = checkpoint.model.encode(x).mean
        nearest = torch.cdist(z, checkpoint.codes.mean).topk(10, largest=False).indices
        right[folder.name] = int((checkpoint.codes.labels[nearest].mode(1).values == own.labels).sum())
    assert right.pop(COLLAPSED) >= 25
    assert len(right) > 10 and min(right.values()) >= 39, right


def test_a_stand_in_has_the_label_and_is_the_same_each_time():
    labels = strokes.own_labels()
    assert all(labels[strokes.stand_in(label, number)] == label for label in range(10) for number in range(8))
    assert len({strokes.stand_in(3, number) for number in range(9)}) == 4
    assert strokes.stand_in(None, 47) == 7
