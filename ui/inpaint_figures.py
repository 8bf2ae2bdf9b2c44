"""Pure functions that return the Inpaint page's plotly figures."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ui.figures import LABEL_COLOURS

METHOD_COLOURS = dict(
    zip(
        ("mean", "knn", "naive", "masked", "pseudo-gibbs", "metropolis", "importance", "gradient"),
        LABEL_COLOURS,
        strict=False,
    )
)
CHAINS = {"pseudo-gibbs": "Pseudo-Gibbs", "metropolis": "Metropolis-within-Gibbs"}
FRAME_MS = 120  # of one step while playing


def chain_player(
    pictures: Mapping[str, np.ndarray],
    paths: Mapping[str, np.ndarray],
    bounds: Mapping[str, np.ndarray],
    background: np.ndarray,
    labels: np.ndarray | None,
    titles: tuple[str, str],
) -> go.Figure:
    """Two chains side by side, played step by step: the picture, the path over the map of codes, the bound.

    By chain: `pictures` (T, H, W) of bytes, `paths` (T, 2) on the map, `bounds` (T,) in nats. `background` (N, 2) are
    codes on the same map, `labels` (N,) theirs, `titles` the map's axes.
    """
    names = list(pictures)
    figure = make_subplots(
        rows=2,
        cols=3,
        column_widths=[0.2, 0.4, 0.4],
        horizontal_spacing=0.06,
        vertical_spacing=0.14,
        subplot_titles=[title for name in names for title in (CHAINS[name], "", "Bound, nats")],
    )
    moving = []
    steps = len(pictures[names[0]])
    for row, name in enumerate(names, 1):
        figure.add_trace(heat(pictures[name][0]), row, 1)
        moving.append(len(figure.data) - 1)
        colours = "#94a4a2" if labels is None else [LABEL_COLOURS[label % 10] for label in labels]
        dots = {"size": 4, "color": colours, "opacity": 0.45}
        figure.add_trace(go.Scatter(x=background[:, 0], y=background[:, 1], mode="markers", marker=dots), row, 2)
        line = {"color": "#717581", "width": 1}
        figure.add_trace(
            go.Scatter(x=paths[name][:1, 0], y=paths[name][:1, 1], mode="lines+markers", line=line), row, 2
        )
        figure.data[-1].marker = {"size": [11], "color": "#e76300"}
        moving.append(len(figure.data) - 1)
        x = np.arange(1, steps + 1)
        figure.add_trace(go.Scatter(x=x, y=bounds[name], mode="lines", line={"color": "#3f90da", "width": 1.5}), row, 3)
        mark = {"size": 10, "color": "#e76300"}
        figure.add_trace(go.Scatter(x=x[:1], y=bounds[name][:1], mode="markers", marker=mark), row, 3)
        moving.append(len(figure.data) - 1)
        figure.update_xaxes(visible=False, constrain="domain", row=row, col=1)
        height = pictures[name].shape[1]
        anchor = figure.data[moving[-3]].xaxis
        figure.update_yaxes(visible=False, scaleanchor=anchor, range=[height - 0.5, -0.5], row=row, col=1)
        figure.update_xaxes(title=titles[0] if row == len(names) else None, row=row, col=2)
        figure.update_yaxes(title=titles[1], row=row, col=2)
        figure.update_xaxes(title="step" if row == len(names) else None, row=row, col=3)
    figure.frames = [frame(step, names, pictures, paths, bounds, moving) for step in range(steps)]
    still = {"mode": "immediate", "frame": {"duration": 0, "redraw": True}, "transition": {"duration": 0}}
    going = {**still, "fromcurrent": True, "frame": {"duration": FRAME_MS, "redraw": True}}
    buttons = [
        {"label": "▶ Play", "method": "animate", "args": [None, going]},
        {"label": "❚❚ Pause", "method": "animate", "args": [[None], still]},
    ]
    marks = [{"label": str(step + 1), "method": "animate", "args": [[str(step)], still]} for step in range(steps)]
    figure.update_layout(
        height=560,
        showlegend=False,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        updatemenus=[
            {"type": "buttons", "direction": "left", "x": 0, "y": -0.17, "xanchor": "left", "yanchor": "top"}
            | {"buttons": buttons, "showactive": False, "pad": {"t": 0, "r": 10}}
        ],
        sliders=[{"x": 0.22, "len": 0.78, "y": -0.1, "currentvalue": {"prefix": "step "}, "steps": marks}],
    )
    return figure


def frame(
    step: int, names: Sequence[str], pictures: Mapping, paths: Mapping, bounds: Mapping, moving: list
) -> go.Frame:
    """What moves at one step: for each chain its picture, its last places on the map, its mark on the bound."""
    data = []
    for name in names:
        tail = paths[name][max(0, step - 15) : step + 1]
        sizes = [4] * (len(tail) - 1) + [11]
        data += [
            heat(pictures[name][step]),
            go.Scatter(x=tail[:, 0], y=tail[:, 1], marker={"size": sizes, "color": "#e76300"}),
            go.Scatter(x=[step + 1], y=[bounds[name][step]]),
        ]
    return go.Frame(data=data, traces=moving, name=str(step))


def heat(picture: np.ndarray) -> go.Heatmap:
    """A picture of bytes (H, W) in grey."""
    return go.Heatmap(z=picture.tolist(), colorscale="gray", zmin=0, zmax=255, showscale=False, hoverinfo="skip")


def error_curves(rows: Sequence[Mapping], names: Mapping[str, str], unit: str, key: str) -> go.Figure:
    """Error over missing fraction, one line a method; `rows` are those of Measured.to_json, `key` the error's."""
    figure = go.Figure()
    for method in names:
        own = sorted((row["fraction"], row[key]) for row in rows if row["method"] == method)
        if not own:
            continue
        fractions, errors = zip(*own, strict=True)
        line = {
            "color": METHOD_COLOURS[method],
            "width": 2,
            "dash": "dot" if method in ("mean", "knn", "naive") else None,
        }
        figure.add_trace(go.Scatter(x=fractions, y=errors, name=names[method], mode="lines+markers", line=line))
    figure.update_layout(height=380, margin={"l": 10, "r": 10, "t": 10, "b": 10}, legend={"orientation": "v"})
    figure.update_xaxes(title="share of hidden pixels", tickformat=".0%").update_yaxes(title=unit)
    return figure
