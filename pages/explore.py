"""Explore a latent space: the map at the left, the picture and its sliders in the middle, what lies around z right."""

import streamlit as st

from ui import cache, fallback, frame, link, live
from vae_core.models.checkpoint import CheckpointError

KEY = "explore_live"


def explore() -> None:
    """The page: who moved since the last run (the hand, the picker, or the link) decides where it is now."""
    state = st.session_state.setdefault("explore", {"sequence": None, "words": None, "model": None, "visit": 0})
    words, reported = st.query_params.to_dict(), live.sent(KEY)
    hand = reported is not None and reported["sequence"] != state["sequence"]
    picker = state["model"] is not None and frame.picked(state["model"])
    linked = not hand and not picker and words != state["words"]

    entry = frame.choose_model(words.get("model", "") if linked else None)
    if entry is None:
        return
    try:
        checkpoint = cache.checkpoint(entry.folder)
    except CheckpointError as error:
        st.error(f"This model cannot be read: {error}")
        return
    info = cache.dataset_info(entry.dataset)
    bounds = live.bounds(checkpoint.content_hash, checkpoint, info)

    if linked:
        meant = words.get("model") in (None, entry.name)
        view, place, complaints = link.read(words if meant else {}, bounds)
        for complaint in complaints:
            frame.note(complaint)
    elif hand and reported["model"] == entry.name:
        view, place = link.sent(reported, bounds)
    elif entry.name != state["model"]:
        kept = {name: words[name] for name in ("map", "colour", "cursor") if name in words}
        view, place = link.read(kept, bounds)[0], bounds.place
    else:
        view, place = state["view"], state["place"]
    visit = state["visit"] + (linked or entry.name != state["model"])
    if not linked:
        words = link.write(entry.name, view, place)
        if words != st.query_params.to_dict():
            st.query_params.from_dict(words)
    sequence = reported["sequence"] if reported else None
    state.update(sequence=sequence, words=words, model=entry.name, visit=visit, view=view, place=place)

    if not live.installed():
        fallback.explore(checkpoint, info, bounds, view, place)
        return
    content, wanted = checkpoint.content_hash, place.point is not None or view.show == "sample"
    live.explore(
        live.model_for_browser(content, entry.name, checkpoint, info, bounds),
        view,
        place,
        visit,
        live.map_figure(content, entry.name, view, checkpoint, info),
        live.originals(content, entry.name, checkpoint, info, wanted),
        key=KEY,
    )


explore()
