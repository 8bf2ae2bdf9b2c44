"""The test error over the number of labels as a figure: every draw of the labels, their mean, the paper's."""

import math
from collections.abc import Sequence
from statistics import fmean, stdev

import plotly.graph_objects as go

from ui.models.table_figure import ACCENT, INK, LETTERS, MARK
from ui.text import for_plotly
from vae_core.studies.comparison import Draws

HIGH = 380  # pixels
DOT, RING = 9, 24
ASIDE = 1.05  # what means stand beside the draws by, as a factor
RINGED = "#e76300"
OF_KINDS = (ACCENT, "#a0399c", "#8a6d00")


def error_over_labels(settings: Sequence[Draws], here: tuple[str, int, float] | None) -> go.Figure:
    """Settings in the order of their labels; `here` is the name of the model on the screen, the number of its labels
    and its error in percent."""
    figure = go.Figure()
    kinds = list(dict.fromkeys(draws.kind for draws in settings))
    for kind, colour in zip(kinds, OF_KINDS, strict=False):
        add_kind(figure, [d for d in settings if d.kind == kind], colour, f"{kind}, " if len(kinds) > 1 else "")
    if here is not None:
        name, labels, error = here
        figure.add_trace(
            go.Scatter(
                name="this model",
                x=[labels],
                y=[error],
                mode="markers",
                marker={"size": RING, "symbol": "circle-open-dot", "color": RINGED, "line": {"width": 3}},
                customdata=[for_plotly(name)],
                hovertemplate="%{customdata}<br>%{y:.2f} %<extra>this model</extra>",
            )
        )
    for labels in sorted({draws.labels for draws in settings}):
        if not any(draws.known for draws in settings if draws.labels == labels):
            figure.add_annotation(
                x=math.log10(labels), xref="x", y=0, yref="paper", yanchor="bottom", showarrow=False,
                text="not trained<br>yet", font={"color": INK, "size": LETTERS},
            )  # fmt: skip
    places = sorted({draws.labels for draws in settings} | ({here[1]} if here else set()))
    figure.update_layout(
        height=HIGH,
        margin={"l": 0, "t": 30, "b": 45},
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0},
        showlegend=True,
    )
    figure.update_xaxes(
        type="log",
        title="labels that the model is told, log scale",
        tickvals=places,
        ticktext=[f"{place:,}" for place in places],
        tickfont={"size": LETTERS},
        showgrid=False,
    )
    figure.update_yaxes(title="test error, %: less is better", rangemode="tozero", zeroline=True)
    return figure


def add_kind(figure: go.Figure, settings: Sequence[Draws], colour: str, of: str) -> None:
    """One kind of model: the paper's figures, ours as means and spreads, and every draw; `of` begins their names."""
    known = [draws for draws in settings if draws.known]
    told = [(draws, draws.published) for draws in settings if draws.published is not None]
    if told:
        figure.add_trace(
            go.Scatter(
                name=f"{of}published",
                x=[draws.labels / ASIDE for draws, _ in told],
                y=[published.value for _, published in told],
                error_y=bars([published.error for _, published in told]),
                mode="markers",
                marker={"size": MARK, "color": "rgba(0,0,0,0)", "line": {"color": colour if of else INK, "width": 3}},
                customdata=[for_plotly(f"{draws.what}: {published.source}") for draws, published in told],
                hovertemplate="%{customdata}<br>%{y:.2f} %<extra>published</extra>",
            )
        )
    if of and not known:
        return
    figure.add_trace(
        go.Scatter(
            name=f"{of}ours, mean ± spread of the draws",
            x=[draws.labels * ASIDE for draws in known] or [None],
            y=[fmean(draws.known) for draws in known] or [None],
            error_y=bars([stdev(draws.known) if len(draws.known) > 1 else None for draws in known]),
            mode="lines+markers",
            marker={"size": 22, "symbol": "line-ew", "line": {"color": colour, "width": 3}},
            line={"color": colour, "width": 2},
            customdata=[for_plotly(f"{draws.what}: {len(draws.known)} draws") for draws in known],
            hovertemplate="%{customdata}<br>%{y:.2f} %<extra>ours</extra>",
        )
    )
    dots = [
        (draws, name, value)
        for draws in known
        for name, value in zip(draws.recipes, draws.values, strict=True)
        if value is not None
    ]
    figure.add_trace(
        go.Scatter(
            name=f"{of}one draw of the labels",
            x=[draws.labels for draws, _, _ in dots] or [None],
            y=[value for _, _, value in dots] or [None],
            mode="markers",
            marker={"size": DOT, "color": colour, "opacity": 0.8},
            customdata=[for_plotly(name) for _, name, _ in dots],
            hovertemplate="%{customdata}<br>%{y:.2f} %<extra>one draw</extra>",
        )
    )


def bars(errors: Sequence[float | None]) -> dict:
    """Errors as bars of a trace; none where there are none."""
    return {"array": [error or 0 for error in errors], "color": INK, "thickness": 2, "width": 5}
