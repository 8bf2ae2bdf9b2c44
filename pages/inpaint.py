"""Filling in what is missing: a hole in a picture, what a model makes of it, and how sure it is."""

import streamlit as st

from ui import cache, frame, inpaint, inpaint_fallback, inpaint_sections, live, reconstruct
from ui.inpaint_visit import Visit
from vae_core.data.intake import PictureError

KEY = "inpaint_live"


def page() -> None:
    """The page: who moved since the last run (the hand, the picker, a file or the link) decides what is on it now."""
    visit = st.session_state.setdefault("inpaint", Visit())
    words, reported = st.query_params.to_dict(), live.sent(KEY)
    hand = reported is not None and reported["sequence"] != visit.sequence
    picker = visit.model is not None and st.session_state.get(inpaint.MODEL, visit.model) != visit.model
    arrived = not hand and not picker and words != visit.words
    linked = arrived and (bool(words) or visit.model is None)  # whoever comes back finds the hole as it was

    came_back = visit.model or ""
    entry = inpaint.choose_model(words.get("model", came_back) if arrived else None)
    if entry is None:
        return
    checkpoint = frame.readable(entry)
    if checkpoint is None:
        return
    info, version = cache.dataset_info(entry.dataset), cache.stamp(entry.folder)

    if linked:
        for complaint in visit.follow(words, checkpoint, info):
            frame.note(complaint)
    elif entry.name != visit.model:
        visit.change_model(checkpoint, info)
    elif hand and reported["model"] == entry.name:
        visit.take(reported, checkpoint, info)
    visit.model, visit.sequence = entry.name, reported["sequence"] if reported else None

    if live.installed():
        sent = reconstruct.asked(KEY, "file")
        if sent:
            try:
                visit.bring(reconstruct.file_of(sent), str(sent.get("name", "picture")), info)
            except PictureError as error:
                visit.complain(str(error))
        bounds = live.bounds(version, checkpoint, info)
        inpaint.show(
            {
                "model": inpaint.model_for_browser(version, entry.name, checkpoint, info, bounds),
                "originals": live.originals(version, entry.name, checkpoint, info, wanted=True),
                **visit.for_browser(),
            },
            key=KEY,
        )
    else:
        inpaint_fallback.show(visit, checkpoint, info)
    inpaint_sections.show(visit, checkpoint, info)

    words = visit.link()
    if not linked and words != st.query_params.to_dict():
        st.query_params.from_dict(words)
    visit.words = st.query_params.to_dict()


frame.through_router()
page()
