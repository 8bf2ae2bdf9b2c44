"""What beta does: every beta side by side, and what was measured on each: rate, distortion, collapse, factors."""

import streamlit as st

from ui import (
    beta_sweep,
    beta_sweep_chart,
    beta_sweep_fallback,
    beta_sweep_sections,
    beta_sweep_try,
    cache,
    frame,
    live,
    trying,
)
from ui.beta_sweep import Place

KEY = "beta_sweep_live"
SECTIONS = {
    "trade": "Rate against distortion",
    "capacity": "Capacity",
    "collapse": "Collapse lab",
    "factors": "Disentanglement",
    "try": "Try it",
}


def page() -> None:
    """The page: who moved since the last run (the hand, the picker or the link) decides where it is now."""
    blank = {"sequence": None, "words": None, "model": None, "dataset": None, "visit": 0, "place": Place()}
    blank["section"] = "trade"
    state = st.session_state.setdefault("beta_sweep", blank)
    beta_sweep_try.go_on()
    words, reported = st.query_params.to_dict(), live.sent(KEY)
    hand = reported is not None and reported["sequence"] != state["sequence"]
    picker = state["model"] is not None and frame.picked(state["model"])
    arrived = not hand and not picker and words != state["words"]
    linked = arrived and (bool(words) or state["model"] is None)  # whoever comes back finds the rail as it was

    entry = frame.choose_model(words.get("model", "") if arrived else None)
    if entry is None:
        return
    info = cache.dataset_info(entry.dataset)
    rail = beta_sweep.members(entry.dataset, trying.finished())
    place, visit = state["place"], state["visit"]
    if linked and words.get("section") in SECTIONS:
        st.session_state["beta_sweep_section"] = words["section"]
    if rail:
        if linked:
            place, complaints = beta_sweep.read(words, rail)
            for complaint in complaints:
                frame.note(complaint)
        elif hand:
            place = beta_sweep.sent(reported, rail)
        elif entry.dataset != state["dataset"]:
            place = Place(mode=place.mode)
        visit += linked or entry.dataset != state["dataset"]
        if live.installed():
            beta_sweep.show(rail, info, place, visit, entry.name, KEY, choose)
        else:
            place = beta_sweep_fallback.show(rail, info, place, visit)
    else:
        st.info(beta_sweep.missing(entry.dataset), icon=":material/info:")

    st.session_state.setdefault("beta_sweep_section", state["section"])
    section = choose_section()
    beta_sweep_sections.show(section, entry, info, rail, place)

    words = beta_sweep.write(entry.name, place, rail) if rail else {"model": entry.name}
    words |= {} if section == "trade" else {"section": section}
    if words != st.query_params.to_dict():
        st.query_params.from_dict(words)
    sequence = reported["sequence"] if reported else None
    state.update(sequence=sequence, words=words, model=entry.name, dataset=entry.dataset, visit=visit, place=place)
    state["section"] = section


def choose_section() -> str:
    """What stands below the rail."""
    with st.container(key="beta_sweep_sections", horizontal=True, vertical_alignment="center"):
        section = st.segmented_control(
            "Below the rail",
            list(SECTIONS),
            format_func=SECTIONS.get,
            required=True,
            key="beta_sweep_section",
            label_visibility="collapsed",
        )
        st.space("stretch")
        beta_sweep_chart.choose_format()
    return section


def choose() -> None:
    """A card of the rail was clicked: its model is the whole app's from now on."""
    name = (st.session_state.get(KEY) or {}).get("choose")
    beta_sweep_sections.choose_model(name)


frame.through_router()
page()
