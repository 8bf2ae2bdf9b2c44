"""What a component reports, in the form that its page sends it: anything else is a stranger's, and nobody's word.

A form is a type (`int`, `float`, `str`, `bool`; `object` for anything), None, a list of one form, a mapping of names to
forms, or a tuple of forms of which one fits. A name that is missing is None, and one that the form does not have is
not looked at.
"""

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

Form = Any
LARGEST = 2**53  # whole numbers beyond it are no longer whole in a browser
FILE: Form = {"name": (str, None), "base64": (str, None), "ringed": (int, None)}


def fits(value: object, form: Form) -> bool:
    """Whether a value has a form; a number is finite, and no number is true or false."""
    if isinstance(form, tuple):
        return any(fits(value, one) for one in form)
    if isinstance(form, dict):
        return isinstance(value, Mapping) and all(fits(value.get(name), part) for name, part in form.items())
    if isinstance(form, list):
        return isinstance(value, list) and all(fits(part, form[0]) for part in value)
    if form is None:
        return value is None
    if form is int:
        return type(value) is int and abs(value) <= LARGEST
    if form is float:
        return fits(value, int) or (isinstance(value, float) and math.isfinite(value))
    return isinstance(value, form)


def sent(key: str, form: Form) -> Mapping[str, Any] | None:
    """The newest place that a component reported, before it is mounted in this run; None for what its page never
    sends."""
    return asked(key, "place", {"sequence": int, **form})


def asked(key: str, name: str, form: Form) -> Any:
    """What the component asked for in this run: a file, the camera, an estimate; None for what its page never asks."""
    state = st.session_state.get(key)
    value = state.get(name) if isinstance(state, Mapping) else None
    return value if value is not None and fits(value, form) else None
