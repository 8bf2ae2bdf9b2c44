"""Masks: shape, meaning, fraction, seed."""

import pytest
import torch

from vae_core.data.masks import KINDS, draw_masks, training_masks

SHAPE = (1, 28, 20)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fraction", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_a_mask_misses_the_fraction_that_was_asked_for(kind, fraction):
    masks = draw_masks(kind, 40, SHAPE, fraction)
    assert masks.shape == (40, 1, 28, 20) and masks.dtype == torch.bool
    missing = 1 - masks.float().mean((1, 2, 3))
    if fraction in (0.0, 1.0):
        assert (missing == fraction).all()
    apart = {"pixels": 0.08, "strokes": 0.13, "boxes": 0.13}.get(kind, 0.05)
    assert (missing - fraction).abs().max() <= apart + 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_fixes_masks(kind):
    masks = draw_masks(kind, 10, SHAPE, 0.4, seed=3)
    assert torch.equal(masks, draw_masks(kind, 10, SHAPE, 0.4, seed=3))
    if kind not in ("centre", "lower"):
        assert not torch.equal(masks, draw_masks(kind, 10, SHAPE, 0.4, seed=4))


def test_shapes_are_what_they_are_called():
    lower = draw_masks("lower", 1, SHAPE, 0.5)[0, 0]
    assert lower[:14].all() and not lower[14:].any()
    patch = draw_masks("patch", 20, SHAPE, 0.75, seed=1)[:, 0]
    for mask in patch:
        rows, columns = mask.any(1).nonzero().flatten(), mask.any(0).nonzero().flatten()
        assert mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all()  # one whole rectangle
    box = draw_masks("box", 20, SHAPE, 0.25, seed=1)[:, 0]
    assert ((~box).sum((1, 2)) == 14 * 10).all()
    stripes = draw_masks("stripes", 20, SHAPE, 0.5, seed=1)[:, 0]
    for mask in stripes:
        assert (mask == mask[:1]).all() or (mask == mask[:, :1]).all()


def test_a_half_plane_ends_at_a_line():
    """Some direction tells observed pixels from missing ones."""
    y, x = torch.meshgrid(torch.arange(28.0), torch.arange(20.0), indexing="ij")
    for mask in draw_masks("half", 10, SHAPE, 0.3, seed=2)[:, 0]:
        separated = False
        for angle in torch.linspace(0, 2 * torch.pi, 2000):
            along = x * angle.cos() + y * angle.sin()
            separated |= bool(along[mask].max() <= along[~mask].min() + 1e-3)
        assert separated


def test_bad_arguments_are_told():
    with pytest.raises(ValueError, match=r"a mask must be one of pixels, .*, got 'holes'"):
        draw_masks("holes", 1, SHAPE)
    with pytest.raises(ValueError, match=r"fraction, the share of missing pixels, must be between 0 and 1, got 1.5"):
        draw_masks("pixels", 1, SHAPE, 1.5)


def test_training_masks_are_of_every_fraction_and_follow_their_generator():
    masks = training_masks(2000, (1, 16, 16), torch.Generator().manual_seed(0))
    again = torch.Generator().manual_seed(0)
    assert torch.equal(masks, training_masks(2000, (1, 16, 16), again))
    assert not torch.equal(masks, training_masks(2000, (1, 16, 16), again))
    missing = 1 - masks.float().mean((1, 2, 3))
    assert missing.histc(5, 0, 1).min() > 100


def test_boxes_of_a_long_picture_come_to_an_end():
    masks = draw_masks("boxes", 3, (1, 4, 40), 0.05)
    assert all(0.05 - 1e-6 <= float((~mask).float().mean()) < 0.3 for mask in masks)


def test_a_seed_beyond_what_there_is_is_refused_by_name():
    with pytest.raises(ValueError, match="seed"):
        draw_masks("pixels", 1, (1, 4, 4), 0.5, 2**70)
