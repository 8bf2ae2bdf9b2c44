"""Browser components: a function of Python's for each module of `static/live` that has a `mount`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import net_util

from ui import lecture
from ui.browser import report

MODULES = Path(__file__).resolve().parents[2] / "static" / "live"
BOOTSTRAP = (MODULES / "kit" / "bootstrap.js").read_text(encoding="utf-8")
EVERYWHERE = (None, "", "0.0.0.0", "::")  # server addresses that listen to other machines, too
LOOPBACK = "127.0.0.1"
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

    `html` and `css` are what is seen until the module is there. Every component is told whether the visitor is in
    lecture mode, which it may switch, where else the server can be reached, and whether this session has heard where
    its page is.
    """
    script = BOOTSTRAP.replace('"MODULE"', json.dumps(module))
    component = st.components.v2.component(name, html=html, css=css, js=script, isolate_styles=False)

    def show(*, data: dict[str, Any], key: str, **options: Any) -> Any:
        told = {"lecture": lecture.on(), "lan": lan_address(), "heard": report.sent(key, {}) is not None}
        return component(data={**data, **told}, key=key, on_lecture_change=lambda: None, **options)

    return show


def lan_address() -> str | None:
    """This machine's address in the local network, where the server listens to it; None where it does not."""
    address = net_util.get_internal_ip() if st.get_option("server.address") in EVERYWHERE else None
    return None if address == LOOPBACK else address
