"""Reconstruct's face in Python: the component, the camera, and estimates that take a while."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Literal, get_args

import numpy as np
import streamlit as st
import torch

from ui import brought, cache, originals
from ui.browser import model as live
from ui.browser.component import define
from ui.frame import Shown, has_a_gaussian
from vae_core.analysis.evaluation import noiseless
from vae_core.analysis.likelihood import elbo_terms, importance_progress
from vae_core.analysis.proposals import fitted_proposal
from vae_core.analysis.refinement import JUDGES, refined
from vae_core.data.pictures import DatasetInfo
from vae_core.data.presentation import binarise
from vae_core.data.seeds import noise_generator
from vae_core.intake import steps as intake
from vae_core.models import families
from vae_core.models.model import Model
from vae_core.models.vae import VAEConfig

Proposal = Literal["fitted", "refined", "posterior", "prior"]  # what z is drawn from for an estimate
KINDS = ("pen", "touched", "sample", "noise", "file")
SAMPLES = (100, 1000, 5000)  # of which log p(x) may be estimated
MOST_SAMPLES = max(SAMPLES)
LIMITS = {"mostBytes": brought.MOST_BYTES, "samples": SAMPLES}  # what the browser holds itself to
FOR_COMPARISON = ("name", "shape", "latentDim", "noise", "mixture", "encoder", "decoder")  # of each compared model
STEPS = 300  # of the ascent that refines q(z|x) for one picture
CHUNK = 250  # samples between two reports of progress
DRAW_SEED = 0  # of the zeros and ones that a grey picture is judged by
KEY = "reconstruct_live"
_reconstruct = define("reconstruct", "reconstruct/page")


def show(state: Any, shown: Shown) -> None:
    """The Reconstruct page's live part. `ui.browser.report` tells what it reports and asks for.

    `state` says what it is to show: see `for_browser` in `ui.reconstruct.state`.
    """
    originals.follow(KEY, shown.info)
    data = {
        "model": live.model_for_browser(shown.version, shown.name, shown.checkpoint, shown.info, shown.bounds),
        "originals": originals.for_browser(shown.version, shown.name, shown.checkpoint, shown.info, wanted=True),
        "layers": layers(shown.checkpoint.model.config),
        "siblings": siblings(shown.name),
        "compared": compared(state.compared, shown.name),
        "limits": LIMITS,
        **state.for_browser(),
    }
    events = ("place", "file", "camera", "step", "estimate", "stop", "originals")
    silent = {f"on_{name}_change": lambda: None for name in events}
    _reconstruct(key=KEY, data={"modules": live.modules(), "files": live.files(), **data}, **silent)


def layers(config: Any) -> list[str]:
    """What an encoder's layers hold, from x on; none where its kind is not known. The decoder has them backwards."""
    vae = getattr(config, "vae", config)  # of a model that stands on another one
    if not isinstance(vae, VAEConfig):
        return []
    channels, height, width = vae.picture_shape
    if vae.network == "mlp":
        return [str(channels * height * width), *map(str, vae.hidden)]
    return [f"{width}×{height}", f"{vae.hidden[0]} maps", str(vae.hidden[-1])]


def siblings(name: str) -> list[str]:
    """The models that read the same pictures, this one first."""
    models = cache.zoo()
    like = models[name]
    others = [
        e.name
        for e in models.values()
        if has_a_gaussian(e) and (e.dataset, e.picture_shape) == (like.dataset, like.picture_shape)
    ]
    return [name, *(other for other in others if other != name)]


def compared(names: list[str], name: str) -> list[dict]:
    """What the reading worker needs of the models that are compared."""
    models = []
    for other in siblings(name):
        if other not in names:
            continue
        entry = cache.zoo()[other]
        checkpoint, version = cache.checkpoint(entry.folder), cache.stamp(entry.folder)
        info = entry.info
        bounds = live.bounds(version, checkpoint, info)
        model = live.model_for_browser(version, other, checkpoint, info, bounds)
        models.append({key: model[key] for key in FOR_COMPARISON})
    return models


def proposals(model: Model) -> tuple[Proposal, ...]:
    """What z may be drawn from: q is refined only where its KL has a closed form."""
    plain = families.prior_of(model) == "normal"
    return tuple(each for each in get_args(Proposal) if plain or each != "refined")


def one_draw(picture: np.ndarray, likelihood: str) -> np.ndarray:
    """The bytes (C, H, W) whose likelihood is asked for: Bernoulli pixels are drawn once, 255 or 0, the same each time.

    A picture of zeros and ones stays as it is, and so does any picture with Gaussian pixels.
    """
    if likelihood != "bernoulli":
        return picture
    seeded = torch.Generator().manual_seed(DRAW_SEED)
    return 255 * binarise(torch.from_numpy(picture.copy()), seeded, torch.uint8).numpy()


@st.dialog("Hold it in front of the camera")
def camera(state: Any, info: DatasetInfo) -> None:
    """The camera; the picture that is taken is prepared like any file."""
    shot = st.camera_input("Camera", label_visibility="collapsed", key="reconstruct_camera")
    if shot is None:
        return
    try:
        state.bring(shot.getvalue(), "The camera's picture", info)
    except intake.PictureError as error:
        state.show_problem(str(error))
    st.rerun()


def estimates(model: Model, picture: np.ndarray, samples: int, proposal: Proposal = "fitted") -> Iterator[dict]:
    """log p(x) of a picture (C, H, W) from ever more samples, up to `samples`: the estimate after each chunk, with the
    ELBO of the same x.

    Draws z of a proposal are weighted by p(x, z) / proposal(z). "fitted" is fitted to the true posterior of this
    picture, "posterior" is the encoder's q(z|x), "prior" makes it naive Monte Carlo. "refined" draws as "fitted" does,
    but first makes a diagonal Gaussian q as good as it can be for this picture; "refined" is the ELBO then, and until
    it is there the estimates say how many steps were made. "bound" says that too few samples count for more than a
    lower bound. Under a prior that was learned KL has an error, too: what is known is "elboError", that of both. A grey
    picture has no likelihood under Bernoulli pixels: everything is then of one draw of zeros and
    ones (`one_draw`). "drawn" says whether that is another picture.
    """
    likelihood = model.config.likelihood
    judged = one_draw(picture, likelihood)
    x = noiseless(torch.from_numpy(judged.copy())[None], likelihood)
    terms = elbo_terms(model, x, JUDGES, generator=noise_generator(1))
    best, closed = None, families.prior_of(model) == "normal"
    error = float(terms.standard_error)
    if proposal == "refined":
        for better in refined(model, x, STEPS):
            yield {"logMarginal": None, "samples": 0, "steps": better.steps}
        best = float(better.elbo)
    sources = {"posterior": model.encode, "prior": lambda x: model.prior.expand((1,))}
    source = sources.get(proposal, partial(fitted_proposal, model))(x)
    for progress in importance_progress(model, x, samples, source, rows=CHUNK):
        yield {
            "logMarginal": float(progress.log_marginal),
            "likelihood": float(terms.log_likelihood),
            "likelihoodError": error if closed else None,
            "elboError": None if closed else error,
            "kl": float(terms.kl.sum()),
            "refined": best,
            "drawn": not np.array_equal(judged, picture),
            "standardError": float(progress.standard_error),
            "effective": float(progress.effective_samples),
            "bound": bool(progress.is_bound),
            "samples": progress.samples,
        }
