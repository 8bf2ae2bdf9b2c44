"""Tables of numbers and pictures: Streamlit's, which paints its letters itself; in lecture mode plain ones, whose
letters are as large as all others there."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from ui import lecture


def table(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, Any] | None = None, **options) -> None:
    """Show rows of cells by column, and `columns` as `st.column_config` has them; `options` are those of
    `st.dataframe`, where it is shown."""
    if lecture.on():
        st.html(markup(rows, columns or {}))
    else:
        st.dataframe(rows, column_config=columns, hide_index=True, **options)


def markup(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, Any]) -> str:
    """The same as HTML: numbers in their column's printf format, addresses of pictures as pictures."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    lines = ("".join(f"<td>{cell(row.get(name), columns.get(name) or {})}</td>" for name in names) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<table class="plain"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def cell(value: Any, column: Mapping[str, Any]) -> str:
    """What stands in one cell."""
    kind = column.get("type_config") or {}
    if value is None:
        return "–"
    if kind.get("type") == "image":
        return f'<img alt="" src="{escape(value)}">'
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return escape((kind.get("format") or ("%d" if isinstance(value, int) else "%.4g")) % value)
    return escape(str(value))
