"""The figures of a model above every page: what their help says is true of the model's family."""

from dataclasses import replace

import pytest
from small_models import CODES

from ui import frame
from vae_core.models.families import FAMILIES
from vae_core.zoo import store
from vae_core.zoo.store import Entry

SAMPLED = {"effective_samples": 50.0, "simulated_bias": 0.02, "simulated_bias_standard_error": 0.01}


@pytest.fixture
def entry(zoo) -> Entry:
    return next(entry for entry in store.entries(zoo) if entry.dataset == "digits")


@pytest.fixture
def helps(monkeypatch):
    """`helps(entry)`: the help of each figure, by its label."""
    told = {}
    monkeypatch.setattr(frame.st, "metric", lambda label, value, help, width: told.__setitem__(label, help))

    def read(entry: Entry) -> dict[str, str]:
        told.clear()
        frame.figures(entry)
        return dict(told)

    return read


def of(entry: Entry, family: str, **measured) -> Entry:
    return replace(entry, family=family, metrics=entry.metrics | measured)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_bound_and_what_is_exact_are_not_called_sampled(entry, family):
    can = FAMILIES[family]
    alone = can.exact or can.latent == "discrete"
    text = frame.estimated(of(entry, family, **({"importance_samples": 1} if alone else SAMPLED)))
    assert f"{CODES} pictures" in text
    assert ("nothing is sampled" in text) == alone and ("draws" in text) == (not alone)
    assert text.startswith("Exact") == can.exact
    assert ("upper bound" in text and "−log p(x, z)" in text) == (can.latent == "discrete")


def test_so_few_draws_are_a_bound_and_groups_are_counted(entry):
    few = frame.estimated(of(entry, "vae", **SAMPLED | {"effective_samples": 2.0}))
    assert few.endswith("the draws are worth 2 independent ones (median): too few for more than an upper bound.")
    grouped = frame.estimated(of(entry, "flow-model", nll_images=CODES, groups=6))
    assert f"{CODES} pictures in 6 groups" in grouped


@pytest.mark.parametrize("family", FAMILIES)
def test_active_units_of_codes_are_cells(entry, helps, family):
    text = helps(of(entry, family))["Active units"]
    discrete = FAMILIES[family].latent == "discrete"
    assert ("Cells whose code is not the same" in text) == discrete and ("variance above 0.01" in text) != discrete


@pytest.mark.parametrize("family", FAMILIES)
def test_the_size_is_the_whole_models(entry, helps, family):
    text = helps(of(entry, family))["Size"]
    assert text.endswith(f"{entry.parameters:,}.") and "whole model" in text and "together" not in text


def test_labels_are_not_called_unseen_of_models_that_see_some(entry, helps):
    for family, can in FAMILIES.items():
        told = helps(of(entry, family, neighbour_accuracy=0.9))
        assert ("Nearest codes agree" in told) == (not can.takes_labels and not can.classifies), family


def test_widths_of_several_layers_are_those_below_the_first(entry, helps):
    assert "between picture and z₁ is" in helps(of(entry, "layered"))["Layers"]
    assert "between picture and z is" in helps(of(entry, "vae"))["Layers"]


PLACES = {  # of models of two dimensions that a page does not show
    "conditional": "Models, Conditional shows it",
    "semi-supervised": "Models, Semi-supervised shows it",
    "stacked": "Models, Semi-supervised shows it",
    "vector-quantised": "Models, Discrete latents shows it",
    "flow": "Explore and Models, Posterior shape show it",
    "layered": "Models, Side by side shows it",
    "flow-model": "Models, Side by side shows it",
}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_told_where_it_is_shown(entry, family):
    assert frame.elsewhere(of(entry, family)) == PLACES.get(family, "Explore shows it")
    alone = replace(of(entry, family), latent_dim=1)
    assert "Explore" not in frame.elsewhere(alone) and "`" not in frame.elsewhere(alone)
