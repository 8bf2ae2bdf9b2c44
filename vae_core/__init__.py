"""vae_core: variational autoencoders to train, judge and look into.

import vae_core
model = vae_core.load("mnist-vae-2d")
picture = model.decode(torch.zeros(1, 2)).mean
"""

from vae_core.zoo.store import load

__all__ = ["load"]
