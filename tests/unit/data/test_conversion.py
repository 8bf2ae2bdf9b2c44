"""Arrays, images and bytes as pictures: what is taken, and what is refused because it could be misread."""

import numpy as np
import pytest
import torch
from PIL import Image

import vae_core

BYTES = np.random.default_rng(0).integers(0, 256, (5, 3, 6, 7), dtype=np.uint8)  # (B, C, H, W)
RIGHT = torch.from_numpy(BYTES).float() / 255
GREY = BYTES[:, :1]


@pytest.mark.parametrize(
    ("things", "right"),
    [
        (BYTES, RIGHT),
        (torch.from_numpy(BYTES), RIGHT),
        (BYTES.transpose(0, 2, 3, 1), RIGHT),
        (BYTES.astype(np.float64) / 255, RIGHT),
        (RIGHT.half().float(), RIGHT.half().float()),
        (BYTES[0].transpose(1, 2, 0), RIGHT[:1]),
        (GREY[:, 0], RIGHT[:, :1]),
        (GREY[0, 0], RIGHT[:1, :1]),
        (GREY[0], RIGHT[:1, :1]),
        (BYTES[:, :, ::-1], RIGHT.flip(2)),
        (GREY[:, 0] > 99, (torch.from_numpy(GREY) > 99).float()),
        (Image.fromarray(BYTES[0].transpose(1, 2, 0)), RIGHT[:1]),
        (Image.fromarray(GREY[0, 0]), RIGHT[:1, :1]),
        ([Image.fromarray(grey[0]) for grey in GREY], RIGHT[:, :1]),
        ([BYTES[:1], BYTES[1].transpose(1, 2, 0)], RIGHT[:2]),
    ],
)
def test_pictures_from_anything_that_can_be_read_in_one_way(things, right):
    pictures = vae_core.pictures_from(things)
    assert pictures.dtype == torch.float32 and pictures.is_contiguous()
    assert torch.equal(pictures, right.float())


def test_a_shape_settles_what_is_ambiguous():
    three = np.arange(3 * 3 * 4, dtype=np.uint8).reshape(3, 3, 4)
    with pytest.raises(ValueError, match=r"may be \(C, H, W\) or \(B, H, W\): say which with shape="):
        vae_core.pictures_from(three)
    assert vae_core.pictures_from(three, (1, 3, 4)).shape == (3, 1, 3, 4)
    assert vae_core.pictures_from(three, (3, 3, 4)).shape == (1, 3, 3, 4)
    cube = np.zeros((2, 3, 3, 3), np.uint8)
    cube[:, 0] = 255
    with pytest.raises(ValueError, match="may be"):
        vae_core.pictures_from(cube)
    assert vae_core.pictures_from(cube, (3, 3, 3))[:, 0].min() == 1  # channels first, as everywhere here
    colour = Image.new("RGB", (4, 3), (255, 255, 255))
    assert vae_core.pictures_from(colour, (1, 3, 4)).shape == (1, 1, 3, 4)


@pytest.mark.parametrize(
    ("things", "message"),
    [
        (BYTES.astype(np.float32), "got values from 0 to 255: divide them by 255"),
        (RIGHT * 2 - 1, r"floats must lie in \[0, 1\].*scale them to \[0, 1\]"),
        (BYTES.astype(np.int64), "got int64: convert them to uint8"),
        (BYTES.astype(np.uint16), "got uint16: convert them to uint8"),
        (RIGHT.clone().index_fill_(0, torch.tensor([1]), float("nan")), "got NaN"),
        (
            np.zeros((5, 2, 6, 7), np.uint8),
            r"must be \(B, C, H, W\) with 1 or 3 channels, got an array of \(5, 2, 6, 7\)",
        ),
        (np.zeros(7, np.uint8), "got an array of"),
        (np.zeros((0, 1, 6, 7), np.uint8), "at least one picture"),
        (np.array(["a"]), "must be of uint8 or of floats"),
        ([], "at least one picture, got none"),
        ("picture.png", "takes arrays, tensors and PIL images, got str"),
        ([GREY[0], GREY[0, :, :5]], "all pictures must be of one shape"),
    ],
)
def test_what_would_be_misread_is_refused(things, message):
    with pytest.raises(ValueError, match=message):
        vae_core.pictures_from(things)


def test_another_size_is_refused():
    with pytest.raises(ValueError, match=r"of shape \(3, 8, 8\), got \(3, 6, 7\): resize them first"):
        vae_core.pictures_from(Image.fromarray(BYTES[0].transpose(1, 2, 0)), (3, 8, 8))


def test_a_split_has_the_very_bytes():
    split = vae_core.split_from(BYTES.transpose(0, 2, 3, 1), torch.arange(5))
    assert split.images.dtype == torch.uint8 and torch.equal(split.images, torch.from_numpy(BYTES))
    assert torch.equal(vae_core.split_from(RIGHT).images, torch.from_numpy(BYTES))
    assert split.labels.tolist() == [0, 1, 2, 3, 4]
