"""Explore a latent space: the map at the left, the picture and its sliders in the middle, what lies around z right."""

import functools

import streamlit as st

from ui import cache, fallback, frame, link, live
from vae_core.models.checkpoint import Codes

KEY = "explore_live"
START = {"sequence": None, "words": None, "model": None, "visit": 0, "picture": None}


def explore() -> None:
    """The page: who moved since the last run (the hand, the picker, or the link) decides where it is now."""
    state = st.session_state.setdefault("explore", dict(START, looked=set()))
    words, reported = st.query_params.to_dict(), live.sent(KEY)
    hand = reported is not None and reported["sequence"] != state["sequence"]
    picker = state["model"] is not None and frame.picked(state["model"])
    linked = not hand and not picker and words != state["words"]

    entry = frame.choose_model(words.get("model", "") if linked else None)
    if entry is None:
        return
    checkpoint = frame.readable(entry)
    if checkpoint is None:
        return
    info, version = cache.dataset_info(entry.dataset), cache.stamp(entry.folder)
    bounds = live.bounds(version, checkpoint, info)

    if linked:
        view, place, complaints = link.read(words if words.get("model", entry.name) == entry.name else {}, bounds)
        for complaint in complaints:
            frame.note(complaint)
    elif hand and reported["model"] == entry.name:
        view, place = link.sent(reported, bounds)
    elif entry.name != state["model"]:
        kept = {name: words[name] for name in ("colour", "cursor") if name in words}
        view, place = link.read(kept, bounds)[0], same_picture(state, entry.dataset, checkpoint.codes, bounds)
    else:
        view, place = state["view"], state["place"]
    visit = state["visit"] + (linked or entry.name != state["model"])

    if live.installed():
        model = live.model_for_browser(version, entry.name, checkpoint, info, bounds)
        figure = live.map_figure(version, entry.name, view, checkpoint, info)
        wanted, looked = place.point is not None or view.show == "sample", entry.dataset in state["looked"]
        look = functools.partial(live.originals, version, entry.name, checkpoint, info, wanted)
        live.explore(model, view, place, visit, figure, look() if looked else None, key=KEY)
    else:
        view, place = fallback.explore(checkpoint, info, bounds, live.sliders(checkpoint), view, place, visit)
    if not linked:
        words = link.write(entry.name, view, place, bounds)
        if words != st.query_params.to_dict():
            st.query_params.from_dict(words)
    sequence = reported["sequence"] if reported else None
    picture = None if place.point is None else (entry.dataset, int(checkpoint.codes.indices[place.point]))
    state.update(sequence=sequence, words=words, model=entry.name, visit=visit, view=view, place=place, picture=picture)
    if live.installed() and not looked:
        # the first look at a data set takes seconds: the picture does not wait for it
        state["looked"].add(entry.dataset)
        if look():
            st.rerun()


def same_picture(state: dict, dataset: str, codes: Codes, bounds: link.Bounds) -> link.Place:
    """Where another model of the same data set has the test picture that was pinned; else where it opens."""
    pinned_in, index = state["picture"] or (None, -1)
    rows = (codes.indices == index).nonzero().flatten().tolist() if pinned_in == dataset else []
    return bounds.place_of(rows[0]) if rows else bounds.place


frame.through_router()
explore()
