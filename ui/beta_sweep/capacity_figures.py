"""Figures of the capacity, of collapsed dimensions and of a training: pure functions of numbers, without a theme."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ui.beta_sweep.figures import QUIET, dressed
from ui.figures import KL, LABEL_COLOURS, RECONSTRUCTION, SCALE
from ui.text import for_plotly

LINE = 0.06  # of the prior's standard deviation: the height of a dot's name


def capacity_course(steps: Sequence[int], allowed: Sequence[float], kl: np.ndarray) -> go.Figure:
    """KL and the capacity C over training: `kl` (T, D) stacked by dimension, the latest largest at the bottom."""
    figure = go.Figure()
    order = np.argsort(-kl[-1])
    for rank, dimension in enumerate(order):
        figure.add_trace(
            go.Scatter(
                x=steps,
                y=kl[:, dimension],
                name=f"z{dimension + 1}",
                stackgroup="kl",
                line={"width": 0.5, "color": LABEL_COLOURS[rank % 10]},
                hovertemplate="%{y:.3g} nats",
            )
        )
    figure.add_trace(
        go.Scatter(
            x=steps, y=allowed, name="C", line={"color": KL, "width": 3, "dash": "dash"}, hovertemplate="%{y:.3g} nats"
        )
    )
    figure.update_layout(hovermode="x unified", legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0})
    figure.update_xaxes(title="Training step")
    figure.update_yaxes(title="KL of each dimension, stacked, nats")
    return dressed(figure)


def usage(spread: np.ndarray, noise: np.ndarray, threshold: float) -> go.Figure:
    """Each dimension's mean posterior stddev against the variance of its means, both (D,); the prior is at (0, 1)."""
    active = spread > threshold
    shown = np.maximum(spread, 1e-6)
    figure = go.Figure()
    for on, name, colour in ((True, "active", RECONSTRUCTION), (False, "collapsed", QUIET)):
        chosen = np.flatnonzero(active == on)
        chosen = chosen[np.argsort(noise[chosen] if on else shown[chosen], kind="stable")]
        names = [f"z{dimension + 1}" for dimension in chosen]
        together = [" ".join(names), *[""] * (len(names) - 1)] if names else []  # collapsed ones lie on one spot
        figure.add_trace(
            go.Scatter(
                x=shown[chosen],
                y=noise[chosen],
                text=apart(names, noise[chosen]) if on else together,
                customdata=names,
                mode="markers+text",
                textposition=["middle left", "middle right"] * (len(names) // 2 + 1) if on else "bottom right",
                name=name,
                marker={"size": 12, "opacity": 1, "color": colour, "line": {"width": 1, "color": "white"}},
                hovertemplate="%{customdata}<br>variance of means %{x:.3g}<br>mean σ %{y:.3g}<extra></extra>",
            )
        )
    figure.add_vline(x=threshold, line={"color": KL, "width": 2, "dash": "dash"})
    figure.add_hline(y=1, line={"color": QUIET, "width": 1, "dash": "dot"})
    figure.add_annotation(
        x=0.98,
        xref="paper",
        y=1,
        text="σ of the prior",
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        font={"size": 10, "color": "gray"},
    )
    low = np.log10(min(shown.min(), threshold)) - 0.3
    high = np.log10(max(shown.max(), threshold)) + 0.5
    figure.update_xaxes(
        title="Variance of E[zⱼ|x] over test pictures",
        type="log",
        range=[low, high],
        dtick=1,
        exponentformat="power",
    )
    figure.update_yaxes(title="Mean σⱼ(x)", range=[-0.08, 1.15 * max(1.0, noise.max())], zeroline=False)
    figure.update_layout(legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0})
    return dressed(figure)


def apart(names: Sequence[str], heights: np.ndarray) -> list[str]:
    """Names for points in ascending order, left and right by turns, empty where two would lie on each other."""
    said, last = [], [-np.inf, -np.inf]
    for number, (name, height) in enumerate(zip(names, heights, strict=True)):
        free = height - last[number % 2] > LINE
        said.append(name if free else "")
        last[number % 2] = height if free else last[number % 2]
    return said


def posteriors(
    mean: np.ndarray,
    stddev: np.ndarray,
    names: Sequence[str],
    one: tuple[np.ndarray, np.ndarray] | None = None,
) -> go.Figure:
    """Every test picture's q(zⱼ|x), a dot for each: `mean` and `stddev` (N, D) in the order of `names`; `one` picture's
    own, (D,) each, stand out with their spread."""
    count, dimensions = mean.shape
    aside = np.random.default_rng(0).uniform(-0.3, 0.3, mean.shape)
    figure = go.Figure(
        go.Scatter(
            x=(np.arange(dimensions) + aside).ravel(),
            y=mean.ravel(),
            mode="markers",
            marker={
                "size": 3,
                "opacity": 0.7,
                "color": stddev.ravel(),
                "colorscale": SCALE,
                "cmin": 0,
                "cmax": 1,
                "colorbar": {"title": {"text": "σⱼ(x)", "side": "right"}, "thickness": 8, "outlinewidth": 0},
            },
            hoverinfo="skip",
            showlegend=False,
        )
    )
    if one is not None:
        figure.add_trace(
            go.Scatter(
                x=np.arange(dimensions),
                y=one[0],
                error_y={"type": "data", "array": one[1], "thickness": 2, "width": 5, "color": KL},
                mode="markers",
                name="the rail's picture, μ ± σ",
                marker={"size": 9, "color": KL, "line": {"width": 1, "color": "white"}},
                hovertemplate="%{y:.3g} ± %{error_y.array:.3g}<extra></extra>",
            )
        )
        figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0})
    figure.update_xaxes(
        tickvals=list(range(dimensions)), ticktext=[for_plotly(name) for name in names], zeroline=False, title="By KL"
    )
    figure.update_yaxes(title=f"E[zⱼ|x] of {count} test pictures")
    return dressed(figure)


def worth(names: Sequence[str], lost: Sequence[float], paid: Sequence[float]) -> go.Figure:
    """What switching each dimension off alone loses in reconstruction, and the KL it no longer costs, nats."""
    figure, names = go.Figure(), [for_plotly(name) for name in names]
    figure.add_trace(go.Bar(x=names, y=lost, name="reconstruction lost", marker={"color": RECONSTRUCTION}))
    figure.add_trace(go.Bar(x=names, y=paid, name="KL saved", marker={"color": KL}))
    figure.update_traces(hovertemplate="%{x}: %{y:.3g} nats")
    figure.update_layout(barmode="group", legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0})
    figure.update_yaxes(title="nats a picture")
    return dressed(figure)


def course(step: Sequence[int], log_likelihood: Sequence[float], kl: Sequence[float]) -> go.Figure:
    """The two terms of the ELBO over a training that is under way."""
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(x=step, y=[-value for value in log_likelihood], name="distortion", line={"color": RECONSTRUCTION})
    )
    figure.add_trace(go.Scatter(x=step, y=kl, name="rate", line={"color": KL}))
    figure.update_traces(mode="lines", hovertemplate="%{y:.3g} nats")
    figure.update_xaxes(title="Training step")
    figure.update_yaxes(title="nats a picture", rangemode="tozero")
    figure.update_layout(hovermode="x unified", legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0})
    return dressed(figure)
