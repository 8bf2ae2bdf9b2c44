"""The geometry of the rendered sprites, and their two splits."""

import pytest
import torch

from vae_core.data import load_dataset, sprites

SQUARE, ELLIPSE, HEART = range(3)


def one(shape=HEART, scale=5, orientation=0, x=16, y=16, size=64):
    """One grey picture as float64 (size, size) in pixels covered."""
    return sprites.render(torch.tensor([[shape, scale, orientation, x, y]]), size)[0, 0].double() / 255


def centre(pictures):
    """Centres of mass (B, 2), x then y, in pixels, of (B, H, W)."""
    side = torch.arange(pictures.shape[-1]) + 0.5
    mass = pictures.sum((1, 2))
    return torch.stack([(pictures.sum(1) * side).sum(1) / mass, (pictures.sum(2) * side).sum(1) / mass], 1)


def random_factors(count, colour=False):
    sizes = torch.tensor([factor.size for factor in sprites.factors_of(colour)])
    return (torch.rand(count, len(sizes), generator=torch.Generator().manual_seed(1)) * sizes).long()


@pytest.mark.parametrize("shape", range(3))
@pytest.mark.parametrize("size", [32, 64])
def test_centre_of_mass_moves_linearly_with_position(shape, size):
    places = torch.arange(32)
    still = torch.full((32,), 10)
    kind = torch.tensor([[shape, 3, 7]]).expand(32, 3)
    along_x = centre(sprites.render(torch.cat([kind, places[:, None], still[:, None]], 1), size)[:, 0].double())
    along_y = centre(sprites.render(torch.cat([kind, still[:, None], places[:, None]], 1), size)[:, 0].double())
    step = size / 64
    expected = (16.5 + places) * step
    assert (along_x[:, 0] - expected).abs().max() < 0.05 * step
    assert (along_x[:, 1] - (16.5 + 10) * step).abs().max() < 0.05 * step
    assert (along_y[:, 1] - expected).abs().max() < 0.05 * step


@pytest.mark.parametrize("shape", range(3))
def test_area_grows_with_scale_squared(shape):
    areas = torch.stack([one(shape, scale).sum() for scale in range(6)])
    expected = torch.tensor(sprites.SCALES).double() ** 2 * areas[-1]
    assert ((areas - expected) / expected).abs().max() < 0.02


def test_areas_are_those_of_the_shapes():
    assert one(SQUARE).sum() == pytest.approx(22.6**2, rel=0.01)
    assert one(ELLIPSE).sum() == pytest.approx(torch.pi * 16 * 9, rel=0.01)


@pytest.mark.parametrize("orientation", [0, 3, 8])
def test_symmetries(orientation):
    def same(shape, turn):
        return (one(shape, orientation=orientation) - one(shape, orientation=(orientation + turn) % 40)).abs().max()

    assert same(SQUARE, 10) < 0.05
    assert same(ELLIPSE, 20) < 0.05
    assert same(ELLIPSE, 10) > 0.9
    assert min(same(HEART, turn) for turn in range(1, 40)) > 0.3


def test_a_quarter_turn_is_counter_clockwise():
    window = slice(16, 49)  # around the middle of the shape
    assert (one(orientation=10)[window, window] - torch.rot90(one()[window, window])).abs().max() < 0.05


def test_the_heart_points_down():
    heart = one()
    rows = (heart.sum(1) > 0).nonzero()
    assert heart[rows[0].item() + 3].sum() > 3 * heart[rows[-1].item() - 3].sum()


def test_every_shape_stays_inside_the_picture():
    corners = torch.cartesian_prod(*map(torch.arange, (3, 6, 40)), torch.tensor([0, 31]), torch.tensor([0, 31]))
    middle = corners.clone()
    middle[:, 3:] = 16
    areas = sprites.render(corners, 64).sum((1, 2, 3), dtype=torch.int64)
    assert torch.equal(areas, sprites.render(middle, 64).sum((1, 2, 3), dtype=torch.int64))


def test_the_small_picture_is_the_large_one_averaged():
    factors = random_factors(500)
    large, small = sprites.render(factors, 64), sprites.render(factors, 32)
    averaged = torch.nn.functional.avg_pool2d(large.float(), 2)
    assert (small - averaged).abs().max() <= 0.5


def test_edges_are_smooth_and_the_inside_is_full():
    picture = sprites.render(torch.tensor([[ELLIPSE, 5, 3, 16, 16]]), 64)
    assert picture.max() == 255
    assert len(picture.unique()) > 20


@pytest.mark.parametrize("colour", [False, True])
def test_rendering_is_deterministic_and_independent_of_the_batch(colour):
    factors = random_factors(100, colour)
    together = sprites.render(factors, colour=colour)
    alone = torch.cat([sprites.render(row[None], colour=colour) for row in factors])
    assert torch.equal(together, alone)


@pytest.mark.parametrize("size", [32, 64])
def test_colour_is_the_grey_picture_in_its_hue(size):
    factors = random_factors(60, colour=True)
    pictures = sprites.render(factors, size, colour=True)
    grey = sprites.render(factors[:, 1:], size)
    hues = torch.tensor(list(sprites.HUES.values()))[factors[:, 0]]
    assert pictures.shape == (60, 3, size, size)
    assert (pictures - grey.float() * hues[:, :, None, None] / 255).abs().max() <= 0.5


@pytest.mark.parametrize("colour", [False, True])
def test_index_and_factors_round_trip(colour):
    total = sprites.count(colour)
    assert total == (4_423_680 if colour else 737_280)
    indices = torch.cat([torch.arange(0, total, 997), torch.tensor([total - 1])])
    factors = sprites.index_to_factors(indices, colour)
    assert torch.equal(sprites.factors_to_index(factors, colour), indices)
    assert factors[0].tolist() == [0] * factors.shape[1]
    assert factors[-1].tolist() == [factor.size - 1 for factor in sprites.factors_of(colour)]


@pytest.mark.parametrize("name", ["sprites", "sprites_colour"])
def test_splits_share_nothing_and_leave_nothing_out(name):
    dataset = load_dataset(name)
    colour = name == "sprites_colour"
    grid = torch.zeros(sprites.count(colour), dtype=torch.int64)
    for split in (dataset.train, dataset.test):
        grid[sprites.factors_to_index(split.factors(slice(None)), colour)] += 1
    assert (grid == 1).all()


def test_batches_labels_and_factors_agree():
    split = load_dataset("sprites").train
    indices = torch.randint(0, len(split), (64,), generator=torch.Generator().manual_seed(0))
    factors = split.factors(indices)
    assert torch.equal(split.batch(indices), sprites.render(factors))
    assert torch.equal(split.labels[indices], factors[:, 0])


def test_an_empty_batch_is_empty():
    split = load_dataset("sprites").test
    assert split.batch(slice(0, 0)).shape == (0, 1, 32, 32)
    assert split.batch(torch.empty(0, dtype=torch.int64)).shape == (0, 1, 32, 32)


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="size must be 32 or 64, got 48"):
        sprites.render(torch.zeros(1, 5, dtype=torch.int64), 48)
    with pytest.raises(ValueError, match="scale must be between 0 and 5, got 6"):
        sprites.render(torch.tensor([[0, 6, 0, 0, 0]]))
    with pytest.raises(ValueError, match="hue, shape, scale"):
        sprites.render(torch.tensor([[0, 0, 0, 0, 0]]), colour=True)
