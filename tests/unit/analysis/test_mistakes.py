"""Mistakes of a model that classifies: they are as many as its measured error says, the surest first."""

import pytest
import torch

from vae_core.analysis.evaluation import classification_error, label_probabilities, noiseless
from vae_core.analysis.mistakes import mistakes_of
from vae_core.data.pictures import InMemoryPictures
from vae_core.models.conditional import ConditionalConfig
from vae_core.models.semi_supervised import SemiSupervised, SemiSupervisedConfig
from vae_core.models.vae import VAEConfig


@pytest.fixture(scope="module", params=["bernoulli", "gaussian"])
def model(request):
    torch.manual_seed(0)
    vae = VAEConfig((1, 8, 8), 2, hidden=(8,), likelihood=request.param)
    return SemiSupervised(SemiSupervisedConfig(ConditionalConfig(vae, 10), (16,))).eval()


def test_they_are_as_many_as_the_error_says(model, digits):
    everything = torch.arange(len(digits.test))
    found = mistakes_of(model, digits.test, everything)
    assert found.count == len(digits.test)
    assert len(found) / found.count == pytest.approx(classification_error(model, digits.test, len(digits.test)))
    assert (found.guessed != found.labels).all() and found.rows.unique().numel() == len(found)
    assert (found.probability.diff() <= 0).all()


def test_rows_are_of_the_pictures_that_were_asked_about(model, digits):
    indices = torch.tensor([300, 7, 41, 2, 119])
    found = mistakes_of(model, digits.test, indices)
    assert found.count == 5
    for row, label, guess, sure in zip(found.rows, found.labels, found.guessed, found.probability, strict=True):
        (picture,) = indices[row : row + 1]
        x = noiseless(digits.test.batch(picture[None]), model.config.likelihood)
        q = model.classify(x).probs[0]
        assert label == digits.test.labels[picture] and guess == q.argmax()
        assert sure.item() == pytest.approx(q.max().item(), abs=1e-6)


def test_probabilities_add_up_whatever_the_parts(model, digits, monkeypatch):
    indices = torch.arange(25)
    whole = label_probabilities(model, digits.test, indices)
    monkeypatch.setattr("vae_core.analysis.evaluation.BATCH", 10)
    assert torch.allclose(label_probabilities(model, digits.test, indices), whole, atol=1e-6)
    assert torch.allclose(whole.sum(1), torch.ones(25), atol=1e-5)


def test_pictures_without_labels_cannot_be_missed(model):
    pictures = InMemoryPictures(torch.zeros(3, 1, 8, 8, dtype=torch.uint8))
    with pytest.raises(ValueError, match="no labels"):
        mistakes_of(model, pictures, torch.arange(3))
