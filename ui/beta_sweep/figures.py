"""Rate, distortion and the KL's parts over beta: pure functions of numbers, which carry no theme of their own."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ui.figures import KL, RECONSTRUCTION, SCALE
from ui.text import for_plotly
from vae_core.analysis.kl_decomposition import information_and_correlation, table_columns, what_holds
from vae_core.models.vae import SMALLEST_STDDEV
from vae_core.rounding import in_sum, negated

HEIGHT = 350
FAR_OFF = 3.0  # a value so many times the next one would leave the others no room: the axis ends before it
NEAR = 0.05  # of the axes: closer points share a label
NAME = 0.12  # of the width: the name of a line
LEVELS = 6  # lines of equal ELBO, about
QUIET = "rgba(128,128,128,0.55)"
ACCENT = "#0b7285"
PARTS = {  # of the KL, shades of its colour: from below, where they are a property of the model
    "index_code_information": ("I(n; z): about which picture", "#a84f0f"),
    "total_correlation": ("TC(z): between dimensions", KL),
    "information_and_correlation": ("I + TC: not told apart", KL),
    "dimension_wise_kl": ("Σ KL(q(zⱼ) ‖ p(zⱼ)): from the prior", "#ffb681"),
    "kl": ("KL alone", "#b9a394"),
}
HATCHED = {"shape": "/", "fgcolor": "#a84f0f", "fillmode": "overlay", "size": 6, "solidity": 0.4}  # both colours
FLOOR = 0.98  # of -log of the smallest sigma that a model allows: from there on sigma stands at it


@dataclass(frozen=True)
class Measured:
    """What was measured of one model on its test split; nats a picture."""

    name: str
    title: str
    rate: float
    distortion: float
    active_units: int
    kl_per_dimension: tuple[float, ...]
    kl_parts: Mapping[str, float]
    unpaid_sigma: tuple[float, int] | None = None  # of beta = 0 alone: E -sum_j log sigma_j, nats, and D

    @property
    def bound(self) -> float:
        """The ELBO."""
        return -(self.rate + self.distortion)

    @property
    def in_sum(self) -> tuple[str, str, str]:
        """Rate, distortion and ELBO as they stand together: the ELBO is minus the sum of the two."""
        rate, distortion, total = in_sum([self.rate, self.distortion])
        return rate, distortion, negated(total)


def end_of_axis(values: Sequence[float]) -> float:
    """Where an axis ends so that a value far beyond all others takes no room."""
    ascending = sorted(values)
    while len(ascending) > 2 and ascending[-1] > FAR_OFF * ascending[-2]:
        ascending.pop()
    return max(ascending, default=1.0) or 1.0


def rate_distortion(models: Sequence[Measured], chosen: str, seeds: Sequence[Measured] = ()) -> go.Figure:
    """Distortion over rate, a point a model, with lines of equal ELBO; the first trace's points are the models.

    A model far beyond the others in rate stands at the right edge with its rate written beside it.
    """
    reach = end_of_axis([model.rate for model in models])
    seeds = [seed for seed in seeds if seed.rate <= FAR_OFF * reach]
    limit = 1.12 * max(reach, *(seed.rate for seed in seeds), 0)
    everyone = [*models, *seeds]
    distortions = [model.distortion for model in everyone]
    room = 0.12 * (max(distortions) - min(distortions)) + 1
    low, high = min(distortions) - room, max(distortions) + room
    beyond = [model.rate > limit for model in models]
    figure = go.Figure(
        go.Scatter(
            x=[min(model.rate, 0.985 * limit) for model in models],
            y=[model.distortion for model in models],
            customdata=[[m.name, for_plotly(m.title), *m.in_sum, m.active_units, for_plotly(m.name)] for m in models],
            text=labels(models, beyond, limit, high - low),
            textposition=["bottom left" if far else "top center" for far in beyond],
            mode="lines+markers+text",
            cliponaxis=False,
            showlegend=False,
            line={"color": QUIET, "width": 1},
            marker={
                "opacity": 1,
                "size": [17 if model.name == chosen else 11 for model in models],
                "color": [ACCENT if model.name == chosen else RECONSTRUCTION for model in models],
                "symbol": ["triangle-right" if far else "circle" for far in beyond],
                "line": {"width": 1.5, "color": "white"},
            },
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            hovertemplate="<b>%{customdata[1]}</b><br>rate %{customdata[2]} nats<br>distortion %{customdata[3]} nats"
            "<br>ELBO %{customdata[4]} nats<br>%{customdata[5]} active units<br>%{customdata[6]}<extra></extra>",
        )
    )
    if seeds:
        figure.add_trace(
            go.Scatter(
                x=[seed.rate for seed in seeds],
                y=[seed.distortion for seed in seeds],
                text=[for_plotly(seed.name) for seed in seeds],
                mode="markers",
                name="other seeds",
                marker={"size": 5, "color": QUIET},
                hovertemplate="%{text}<br>rate %{x:.4g}, distortion %{y:.4g} nats<extra></extra>",
            )
        )
    add_bounds(figure, limit, low, high, [(min(model.rate, limit), model.distortion) for model in models])
    figure.update_xaxes(title="Rate: KL(q(z|x) ‖ p(z)), nats", range=[0, limit], zeroline=False)
    figure.update_yaxes(title="Distortion: −E log p(x|z), nats", range=[low, high], zeroline=False)
    figure.update_layout(legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0})
    return dressed(figure)


def labels(models: Sequence[Measured], beyond: Sequence[bool], width: float, height: float) -> list[str]:
    """What stands beside each point: its beta, the first with the letter; points that lie together share one label."""
    said, first = [], None
    for number, (model, far) in enumerate(zip(models, beyond, strict=True)):
        near = first is not None and not far and abs(model.rate - models[first].rate) < NEAR * width
        if near and abs(model.distortion - models[first].distortion) < NEAR * height:
            said[first] += ", " + short_title(model)
            said.append("")
        else:
            first = None if far else number
            title = for_plotly(model.title) if number == 0 else short_title(model)
            said.append(f"{title}: KL {model.rate:,.0f} →" if far else title)
    return said


def short_title(model: Measured) -> str:
    """What a model is called where others stand beside it, as a figure shows it."""
    return for_plotly(model.title.removeprefix("β = "))


def add_bounds(figure: go.Figure, limit: float, low: float, high: float, points: Sequence[tuple[float, float]]) -> None:
    """Lines along which rate and distortion add up to the same -ELBO, each named at the end that is farther from the
    points (rate, distortion)."""
    for total in nice_levels(low, limit + high):
        left, right = max(0.0, total - high), min(limit, total - low)  # rates at which the line is inside the axes
        if right - left < NAME * limit:
            continue
        figure.add_shape(
            type="line",
            x0=left,
            x1=right,
            y0=total - left,
            y1=total - right,
            line={"color": QUIET, "width": 1, "dash": "dot"},
            layer="below",
        )
        ends = {"left": left + 0.02 * limit, "right": right - 0.02 * limit}
        room = {
            anchor: min(math.hypot((at - x) / limit, (total - at - y) / (high - low)) for x, y in points)
            for anchor, at in ends.items()
        }
        anchor = max(room, key=room.__getitem__)
        figure.add_annotation(
            x=ends[anchor],
            y=total - (ends[anchor] - NAME * limit if anchor == "right" else ends[anchor]),  # above its higher end
            text=f"ELBO {0 - total:g}".replace("-", "−"),
            showarrow=False,
            font={"size": 10, "color": "gray"},
            xanchor=anchor,
            yanchor="bottom",
        )


def nice_levels(low: float, high: float) -> list[float]:
    """About six round numbers between low and high."""
    step = (high - low) / LEVELS
    magnitude = 10 ** np.floor(np.log10(step))
    step = magnitude * min((1, 2, 2.5, 5, 10), key=lambda factor: abs(factor * magnitude - step))
    return np.arange(np.ceil(low / step) * step, high, step).tolist()


def kl_by_dimension(models: Sequence[Measured]) -> go.Figure:
    """KL of each dimension, sorted within each model, as a heat map over the models; active units stand above."""
    depth = max(len(model.kl_per_dimension) for model in models)
    values = np.full((depth, len(models)), np.nan)
    for column, model in enumerate(models):
        ordered = sorted(model.kl_per_dimension, reverse=True)
        values[: len(ordered), column] = ordered
    brightest = end_of_axis(np.nanmax(values, axis=0).tolist())
    figure = go.Figure(
        go.Heatmap(
            z=values,
            x=list(range(len(models))),  # two of one beta keep columns of their own
            customdata=[[for_plotly(model.title) for model in models]] * depth,
            y=[f"{rank + 1}" for rank in range(depth)],
            zmin=0,
            zmax=brightest,
            colorscale=SCALE,
            xgap=1,
            ygap=1,
            text=[[short(value) for value in line] for line in values],
            texttemplate="%{text}",
            textfont={"size": 10},
            colorbar={"title": {"text": "KL, nats", "side": "right"}, "thickness": 8, "outlinewidth": 0},
            hovertemplate="%{customdata}, dimension of rank %{y}: %{z:.3g} nats<extra></extra>",
        )
    )
    for column, model in enumerate(models):
        figure.add_annotation(
            x=column,
            y=1,
            yref="paper",
            yanchor="bottom",
            text=f"<b>{model.active_units}</b>",
            showarrow=False,
        )
    figure.update_xaxes(
        title="β; above it, how many dimensions are active",
        tickangle=0,
        tickvals=list(range(len(models))),
        ticktext=[short_title(m) for m in models],
    )
    figure.update_yaxes(title="Dimensions, by KL", autorange="reversed", showgrid=False, dtick=1)
    return dressed(figure)


def shown_parts(parts: Mapping[str, float]) -> dict[str, float]:
    """The parts of a decomposition that are a property of the model, and add up to its KL, nats."""
    table = table_columns(parts)
    if what_holds(parts) == "kl":
        return {"kl": information_and_correlation(parts) + parts["dimension_wise_kl"]}
    apart = table["total_correlation"] is not None
    names = PARTS.keys() - {"kl"} - ({"information_and_correlation"} if apart else set())
    return {name: value for name, value in table.items() if name in names and value is not None}


def sigma_sentence(model: Measured) -> str:
    """What the rate of a model of beta = 0 is made of, in lines of a chart; nothing for other models."""
    if model.unpaid_sigma is None:
        return ""
    nats, dimensions = model.unpaid_sigma
    at_floor = nats >= -FLOOR * dimensions * math.log(SMALLEST_STDDEV)
    least = f"above the smallest allowed, {SMALLEST_STDDEV:.4f}" if at_floor else "large"
    return f"β = 0: {digits(nats)} nats are −Σ log σ, as<br>no KL in the loss keeps σ<br>{least}"


def kl_decomposition(models: Sequence[Measured]) -> go.Figure:
    """What is known of the KL's parts as stacked bars, a bar a model: all three, the sum of two, or the KL alone.

    A bar far above the others ends at the edge."""
    models = [model for model in models if model.kl_parts]
    shown = [shown_parts(model.kl_parts) for model in models]
    limit = 1.1 * end_of_axis([sum(max(0.0, value) for value in parts.values()) for parts in shown])
    figure = go.Figure()
    for part, (title, colour) in PARTS.items():
        values = [parts.get(part) for parts in shown]
        if all(value is None for value in values):
            continue
        error = "sum_standard_error" if part == "information_and_correlation" else "standard_error"
        told = [(for_plotly(model.title), model.kl_parts.get(error, 0)) for model in models]
        figure.add_trace(
            go.Bar(
                x=list(range(len(models))),
                y=values,
                customdata=told,
                name=title,
                marker={"color": colour, "pattern": HATCHED if part == "information_and_correlation" else {}},
                hovertemplate="%{customdata[0]}: %{y:.3g} ± %{customdata[1]:.2g} nats<extra>" + title + "</extra>",
            )
        )
    for column, parts in enumerate(shown):
        total = sum(parts.values())
        if total > limit:
            figure.add_annotation(
                x=column,
                y=limit,
                yanchor="top",
                text=f"↑ {total:,.0f}",
                showarrow=False,
                font={"color": "white", "size": 11},
            )
    figure.update_layout(barmode="relative", legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0})
    figure.update_xaxes(
        title="β",
        tickvals=list(range(len(models))),
        tickangle=0,
        ticktext=[short_title(m) for m in models],
    )
    sentences = [sentence for model in models if (sentence := sigma_sentence(model))]
    if sentences:
        figure.add_annotation(
            x=1, y=1, xref="paper", yref="paper", xanchor="right", yanchor="top", align="right", showarrow=False,
            text=sentences[0], font={"size": 11},
        )  # fmt: skip
    lowest = min(0, *(value for parts in shown for value in parts.values()))
    figure.update_yaxes(title="nats a picture", range=[lowest, limit])
    return dressed(figure)


def dressed(figure: go.Figure) -> go.Figure:
    """The margins and the size that all of them share."""
    return figure.update_layout(height=HEIGHT, margin={"l": 50, "r": 8, "t": 34, "b": 40}, dragmode=False)


def logarithm(count: int) -> float:
    """The natural logarithm of a number of pictures, nats."""
    return math.log(max(1, count))


def short(value: float) -> str:
    """A number of nats for a cell: two digits, "0" where it is next to nothing, nothing where there is none."""
    if math.isnan(value):
        return ""
    return "0" if value < 0.005 else f"{value:#.2g}".rstrip(".") if value < 99.5 else f"{value:,.0f}"


def digits(value: float) -> str:
    """A number for a sentence: three significant digits and a proper minus sign."""
    size = abs(value)
    text = f"{size:#.3g}".rstrip(".") if 0.001 <= size < 999.5 else f"{float(f'{size:.3g}'):,.0f}"
    return f"−{text}" if value < 0 and text != "0" else text
