"""vae_core: variational autoencoders to train, judge and look into.

import vae_core
model = vae_core.load("mnist-vae-2d")
picture = model.decode(torch.zeros(1, 2)).mean
"""

from importlib import import_module

__version__ = "0.11.0"
__all__ = ["__version__", "load", "pictures_from", "split_from"]
HOMES = {"load": "vae_core.zoo.store"} | dict.fromkeys(("pictures_from", "split_from"), "vae_core.data.conversion")


def __getattr__(name: str):
    """What the front door offers, once it is asked for: importing vae_core alone does not import torch."""
    if name in HOMES:
        return getattr(import_module(HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """What the front door offers."""
    return sorted({*globals(), *__all__})
