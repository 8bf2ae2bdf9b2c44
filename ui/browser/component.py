"""Browser components: a function of Python's for each module of `static/live` that has a `mount`."""

import json
from collections.abc import Callable
from pathlib import Path

import streamlit as st

MODULES = Path(__file__).resolve().parents[2] / "static" / "live"
BOOTSTRAP = (MODULES / "kit" / "bootstrap.js").read_text(encoding="utf-8")
SKELETON = '<div class="live-mount"><div class="live-skeleton"></div></div>'
SKELETON_STYLE = """
.live-skeleton { height: calc(100dvh - 11rem); min-height: 32rem; border-radius: var(--st-base-radius);
  background: var(--st-secondary-background-color); opacity: .6 }
.live-failed { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; margin-bottom: .75rem;
  padding: .5rem 1rem; border-radius: var(--st-base-radius); color: var(--st-text-color);
  background: var(--st-secondary-background-color); border-left: .25rem solid var(--st-primary-color) }
.live-failed p { margin: 0; flex: 1 1 20rem }
.live-failed button { font: inherit; color: inherit; padding: .25rem .75rem; cursor: pointer; background: none;
  border: 1px solid currentColor; border-radius: var(--st-button-radius) }
"""


def define(name: str, module: str, html: str = SKELETON, css: str = SKELETON_STYLE) -> Callable:
    """The component that mounts `static/live/{module}.js`; `modules` of its data is the published folder's address.

    `html` and `css` are what is seen until the module is there.
    """
    script = BOOTSTRAP.replace('"MODULE"', json.dumps(module))
    return st.components.v2.component(name, html=html, css=css, js=script, isolate_styles=False)
