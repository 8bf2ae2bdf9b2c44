"""Interpolate's face in Python: the component, and what it is sent."""

from typing import get_args

from ui import brought, originals
from ui.browser import model as live
from ui.browser.component import define
from ui.frame import Shown
from ui.interpolate import paths, route
from ui.interpolate.state import KEY, Interpolation

_interpolate = define("interpolate", "interpolate/page")


def show(state: Interpolation, shown: Shown) -> None:
    """The page's live part. `ui.browser.report` tells what it reports."""
    originals.follow(KEY, shown.info)
    version, checkpoint = shown.version, shown.checkpoint
    data = {
        "modules": live.modules(),
        "files": live.files(),
        "model": live.model_for_browser(version, shown.name, checkpoint, shown.info, shown.bounds),
        "limits": limits(),
        "originals": originals.for_browser(version, shown.name, checkpoint, shown.info, wanted=True),
        "along": paths.along(version, checkpoint, state.route, state.key),
        "direction": paths.direction_found(checkpoint, state.route, state.key),
        **state.for_browser(),
    }
    silent = {f"on_{name}_change": lambda: None for name in ("place", "file", "originals")}
    _interpolate(key=KEY, data=data, **silent)


def limits() -> dict:
    """What may be chosen, as the component takes it: it knows modes, paths, frames and their bounds from here alone."""
    modes = {
        mode: {
            "range": list(route.RANGES[mode]),
            "start": route.STARTS[mode],
            "least": route.LEAST[mode],
            "most": route.MOST[mode],
        }
        for mode in get_args(route.Mode)
    }
    return {
        "modes": modes,
        "paths": list(get_args(route.Path)),
        "frames": list(route.FRAMES),
        "decimals": route.Z_DECIMALS,
        "mostBytes": brought.MOST_BYTES,
    }
