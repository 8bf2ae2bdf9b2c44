"""Walk between pictures: paths through the latent space, what they look like, and how far each frame can be trusted."""

import functools

import streamlit as st

from ui import cache, frame, interpolate, live, reconstruct, take_along, walk, walk_fallback
from ui.figures import View
from vae_core.data.intake import PictureError

KEY = "interpolate_live"


def page() -> None:
    """The page: who moved since the last run (the hand, the picker, an upload or the link) decides where it is now."""
    blank = {"sequence": None, "words": None, "model": None, "visit": 0, "key": None}
    state = st.session_state.setdefault("interpolate", blank)
    words, reported = st.query_params.to_dict(), live.sent(KEY)
    hand = reported is not None and reported["sequence"] != state["sequence"]
    picker = state["model"] is not None and frame.picked(state["model"])
    arrived = not hand and not picker and words != state["words"]
    linked = arrived and (bool(words) or state["model"] is None)  # whoever comes back finds the walk as it was

    entry = frame.choose_model(words.get("model", "") if arrived else None)
    if entry is None:
        return
    checkpoint = frame.readable(entry)
    if checkpoint is None:
        return
    info, version = cache.dataset_info(entry.dataset), cache.stamp(entry.folder)
    ground = interpolate.ground(version, checkpoint, info)

    visit, key = state["visit"], state["key"]
    if linked:
        now, complaints = walk.read(words if words.get("model", entry.name) == entry.name else {}, ground)
        for complaint in complaints:
            frame.note(complaint)
    elif hand and reported["model"] == entry.name:
        now, key = walk.sent(reported, ground, state["walk"].ends), reported["key"]
    elif entry.name != state["model"]:
        encode = functools.partial(interpolate.code_of, checkpoint=checkpoint)
        now = walk.carried(state["walk"], state["ground"], ground, encode)
    else:
        now = state["walk"]
    if linked or entry.name != state["model"]:
        visit, key = visit + 1, f"visit {visit + 1}"

    if live.installed():
        bounds = ground.bounds
        view = View(now.map, bounds.axes, bounds.colours[0])
        model = reconstruct.model_for_browser(version, entry.name, checkpoint, info, bounds)
        figure = live.map_figure(version, entry.name, view, checkpoint, info)
        originals = live.originals(version, entry.name, checkpoint, info, wanted=True)
        file = (st.session_state.get(KEY) or {}).get("file")
        if file:
            try:
                name = str(file.get("name", "your picture"))
                end = interpolate.brought(reconstruct.file_of(file), name, checkpoint, info)
                now = walk.with_end(walk.ring(now, file.get("ringed")), end)
                visit, key = visit + 1, f"visit {visit + 1}"
            except PictureError as error:
                frame.note(str(error))
        along = interpolate.along(version, checkpoint, now, key)
        direction = interpolate.direction_found(checkpoint, now, key)
        interpolate.show(model, now, visit, figure, originals, KEY, along=along, direction=direction)
    else:
        now = walk_fallback.page(version, checkpoint, info, ground, now, visit)
    words = walk.write(entry.name, now, ground)
    with st.container(key="interpolate_take_along", horizontal=True, vertical_alignment="center"):
        take_along.row(version, checkpoint, info, now)
        for sentence in walk.left_out(now, words):
            st.caption(sentence, width="content")
    if words != st.query_params.to_dict():
        st.query_params.from_dict(words)
    sequence = reported["sequence"] if reported else None
    state.update(sequence=sequence, words=words, model=entry.name, visit=visit, key=key, walk=now, ground=ground)


frame.through_router()
page()
