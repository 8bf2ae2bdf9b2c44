"""Tables: Streamlit's own, and in lecture mode plain ones, whose letters are as large as all others."""

import re

import streamlit as st
from streamlit.testing.v1 import AppTest

from ui import tables

ROWS = [
    {"Method": "<b>mean</b>", "Mean": "data:image/png;base64,AAAA", "Time, ms": 12.3456, "Active": 7, "NLL": 0.123456},
    {"Method": "knn", "Mean": "data:image/png;base64,BBBB", "Time, ms": None, "Active": 12},
]
COLUMNS = {"Mean": st.column_config.ImageColumn(), "Time, ms": st.column_config.NumberColumn(format="%.3g")}


def cells(markup: str) -> list[list[str]]:
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line) for line in re.findall(r"<tr>(.*?)</tr>", markup)]


def test_a_plain_table_holds_the_same_cells_as_text_and_pictures():
    assert cells(tables.markup(ROWS, COLUMNS)) == [
        ["Method", "Mean", "Time, ms", "Active", "NLL"],
        ["&lt;b&gt;mean&lt;/b&gt;", '<img alt="" src="data:image/png;base64,AAAA">', "12.3", "7", "0.1235"],
        ["knn", '<img alt="" src="data:image/png;base64,BBBB">', "–", "12", "–"],
    ]


def test_only_in_lecture_mode_a_table_is_plain():
    app = AppTest.from_string("from ui import tables\ntables.table([{'a': 1}])").run()
    assert len(app.dataframe) == 1 and not app.get("html")
    app.session_state["lecture"] = True
    app.run()
    assert not app.exception and not app.dataframe and len(app.get("html")) == 1
