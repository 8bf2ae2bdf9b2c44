"""Mixed precision: what layers compute with during a step, while their weights stay float32."""

from typing import Literal

import torch
from torch import nn

Precision = Literal["auto", "float32", "bfloat16"]

MULTIPLYING = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)  # layers that autocast runs in bfloat16


class BFloat16Layers:
    """Inside the block, a model's layers hold bfloat16 copies of the weights that are learned; after it they hold the
    weights again, with the copies' gradients in float32.

    The numbers are autocast's, which casts every weight and every gradient by itself; here all are cast together, into
    memory that is used again: a tenth of a step of the MLP.
    """

    def __init__(self, model: nn.Module):
        layers = [module for module in model.modules() if type(module) in MULTIPLYING]
        self.parameters = [p for layer in layers for p in layer.parameters(recurse=False) if p.requires_grad]
        self.copies = [torch.empty_like(parameter, dtype=torch.bfloat16) for parameter in self.parameters]
        self.gradients = [torch.empty_like(parameter) for parameter in self.parameters]
        self.weights: list[torch.Tensor] = []

    def __enter__(self) -> None:
        self.weights = [parameter.data for parameter in self.parameters]
        for parameter, copy in zip(self.parameters, self.copies, strict=True):
            parameter.grad, parameter.data = None, copy.copy_(parameter.data)

    def __exit__(self, *_) -> None:
        for parameter, weight, gradient in zip(self.parameters, self.weights, self.gradients, strict=True):
            found, parameter.grad, parameter.data = parameter.grad, None, weight
            if found is not None:
                parameter.grad = gradient.copy_(found)


def uses_bfloat16(precision: Precision, device: torch.device) -> bool:
    """Whether training runs in bfloat16: asked for, or "auto" on hardware that multiplies it natively."""
    if precision == "auto":
        return torch.cuda.is_bf16_supported() if device.type == "cuda" else processor_multiplies_bfloat16()
    return precision == "bfloat16"


def processor_multiplies_bfloat16() -> bool:
    """Whether this CPU has bfloat16 instructions (AVX512-BF16, AMX or Arm's), without which autocast is slower."""
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16", "arm_bf16"))
