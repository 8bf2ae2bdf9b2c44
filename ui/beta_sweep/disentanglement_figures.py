"""Figures of the disentanglement scores and of the mutual information: pure functions of numbers, without a theme."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ui.beta_sweep.figures import ACCENT, dressed
from ui.figures import RECONSTRUCTION, SCALE
from ui.text import for_plotly


def scores(settings: Sequence[str], runs: Sequence[tuple[str, str, float]], title: str) -> go.Figure:
    """A score over settings: `runs` are (setting, run, score); every run a dot, median and interquartile range."""
    figure = go.Figure()
    middle, low, high = [], [], []
    for place, setting in enumerate(settings):
        own = [(run, score) for name, run, score in runs if name == setting]
        values = [score for _, score in own]
        low_, middle_, high_ = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
        middle.append(middle_)
        low.append(middle_ - low_)
        high.append(high_ - middle_)
        aside = place + 0.14 + 0.16 * (np.arange(len(own)) / max(1, len(own) - 1) if len(own) > 1 else np.zeros(1))
        figure.add_trace(
            go.Scatter(
                x=aside,
                y=values,
                text=[for_plotly(run) for run, _ in own],
                mode="markers",
                showlegend=place == 0,
                name="one seed each",
                marker={"size": 8, "color": RECONSTRUCTION, "opacity": 0.8},
                hovertemplate="%{text}: %{y:.3f}<extra></extra>",
            )
        )
    figure.add_trace(
        go.Scatter(
            x=list(range(len(settings))),
            y=middle,
            error_y={"type": "data", "array": high, "arrayminus": low, "thickness": 2, "width": 6},
            mode="markers+lines",
            name="median, middle half",
            line={"width": 1, "color": ACCENT},
            marker={"size": 11, "symbol": "diamond", "color": ACCENT},
            hovertemplate="median %{y:.3f}<extra></extra>",
        )
    )
    figure.update_xaxes(
        tickvals=list(range(len(settings))),
        ticktext=[for_plotly(setting) for setting in settings],
        zeroline=False,
        range=[-0.5, len(settings) - 0.4],
    )
    figure.update_yaxes(title=for_plotly(title), rangemode="tozero")
    figure.update_layout(legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0})
    return dressed(figure)


def information(matrix: np.ndarray, dimensions: Sequence[str], factors: Sequence[str]) -> go.Figure:
    """Mutual information in nats of each factor with each dimension: `matrix` (D, F)."""
    figure = go.Figure(
        go.Heatmap(
            z=matrix.T,
            x=[for_plotly(dimension) for dimension in dimensions],
            y=[for_plotly(factor) for factor in factors],
            zmin=0,
            colorscale=SCALE,
            xgap=1,
            ygap=1,
            texttemplate="%{z:.2f}",
            textfont={"size": 10},
            colorbar={"title": {"text": "nats", "side": "right"}, "thickness": 8, "outlinewidth": 0},
            hovertemplate="I(%{x}; %{y}) = %{z:.3g} nats<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(showgrid=False)
    return dressed(figure)
