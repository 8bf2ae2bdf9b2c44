"""Bring a picture: what a model makes of it, what each term of the ELBO says, and how unusual it is."""

import streamlit as st

from ui import cache, frame, link, live, reconstruct, reconstruct_fallback
from ui.visit import Visit
from vae_core.data.intake import PictureError

KEY = "reconstruct_live"


def page() -> None:
    """The page: who moved since the last run (the hand, the picker, a file or the link) decides what is on it now."""
    visit = st.session_state.setdefault("reconstruct", Visit())
    words, reported = st.query_params.to_dict(), live.sent(KEY)
    hand = reported is not None and reported["sequence"] != visit.sequence
    picker = visit.model is not None and frame.picked(visit.model)
    arrived = not hand and not picker and words != visit.words
    linked = arrived and (bool(words) or visit.model is None)  # whoever comes back finds the picture as it was

    entry = frame.choose_model(words.get("model", "") if arrived else None)
    if entry is None:
        return
    checkpoint = frame.readable(entry)
    if checkpoint is None:
        return
    info, version = cache.dataset_info(entry.dataset), cache.stamp(entry.folder)
    bounds = live.bounds(version, checkpoint, info)

    opened = entry.name != visit.model
    if linked:
        words = words if words.get("model", entry.name) == entry.name else {}
        for complaint in visit.follow(words, checkpoint, bounds):
            frame.note(complaint)
    elif opened:
        visit.change_model(checkpoint, bounds)
    elif hand and reported["model"] == entry.name:
        visit.take(reported, checkpoint, bounds)
    visit.model, visit.sequence = entry.name, reported["sequence"] if reported else None

    if live.installed():
        answer_component(visit, entry.name, checkpoint, info)
        reconstruct.show(
            {
                "model": reconstruct.model_for_browser(version, entry.name, checkpoint, info, bounds),
                "figure": live.map_figure(version, entry.name, visit.view, checkpoint, info),
                "originals": live.originals(version, entry.name, checkpoint, info, wanted=True),
                "siblings": reconstruct.siblings(entry.name),
                "compared": reconstruct.compared(visit.compared, entry.name),
                "mostBytes": reconstruct.MOST_BYTES,
                **visit.for_browser(),
            },
            key=KEY,
        )
    else:
        reconstruct_fallback.show(visit, entry.name, checkpoint, info)
    if visit.request is not None:
        reconstruct.estimate(visit)

    words = {**link.write(entry.name, visit.view, bounds.place, bounds), **visit.words_of_picture()}
    if not linked and words != st.query_params.to_dict():
        st.query_params.from_dict(words)
    visit.words = st.query_params.to_dict()


def answer_component(visit: Visit, name: str, checkpoint, info) -> None:
    """What the component asked for in this run: a file to prepare, the camera, an estimate."""
    sent = reconstruct.asked(KEY, "file")
    if sent:
        try:
            visit.bring(reconstruct.file_of(sent), str(sent.get("name", "picture")), info)
        except PictureError as error:
            visit.complain(str(error))
    step = reconstruct.asked(KEY, "step")
    if step:
        visit.switch(str(step.get("name")), bool(step.get("on")), info)
    if reconstruct.asked(KEY, "stop"):
        visit.stop()
    wanted = reconstruct.asked(KEY, "estimate")
    if wanted and wanted.get("model") == name:
        visit.ask(wanted, checkpoint)
    if reconstruct.asked(KEY, "camera"):
        reconstruct.camera(visit, info)


frame.through_router()
page()
