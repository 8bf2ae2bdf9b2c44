"""Hiding all labels but a few: which are left, and what a training sees of them."""

from dataclasses import dataclass, field
from typing import ClassVar

import pytest
import torch

from vae_core.data.pictures import InMemoryPictures
from vae_core.learning.few_labels import UNKNOWN, drawn_labelled, known_labels
from vae_core.learning.objectives import ELBO, M2
from vae_core.learning.training import TrainingConfig, fit
from vae_core.models.conditional import ConditionalConfig
from vae_core.models.semi_supervised import SemiSupervised, SemiSupervisedConfig
from vae_core.models.vae import VAE, VAEConfig

LABELS = torch.arange(3).repeat(20)
M2_CONFIG = SemiSupervisedConfig(ConditionalConfig(VAEConfig((1, 8, 8), 2, hidden=(16,)), 10), (32,))


@pytest.mark.parametrize("count", [3, 4, 10, 60])
def test_so_many_labels_are_left_and_as_many_of_each_class(count):
    known = known_labels(LABELS, count, seed=0)
    left = known != UNKNOWN
    assert left.sum() == count and torch.equal(known[left], LABELS[left])
    numbers = known[left].bincount(minlength=3)
    assert numbers.max() - numbers.min() <= 1
    assert torch.equal(known, known_labels(LABELS, count, seed=0))
    if count < 60:
        assert not torch.equal(known, known_labels(LABELS, count, seed=1))


@pytest.mark.parametrize(
    ("labels", "count", "message"),
    [
        (LABELS, 61, "labels must be between 3, one of each class, and 60, one for each picture, got 61"),
        (LABELS, 2, "labels must be between 3, one of each class, and 60, one for each picture, got 2"),
        (torch.tensor([0, 0, 0, 1]), 4, "4 labels are 2 of each class, and class 1 has 1 pictures: ask for fewer"),
        (None, 5, "labels says how many pictures keep theirs, and these have none: leave it out"),
    ],
)
def test_impossible_numbers_of_labels_are_refused(labels, count, message):
    with pytest.raises(ValueError, match=message):
        known_labels(labels, count, seed=0)


def test_labelled_pictures_are_drawn_evenly():
    known = known_labels(LABELS, 6, seed=0)
    labelled = (known != UNKNOWN).nonzero()[:, 0]
    drawn = drawn_labelled(known, 15, seed=0, step=3)
    counts = torch.stack([(drawn == place).sum() for place in labelled])
    assert counts.sum() == 15 and counts.max() == 3 and counts.min() == 2
    assert not torch.equal(drawn, drawn_labelled(known, 15, seed=0, step=4))


@dataclass(frozen=True)
class Watching:
    """The ELBO, which keeps what it is shown."""

    name: ClassVar[str] = "elbo"
    seen: list = field(default_factory=list, compare=False)

    def __call__(self, model, batch):
        self.seen.append((batch.x[:, 0, 0, :2] * torch.tensor([1.0, 2.0]), batch.y))
        return ELBO()(model, batch)


def test_a_training_sees_a_share_of_labelled_pictures_and_every_picture_once(monkeypatch):
    from vae_core.learning import training

    monkeypatch.setattr(training, "to_json", lambda objective: {"name": objective.name})
    images = torch.zeros(60, 1, 8, 8, dtype=torch.uint8)
    pictures, watching = InMemoryPictures(images, LABELS), Watching()
    config = TrainingConfig(epochs=2, batch_size=10, labels=6, labelled_share=0.3, precision="float32")
    progress = list(fit(VAE(VAEConfig((1, 8, 8), 2, hidden=(4,))), pictures, config, watching))
    assert progress[-1].steps == 2 * 9  # 7 of 60 pictures a step, and 3 that are drawn for their labels
    for number, (_, y) in enumerate(watching.seen):
        assert (y[-3:] != UNKNOWN).all() and len(y) == (7 if number % 9 < 8 else 4) + 3
    first_epoch = torch.cat([y[:-3] for _, y in watching.seen[:9]])
    assert (first_epoch != UNKNOWN).sum() == 6 and len(first_epoch) == 60


def test_it_resumes_to_the_same_numbers_and_tells_other_labels_apart(digits, tmp_path):
    config = TrainingConfig(epochs=1, batch_size=200, labels=20, precision="float32")

    def new():
        torch.manual_seed(0)
        return SemiSupervised(M2_CONFIG)

    whole, parts, state = new(), new(), tmp_path / "state.safetensors"
    expected = [now.bound for now in fit(whole, digits.train, config, M2())]
    for now in fit(parts, digits.train, config, M2(), state):
        if now.step == 5:
            break
    assert [now.bound for now in fit(parts, digits.train, config, M2(), state)] == expected[5:]
    for other, reason in (
        (TrainingConfig(epochs=1, batch_size=200, labels=30, precision="float32"), "labels was 20, is 30 now"),
        (TrainingConfig(epochs=1, batch_size=200, precision="float32"), "labels was 20, is None now"),
    ):
        with pytest.raises(ValueError, match=reason):
            next(fit(new(), digits.train, other, M2(), state))


def test_labels_are_learned_from_a_few(digits):
    """Ten labels of each class of 8x8 digits: far better than chance, and than it was."""
    torch.manual_seed(0)
    model = SemiSupervised(M2_CONFIG)
    config = TrainingConfig(epochs=12, batch_size=100, learning_rate=5e-3, labels=100, precision="float32")
    for _ in fit(model, digits.train, config, M2(weight=10.0)):
        pass
    guessed = model.classify(digits.test.batch(slice(None)).float() / 255).probs.argmax(1)
    assert (guessed == digits.test.labels).float().mean() > 0.75


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"labels": 0}, "labels must be a whole number of at least 1, got 0"),
        ({"labels": 2.5}, "labels must be a whole number of at least 1, got 2.5"),
        ({"labels": 10, "batch_size": 1}, "batch_size must be at least 2 where only some pictures have labels"),
        ({"labelled_share": 1.0}, "labelled_share must be above 0 and below 1, got 1.0"),
        ({"label_seed": -1}, "seed must be between"),
    ],
)
def test_bad_settings_say_what_would_be_right(settings, message):
    with pytest.raises(ValueError, match=message):
        TrainingConfig(**settings)


def test_settings_of_labels_are_told_where_some_are_hidden():
    assert "labels" not in TrainingConfig().to_json()
    assert TrainingConfig(labels=100).to_json().items() >= {"labels": 100, "label_seed": 0}.items()
