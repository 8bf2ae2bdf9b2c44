"""Interpolate where the browser's runtime is not installed: the same parts, worked out in Python after each move."""

from collections.abc import Callable
from dataclasses import replace

import plotly.graph_objects as go
import streamlit as st
import torch
from plotly.subplots import make_subplots

from ui import figures, interpolate, take_along
from ui.fallback import MAPS, enlarged, on_map, pixels
from ui.figures import View
from ui.reconstruct import MOST_BYTES, TYPES
from ui.walk import FRAMES, LEAST, MOST, RANGES, End, Ground, Group, Walk, decoded_paths, with_end
from vae_core.data.intake import PictureError
from vae_core.data.pictures import DatasetInfo
from vae_core.models.checkpoint import Checkpoint

MODES = {"walk": "Walk between pictures", "direction": "Follow a direction", "arithmetic": "Add and subtract"}
PATHS = {"straight": "Straight", "spherical": "Spherical", "data": "Along the data"}
COLOURS = {"straight": "#8465f5", "spherical": "#12a17f", "data": "#e0457b"}
SAMPLES = 41  # of a curve
LASSO = -1  # stands for a lassoed group among the labels
MOST_MEGABYTES = MOST_BYTES // 1_000_000
MEASURES = ("Norm of z", "Real codes within the radius", "Cycle error, units of z", "Path length, grey levels")


def page(version: tuple, checkpoint: Checkpoint, info: DatasetInfo, ground: Ground, walk: Walk, visit: int) -> Walk:
    """The page; `visit` grows when it is to go to `walk`. Returns the walk that its widgets stand at."""
    st.info(
        "Pictures follow the hand, and can be drawn, once the browser's runtime is installed: `make live`, or "
        "`npm ci --prefix static --ignore-scripts`. Until then Python decodes after each move.",
        icon=":material/bolt:",
    )
    state = st.session_state
    if state.get("walk_visit") != (checkpoint.content_hash, visit):
        state["walk_visit"] = (checkpoint.content_hash, visit)
        go_to(walk, ground)
    walk = choose(ground, state["walk_ends"], lambda file: interpolate.brought(*file, checkpoint, info))
    if "walk_problem" in state:
        st.error(state.pop("walk_problem"))
    try:
        t = interpolate.times(walk, SAMPLES)
        known = {path: take_along.evidence(version, checkpoint, path, t) for path in decoded_paths(walk)}
    except ValueError as error:
        st.error(interpolate.sentence(error))
        return walk
    left, middle, right = st.columns([1.2, 1, 1.1], gap="medium")
    with left:
        walk = replace(walk, map=st.selectbox("Map", maps(ground), format_func=MAPS.get, key="walk_map"))
        st.plotly_chart(map_with_paths(version, checkpoint, info, ground, walk), key="walk_plot")
    with middle:
        walk = drive(version, checkpoint, info, walk)
    with right:
        st.plotly_chart(curves(walk, known), key="walk_curves")
        st.caption("Shaded: the middle 90 % of the prior. The line stands at the present t.")
    rows = take_along.rows(version, checkpoint, info, walk)  # each (T, C, H, W)
    sheet = torch.cat([torch.cat(list(pictures), dim=2) for pictures in rows], dim=1)
    st.image(pixels(sheet), width="stretch", caption=" · ".join(rows_of_strip(walk)))
    return walk


def go_to(walk: Walk, ground: Ground) -> None:
    """Set the widgets."""
    state = st.session_state
    state.update(walk_ends=walk.ends, walk_ringed=walk.ringed, walk_mode=walk.mode, walk_path=walk.path)
    state.update(walk_t=walk.t, walk_frames=walk.frames, walk_map=walk.map)
    for side, group in (("source", walk.source), ("target", walk.target)):
        state[f"walk_lasso_{side}"] = group if group and group.rows else None
        if group:
            state[f"walk_{side}"] = LASSO if group.rows else group.label


def maps(ground: Ground) -> tuple[str, ...]:
    """The maps that a model has."""
    return ("latent", *ground.bounds.projections)


def choose(ground: Ground, ends: tuple[End, ...], bring: Callable[[tuple[bytes, str]], End]) -> Walk:
    """What is walked: the mode, its pictures and its groups; `bring` makes an end of a file's bytes and name."""
    state = st.session_state

    def keep(changed: tuple[End, ...]) -> None:
        state["walk_ends"] = changed
        state["walk_ringed"] = min(state["walk_ringed"], len(changed) - 1)

    def fit(mode: str) -> None:
        """As many pictures as a mode takes, t where it begins."""
        fresh, kept = ground.default(mode), state["walk_ends"][: MOST[mode]]
        unused = [end for end in fresh.ends if end not in kept]
        keep((*kept, *unused[: max(LEAST[mode] - len(kept), 0)]))
        state["walk_t"] = fresh.t

    def another(label: int | None) -> End:
        rows = [row for row, own in enumerate(ground.label_of) if own == label] or range(len(ground.index_of))
        return End(row=rows[int(torch.randint(len(rows), ()))])

    def replace_ringed(end: End) -> None:
        keep(with_end(Walk(state["walk_ends"], ringed=state["walk_ringed"]), end).ends)

    def typed() -> None:
        places = {index: row for row, index in enumerate(ground.index_of)}
        if state["walk_test"] in places:
            replace_ringed(End(row=places[state["walk_test"]]))

    def uploaded() -> None:
        file = state["walk_upload"]
        if file is None:
            return
        try:
            replace_ringed(bring((file.getvalue(), file.name)))
        except PictureError as error:
            state["walk_problem"] = str(error)

    mode = st.segmented_control(
        "Way of walking",
        list(MODES),
        format_func=MODES.get,
        key="walk_mode",
        required=True,
        label_visibility="collapsed",
    )
    if not LEAST[mode] <= len(state["walk_ends"]) <= MOST[mode]:
        fit(mode)
    ends = state["walk_ends"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        ringed = st.selectbox("Picture", range(len(ends)), format_func=lambda i: name(ends[i], i, ground),
                              key="walk_ringed", width=220)  # fmt: skip
        st.number_input("becomes test picture", 0, max(ground.index_of), key="walk_test", on_change=typed, width=190)
        for label, text in enumerate(ground.labels[:10]):
            st.button(f"A {text}", on_click=lambda label=label: replace_ringed(another(label)), key=f"walk_a_{label}")
        own = ends[ringed].row
        label = ground.label_of[own] if own is not None and ground.label_of else None
        st.button("Another", on_click=lambda: replace_ringed(another(label)))
        z = torch.randn(ground.bounds.latent_dim)
        prior = End(z=tuple(z.tolist()), text="from the prior")
        st.button("From the prior", on_click=lambda: replace_ringed(prior))
        with st.popover("Upload", icon=":material/upload:"):
            st.file_uploader("A picture", TYPES, key="walk_upload", on_change=uploaded, max_upload_size=MOST_MEGABYTES)
        st.button("Swap", on_click=lambda: keep(ends[::-1] if mode != "arithmetic" else (ends[1], ends[0], ends[2])))
        if mode == "walk":
            st.button("Add", on_click=lambda: keep((*ends, another(None))), disabled=len(ends) >= MOST[mode])
            without = ends[:ringed] + ends[ringed + 1 :]
            st.button("Remove", on_click=lambda: keep(without), disabled=len(ends) <= LEAST[mode])
    source = target = None
    if mode == "direction" and (ground.labels or state["walk_lasso_source"]):
        with st.container(horizontal=True):
            state.setdefault("walk_source", 0)
            state.setdefault("walk_target", 1)
            source = choose_group("From the codes of", "source", ground)
            target = choose_group("to the codes of", "target", ground)
    return Walk(ends, mode, state.get("walk_path", "straight"), ringed=ringed, source=source, target=target)


def choose_group(title: str, side: str, ground: Ground) -> Group:
    """One label's codes, or those that a link says were lassoed."""
    lassoed = st.session_state[f"walk_lasso_{side}"]
    names = dict(enumerate(ground.labels)) | ({LASSO: f"{len(lassoed.rows)} lassoed"} if lassoed else {})
    chosen = st.selectbox(title, names, format_func=names.get, key=f"walk_{side}", width=160)
    return lassoed if chosen == LASSO else Group(chosen)


def name(end: End, place: int, ground: Ground) -> str:
    """An end in words."""
    if end.row is None:
        return f"{place + 1}: {end.text or 'a z of its own'}"
    label = f"{ground.labels[ground.label_of[end.row]]}, " if ground.label_of else ""
    return f"{place + 1}: {label}test {ground.index_of[end.row]}"


def drive(version: tuple, checkpoint: Checkpoint, info: DatasetInfo, walk: Walk) -> Walk:
    """The path, t, the picture there and the numbers that vouch for it."""
    if walk.mode == "walk":
        path = st.radio("Path", list(PATHS), format_func=PATHS.get, key="walk_path", horizontal=True)
        walk = replace(walk, path=path)
    low, high = RANGES[walk.mode]
    st.session_state["walk_t"] = min(max(st.session_state["walk_t"], low), high)
    t = st.slider("t", low, high, step=0.01, key="walk_t")
    walk = replace(walk, t=t, frames=st.select_slider("Frames", FRAMES, key="walk_frames"))
    at = torch.tensor([t])
    z = interpolate.latents(version, checkpoint, walk, at)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.image(enlarged(take_along.decode(checkpoint, z)[0], 320), caption="Decoded")
        if walk.mode != "direction":
            mixed = take_along.mixture(checkpoint, info, walk, at)[0]
            st.image(enlarged(mixed, 120), caption="The same sum of pixels")
    known = {key: float(column[0]) for key, column in take_along.evidence(version, checkpoint, walk, at).items()}
    norm, percentile, within, cycle, length = known.values()
    st.caption(
        f"Norm of z {norm:.3g}, beyond {percentile:.1f} % of the prior · {within:.0f} real codes nearby · "
        f"cycle error {cycle:.3g} units of z · path length so far {length:.3g} grey levels"
    )
    if walk.mode == "direction":
        found = interpolate.found_direction(checkpoint, walk)
        if found is None:
            st.caption("This data set has no labels: groups are lassoed on the live map.")
        else:
            counts = [len(interpolate.rows_of(group, checkpoint)) for group in (walk.source, walk.target)]
            st.caption(
                f"Cohen's d {found.cohens_d:.3g} · {found.accuracy:.1%} of {found.held_out} held-out codes on the "
                f"right side · {counts[0]} and {counts[1]} codes"
            )
    return walk


def map_with_paths(version: tuple, checkpoint: Checkpoint, info: DatasetInfo, ground: Ground, walk: Walk) -> go.Figure:
    """The map of codes with every path drawn on it."""
    bounds = ground.bounds
    figure = figures.map_of_codes(checkpoint, info.labels, View(walk.map, bounds.axes, bounds.colours[0]))
    for path in decoded_paths(walk):
        z = interpolate.latents(version, checkpoint, path, interpolate.times(walk, SAMPLES))
        places = on_map(checkpoint, z, walk.map, bounds.axes)
        line = {"color": COLOURS[path.path], "width": 4 if path.path == walk.path else 2}
        figure.add_scattergl(x=places[:, 0], y=places[:, 1], mode="lines", line=line, name=PATHS[path.path])
    return figure.update_layout(height=560)


def curves(walk: Walk, known: dict[Walk, dict[str, torch.Tensor]]) -> go.Figure:
    """The evidence along t, one small plot a measure."""
    figure = make_subplots(rows=4, cols=1, shared_xaxes=True, subplot_titles=MEASURES, vertical_spacing=0.08)
    for path, columns in known.items():
        del columns["prior_percentile"]
        line = {"color": COLOURS[path.path], "width": 3 if path.path == walk.path else 1.2}
        for row, column in enumerate(columns.values(), start=1):
            t = interpolate.times(walk, SAMPLES)
            figure.add_scatter(x=t, y=column, line=line, row=row, col=1, showlegend=False, name=PATHS[path.path])
    figure.add_vline(x=walk.t, line_width=2)
    return figure.update_layout(height=560, margin={"l": 40, "r": 8, "t": 24, "b": 24})


def rows_of_strip(walk: Walk) -> list[str]:
    """The strip's rows, from above."""
    paths = list(PATHS.values()) if walk.mode == "walk" else ["Codes"]
    return paths if walk.mode == "direction" else [*paths, "Pixels"]
