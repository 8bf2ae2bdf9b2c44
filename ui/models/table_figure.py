"""The table as a figure: published figures as open marks, ours as filled ones, a row for each setting."""

from collections.abc import Sequence
from math import log10

import plotly.graph_objects as go

from ui.text import for_plotly
from vae_core.studies.comparison import Row
from vae_core.tables import FIGURES, error_of, ours_of, published_of

ACCENT, INK = "#0b7285", "#7b8187"  # INK can be read on a light ground and on a dark one
HIGH, LOW, FEW = 64, 50, 5  # pixels a row of few ones, and of more
FRAME = 90  # pixels of what stands around them
ABOVE = 0.7  # of a row, over the first one: its number has room there in lecture mode, too
LETTERS = 14  # pixels
MARK = 15
MARGIN = 0.2  # of the values' range, at either end
TICKS = [digit * 10.0**decade for decade in range(-3, 7) for digit in (1, 2, 5)]  # of a logarithmic axis
FEWEST = 0.5  # of the unit that the axis spans, so that noise does not look like a difference


def dot_plot(rows: Sequence[Row]) -> go.Figure:
    """One comparison: its rows from above, its figure along the axis, errors as bars, numbers beside the marks."""
    figure = go.Figure()
    published = [row for row in rows if row.published is not None]
    ours = [row for row in rows if row.ours is not None]
    figure.add_trace(
        marks(
            "published",
            published,
            [row.published for row in published],
            [row.published_error for row in published],
            [published_of(row) for row in published],
            [f"{row.source}<br>{row.published_setting}" for row in published],
            {"color": "rgba(0,0,0,0)", "line": {"color": INK, "width": 3}},
            "top center",
        )
    )
    figure.add_trace(
        marks(
            "ours",
            ours,
            [row.ours for row in ours],
            [error_of(row) for row in ours],
            [ours_of(row).replace("-", "−") for row in ours],
            [settings(row) for row in ours],
            {"color": ACCENT},
            "bottom center",
        )
    )
    reaches = [ends_of(row.published, row.published_error) + ends_of(row.ours, error_of(row)) for row in rows]
    ends, best = [end for reach in reaches for end in reach], rows[0].best
    for row in rows:
        if row.ours is None:
            figure.add_annotation(
                x=1, xref="paper", xanchor="right", y=for_plotly(row.what), yshift=LETTERS,
                text="not trained yet", showarrow=False, font={"color": INK, "size": LETTERS},
            )  # fmt: skip
    figure.update_layout(
        height=FRAME + (HIGH if len(rows) <= FEW else LOW) * len(rows),
        margin={"l": 0, "t": 30, "b": 45},
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0},
        showlegend=True,
    )
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=[for_plotly(row.what) for row in rows],
        range=[len(rows) - 0.5, -ABOVE],
        showgrid=True,
        ticksuffix="  ",
        tickfont={"size": LETTERS},
    )
    title = f"{title_of(rows[0])}, {rows[0].unit}"
    if best is None:
        figure.update_xaxes(title=f"{title}: less is better", range=span(ends), zeroline=False)
    else:  # half of it is as far away as its double
        decades = span([log10(end) for end in [*ends, best] if end > 0])
        figure.update_xaxes(
            title=f"{title}: {best:g} is best", type="log", range=decades, tickvals=TICKS, tickformat=",~g"
        )
        figure.add_vline(best, line={"color": INK, "dash": "dot"}, layer="below")
    return figure


def marks(
    name: str,
    rows: Sequence[Row],
    values: Sequence[float | None],
    errors: Sequence[float | None],
    texts: Sequence[str],
    told: Sequence[str],
    marker: dict,
    beside: str,
) -> go.Scatter:
    """One kind of mark: where it stands, its errors, its numbers, and what is told on hover."""
    return go.Scatter(
        name=name,
        x=list(values) or [None],  # one that is nowhere still has its place in the legend
        y=[for_plotly(row.what) for row in rows] or [None],
        mode="markers+text",
        marker={"size": MARK, **marker},
        error_x={"array": list(errors), "color": INK, "thickness": 2, "width": 0},
        text=list(texts),
        textposition=beside,
        textfont={"size": LETTERS},
        customdata=list(told),
        hovertemplate="%{y}: %{text}<br>%{customdata}<extra>" + name + "</extra>",
        cliponaxis=False,
    )


def ends_of(value: float | None, error: float | None) -> list[float]:
    """How far a mark with its error reaches; nothing where there is none."""
    return [] if value is None else [value - (error or 0), value + (error or 0)]


def settings(row: Row) -> str:
    """Of which recipe our figure is, and how it was measured."""
    recipes = row.recipes[0] if len(row.recipes) == 1 else f"{row.recipes[0]} to {row.recipes[-1]}"
    return for_plotly(f"{recipes}: {row.epochs} epochs, {row.setting}")


def span(values: Sequence[float]) -> tuple[float, float]:
    """The ends of an axis that shows these values with room for their numbers."""
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    wide = max(high - low, FEWEST)
    middle = (low + high) / 2
    return middle - (0.5 + MARGIN) * wide, middle + (0.5 + MARGIN) * wide


def title_of(row: Row) -> str:
    """The figure of a comparison as people write it."""
    return FIGURES.get(row.figure, row.figure.replace("_", " ")).replace("-", "−")
