"""Table on the Models page: it agrees with `zoo table --json`, and says which comparison it shows."""

import json

import pytest
from screens import query_of, sent_to_browser
from test_models import FLAT, said
from typer.testing import CliRunner

from ui.models import table
from ui.models.table_figure import dot_plot
from vae_core.cli import app as command_line
from vae_core.studies.comparison import Row

PAGE = "pages/models.py"
HERE = {"model": FLAT, "section": "table"}
M2 = Row(
    "Few labels", "100 labels", "classification_error", "%", ("a-0", "a-1"), 2,
    ours=10.0, spread=1.5, images=1000, importance_samples=100, epochs=15,
    published=11.97, published_error=1.71, source="A paper, table 1", published_setting="M2",
)  # fmt: skip
BOUND = Row("Few labels", "600 labels", "nll", "nats", ("b",), 1, ours=9.0, standard_error=0.2, bound=True, epochs=15)
NEVER = Row("Few labels", "3,000 labels", "nll", "nats", ("c",), 0, epochs=15)


def marks(figure, name: str) -> dict[str, tuple]:
    """By row, where a kind of mark stands and what is written there."""
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return {y: (x, text) for x, y, text in zip(trace.x, trace.y, trace.text or [], strict=False) if y is not None}


def test_every_number_is_that_of_the_command():
    result = CliRunner().invoke(command_line, ["zoo", "table", "--json"])
    printed = json.loads(result.stdout)
    everything = table.rows()
    assert json.loads(json.dumps([row.to_json() for row in everything])) == printed
    seen = 0
    for name, title in table.TITLES.items():
        figure = dot_plot(table.of(name, everything))
        ours, published = marks(figure, "ours"), marks(figure, "published")
        for row in (row for row in printed if row["comparison"] == title):
            assert ours.get(row["what"], (None,))[0] == row["ours"]
            assert published.get(row["what"], (None,))[0] == row["published"]
            seen += 1
    assert seen == len(printed) > 20


def test_marks_have_their_errors_bounds_and_settings():
    figure = dot_plot([M2, BOUND, NEVER])
    assert marks(figure, "ours") == {"100 labels": (10.0, "10.00 ± 1.50"), "600 labels": (9.0, "≤ 9.00")}
    assert marks(figure, "published") == {"100 labels": (11.97, "11.97 ± 1.71")}
    published, ours = figure.data
    assert list(ours.error_x.array) == [1.5, None], "a bound has no standard error"
    assert published.marker.color == "rgba(0,0,0,0)" and ours.marker.color != published.marker.color
    assert "A paper, table 1" in published.customdata[0] and "15 epochs" in ours.customdata[0]
    (never,) = figure.layout.annotations
    assert never.y == "3,000 labels" and never.text == "not trained yet"
    low, high = figure.layout.xaxis.range
    assert low < 8.5 and high > 11.97 + 1.71, "errors are inside"


def test_a_figure_that_may_be_too_high_is_drawn_around_its_best():
    rows = [
        Row("Sharpness", what, "sharpness_of_samples", "%", (what,), 1, ours=ours, standard_error=error, best=100.0)
        for what, ours, error in (("blurred", 5.0, 0.5), ("noise", 4000.0, 200.0), ("faint", 0.5, 0.6))
    ]
    figure = dot_plot([*rows, Row("Sharpness", "never", "sharpness_of_samples", "%", ("d",), 0, best=100.0)])
    axis, (line,) = figure.layout.xaxis, figure.layout.shapes
    assert axis.title.text == "sharpness of samples, %: 100 is best" and axis.type == "log"
    assert (line.x0, line.x1) == (100.0, 100.0)
    low, high = axis.range
    assert 10**low < 0.5 and 10**high > 4200
    assert "less is better" in dot_plot([M2]).layout.xaxis.title.text


def test_a_comparison_without_any_figure_is_a_figure_all_the_same():
    figure = dot_plot([NEVER])
    assert [trace.name for trace in figure.data] == ["published", "ours"] and len(figure.layout.annotations) == 1


def test_it_opens_on_a_comparison_that_has_both(zoo, open_page):
    app = open_page(**HERE)
    assert not app.exception and not app.error and not said(app)
    data = sent_to_browser(app)
    assert data["section"] == "table" and data["names"] == list(table.TITLES)
    own = table.of(data["here"], table.rows())
    assert any(row.ours is not None and row.published is not None for row in own)
    assert any(own[0].comparison in title for title in app.selectbox(key="models_table").options)


def test_link_and_control_lead_to_a_comparison(zoo, open_page):
    first, second = list(table.TITLES)[:2]
    app = open_page(**HERE, table=second)
    assert app.selectbox(key="models_table").value == second and sent_to_browser(app)["here"] == second
    app = app.selectbox(key="models_table").set_value(first).run()
    assert query_of(app)["table"] == first and sent_to_browser(app)["here"] == first


def captions(app) -> str:
    return " ".join(caption.value for caption in app.caption).replace("\\", "").replace("\u2060", "")


def test_what_else_was_published_stands_below(zoo, open_page):
    told = captions(open_page(**HERE, table="ladder"))
    own = table.of("ladder", table.rows())
    assert own[0].also.startswith("best public reproduction") and f"○ Also published: {own[0].also}." in told
    assert "NAME-long is the recipe of a longer one" in told and "A longer race" not in told


def test_a_race_says_whose_order_it_has_and_how_a_longer_one_is_run(zoo, open_page):
    told = captions(open_page(**HERE, table="latents-frey"))
    own = table.of("latents-frey", table.rows())
    assert own[0].finding.startswith("Order reversed") and own[0].finding in told
    assert f"`python -m vae_core {own[0].shortened} --out FILE`" in told and "NAME-long" not in told
    assert own[0].shortened.split()[:3] == ["race", "--dataset", "frey"]


@pytest.mark.parametrize("name", ["nowhere", ""])
def test_a_comparison_that_there_is_not_is_left_out_with_a_sentence(zoo, open_page, name):
    app = open_page(**HERE, table=name)
    assert not app.exception and "'table' was left out: it may be" in said(app).replace("\\", "").replace("\u2060", "")
