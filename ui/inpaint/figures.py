"""Pure functions that return the Inpaint page's plotly figures."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from ui.figures import LABEL_COLOURS
from ui.text import for_plotly

METHOD_COLOURS = dict(
    zip(
        (
            "mean",
            "knn",
            "naive",
            "masked",
            "partial-conv",
            "pseudo-gibbs",
            "metropolis",
            "importance",
            "gradient",
            "annealed",
        ),
        LABEL_COLOURS,
        strict=True,
    )
)
WHOLE, OBSERVED = "#e76300", "#3f90da"  # q(z | x) and q(z | x observed), in the formula, too
BELOW = {"orientation": "h", "y": -0.2, "yanchor": "top"}  # the legend, so that phones keep room for the lines
HONEST = {"coverage": 0.95, "variance_ratio": 1.0}  # of faces; of any pixels


def posteriors(clouds: Mapping[str, np.ndarray], background: np.ndarray, titles: tuple[str, str]) -> go.Figure:
    """Draws (N, 2) of q(z | x) and of q(z | x observed) by name, over codes (M, 2) on the same map."""
    figure = go.Figure()
    marker = {"size": 3, "color": "#94a4a2", "opacity": 0.5}
    figure.add_trace(go.Scatter(x=background[:, 0], y=background[:, 1], mode="markers", marker=marker, name="codes"))
    colours = dict(zip(clouds, (WHOLE, OBSERVED), strict=True))
    for name in reversed(clouds):  # the narrow one on top
        x, y = clouds[name].T
        marker = {"size": 6, "color": colours[name], "opacity": 0.65}
        figure.add_trace(go.Scatter(x=x, y=y, mode="markers", marker=marker, name=for_plotly(name)))
    figure.update_traces(hoverinfo="skip")
    figure.update_layout(height=440, margin={"l": 10, "r": 10, "t": 10, "b": 10}, legend=BELOW)
    figure.update_xaxes(title=for_plotly(titles[0]), constrain="domain")
    figure.update_yaxes(title=for_plotly(titles[1]), scaleanchor="x", constrain="domain")
    return figure


def error_curves(rows: Sequence[Mapping], names: Mapping[str, str], unit: str, key: str) -> go.Figure:
    """Error over the share of pixels that the masks do hide, with its standard error, one line a method; `rows` are
    those of Measured.to_json, `key` the error's."""
    figure = go.Figure()
    for method in names:
        own = sorted(
            (row.get("hidden", row["fraction"]), row[key], row["standard_errors"].get(key) or 0)
            for row in rows
            if row["method"] == method
        )
        if not own:
            continue
        fractions, errors, uncertain = zip(*own, strict=True)
        line = {
            "color": METHOD_COLOURS[method],
            "width": 2,
            "dash": "dot" if method in ("mean", "knn", "naive") else None,
        }
        figure.add_trace(
            go.Scatter(
                x=fractions,
                y=errors,
                error_y={"array": uncertain, "thickness": 1, "width": 0},
                name=for_plotly(names[method]),
                mode="lines+markers",
                line=line,
            )
        )
    if key in HONEST:
        figure.add_hline(HONEST[key], line={"dash": "dash", "width": 1, "color": "#94a4a2"})
    figure.update_layout(height=460, showlegend=True, margin={"l": 10, "r": 10, "t": 10, "b": 10}, legend=BELOW)
    figure.update_xaxes(title="share of hidden pixels", tickformat=".0%").update_yaxes(title=for_plotly(unit))
    return figure
