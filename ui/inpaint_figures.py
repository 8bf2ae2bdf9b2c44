"""Pure functions that return the Inpaint page's plotly figures."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from ui.figures import LABEL_COLOURS

METHOD_COLOURS = dict(
    zip(
        ("mean", "knn", "naive", "masked", "pseudo-gibbs", "metropolis", "importance", "gradient"),
        LABEL_COLOURS,
        strict=False,
    )
)


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
