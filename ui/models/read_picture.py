"""The picture that a section reads, in its state and in the link: a test picture, or one that was drawn."""

from dataclasses import replace
from typing import Any

from ui import pictures
from ui.frame import Shown
from ui.link import Field, whole_between


def _row(state: Any, text: str, shown: Shown) -> Any:
    return replace(state, row=whole_between(text, 0, len(shown.checkpoint.codes.indices) - 1), drawn=None)


def _sample(state: Any, text: str, shown: Shown) -> Any:
    row = pictures.row_of(shown.checkpoint.codes, pictures.coded(text, shown.checkpoint))
    return replace(state, row=row, drawn=None)


def _written_sample(state: Any, shown: Shown) -> str | None:
    return None if state.row is None else str(int(shown.checkpoint.codes.indices[state.row]))


def _drawn(state: Any, text: str, shown: Shown) -> Any:
    shape = tuple(shown.checkpoint.model.config.picture_shape)
    return replace(state, row=None, drawn=pictures.sixteen_greys(text, shape))


FIELDS = (  # of a state with `row`, of the test picture's code, and `drawn`, of which one is None
    Field("row", _row, lambda state, _: None),  # as the browser knows it
    Field("sample", _sample, _written_sample),
    Field("drawn", _drawn, pictures.written_drawing),
)
