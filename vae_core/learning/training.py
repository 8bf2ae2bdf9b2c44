"""Training as a generator of progress: `for progress in fit(model, pictures, config): ...`."""

import hashlib
import json
import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from vae_core.data.files import write_whole
from vae_core.data.pictures import Pictures
from vae_core.data.presentation import present
from vae_core.data.seeds import check_seed, noise_stream
from vae_core.learning.objectives import ELBO, Batch, Objective, to_json

Precision = Literal["auto", "float32", "bfloat16"]

SAVE_SECONDS = 60  # between writes of the state file: what a power cut may cost


@dataclass(frozen=True)
class TrainingConfig:
    """How a model is trained; with the model's configuration and the data set it fixes every number that comes out."""

    epochs: int = 20
    batch_size: int = 128
    learning_rate: float = 2e-3  # the schedule's peak
    schedule: Literal["one_cycle", "constant"] = "one_cycle"  # one_cycle reached 4 nats less than constant on MNIST
    precision: Precision = "auto"  # bfloat16 where the processor multiplies it natively, else float32
    seed: int = 0
    pictures_per_epoch: int | None = None  # None: the whole split; sprites need a number, 727,280 are too many
    weight_decay: float = 0.0  # of every step's rate, off every weight (Loshchilov & Hutter 2019)

    def __post_init__(self):
        positive = {"epochs": self.epochs, "batch_size": self.batch_size, "learning_rate": self.learning_rate}
        for name, value in positive.items():
            if not value > 0:
                raise ValueError(f"{name} must be above 0, got {value}")
        if not 0 <= self.weight_decay * self.learning_rate < 1:
            raise ValueError(f"weight_decay must be at least 0 and below 1 / learning_rate, got {self.weight_decay}")
        check_seed(self.seed)
        if self.pictures_per_epoch is not None and self.pictures_per_epoch < 1:
            raise ValueError(f"pictures_per_epoch must be at least 1, got {self.pictures_per_epoch}")
        for name, value, allowed in (
            ("schedule", self.schedule, ("one_cycle", "constant")),
            ("precision", self.precision, ("auto", "float32", "bfloat16")),
        ):
            if value not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")

    def to_json(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class Progress:
    """Where training stands after a step; likelihoods in nats per image, averaged over the step's batch."""

    step: int
    steps: int
    epoch: int  # the epoch this step belongs to, from 1
    epochs: int
    bound: float
    log_likelihood: float
    kl: float
    kl_per_dimension: tuple[float, ...]
    learning_rate: float
    images_per_second: float  # since this call of `fit` began

    @property
    def finished(self) -> bool:
        return self.step == self.steps


class TrainingDiverged(RuntimeError):
    """The bound became infinite or NaN; the message says at which step and what to change."""


def fit(
    model: nn.Module,
    pictures: Pictures,
    config: TrainingConfig,
    objective: Objective | None = None,
    state_file: Path | None = None,
) -> Iterator[Progress]:
    """Maximise an objective's bound by AdamW (https://arxiv.org/abs/1711.05101), yielding progress after every step.

    The caller may stop after any step by leaving the loop. With a `state_file`, everything needed to go on is written
    there every minute, when the caller stops and at the end (atomically), and a later call with the same arguments
    goes on to the same numbers as an uninterrupted run. Each step draws its noise from a stream of its own, fixed by
    the seed and the step's number, and leaves the global random state as it was.

    Raises ValueError if the state file is of another run, TrainingDiverged if the bound stops being finite (the state
    file then stays as it was last written).
    """
    objective = objective or ELBO()
    device = next(model.parameters()).device
    per_epoch = min(config.pictures_per_epoch or len(pictures), len(pictures))
    steps_per_epoch = math.ceil(per_epoch / config.batch_size)
    steps = config.epochs * steps_per_epoch
    autocast = torch.autocast(device.type, torch.bfloat16, enabled=uses_bfloat16(config.precision, device))
    optimizer = torch.optim.AdamW(
        learned(model).values(), lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
    )
    settings = json.dumps({"training": config.to_json(), "objective": to_json(objective), "pictures": len(pictures)})
    shown = fingerprint(pictures)

    step = 0
    if state_file is not None and state_file.exists():
        step = load_state(state_file, model, optimizer, settings, shown)
    model.train()
    began, first_step = time.perf_counter(), step
    saved, diverged = began, False
    try:
        while step < steps:
            epoch, position = divmod(step, steps_per_epoch)
            if position == 0 or step == first_step:
                order = epoch_order(len(pictures), per_epoch, config.seed, epoch)
            indices = order[position * config.batch_size : (position + 1) * config.batch_size]
            rate = learning_rate(step, steps, config)
            optimizer.param_groups[0]["lr"] = rate
            with noise_stream(config.seed, step), autocast:
                batch = Batch(
                    present(pictures.batch(indices).to(device), model.config.likelihood),
                    None if pictures.labels is None else pictures.labels[indices].to(device),
                    done=step / steps,
                    pictures=len(pictures),
                )
                terms = objective(model, batch)
                bound = terms.bound.mean()
            diverged = not math.isfinite(bound.item())
            if diverged:
                raise TrainingDiverged(f"the bound became {bound.item()} at step {step + 1}: lower the learning rate")
            optimizer.zero_grad(set_to_none=True)
            (-bound).backward()
            kl_per_dimension = tuple(terms.kl.mean(0).tolist())
            # Weights, moments and the step's number change together, and the caller has kept what it wants of a step
            # before the step can be written.
            with interrupts_held_back():
                optimizer.step()
                step += 1
                yield Progress(
                    step=step,
                    steps=steps,
                    epoch=epoch + 1,
                    epochs=config.epochs,
                    bound=bound.item(),
                    log_likelihood=terms.log_likelihood.mean().item(),
                    kl=sum(kl_per_dimension),
                    kl_per_dimension=kl_per_dimension,
                    learning_rate=rate,
                    images_per_second=(step - first_step) * config.batch_size / (time.perf_counter() - began),
                )
            if state_file is not None and time.perf_counter() - saved > SAVE_SECONDS:
                save_state(state_file, model, optimizer, step, settings, shown)
                saved = time.perf_counter()
    finally:
        model.eval()
        if state_file is not None and step > first_step and not diverged:
            with interrupts_held_back():  # an impatient second Ctrl-C
                save_state(state_file, model, optimizer, step, settings, shown)


def learned(model: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters that training changes, by name; parts of a model may be frozen."""
    return {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}


def learning_rate(step: int, steps: int, config: TrainingConfig) -> float:
    """The rate of a step: constant, or one cycle (Smith & Topin 2018, https://arxiv.org/abs/1708.07120): a cosine
    up from a 25th of the peak during the first 30 % of the steps, a cosine down to nothing during the rest."""
    if config.schedule == "constant":
        return config.learning_rate
    warm_up = 0.3 * steps
    if step < warm_up:
        low, high, done = config.learning_rate / 25, config.learning_rate, step / warm_up
    else:
        low, high, done = config.learning_rate, 0.0, (step - warm_up) / (steps - warm_up)
    return low + (high - low) * (1 - math.cos(math.pi * done)) / 2


def uses_bfloat16(precision: Precision, device: torch.device) -> bool:
    """Whether training runs in bfloat16: asked for, or "auto" on hardware that multiplies it natively."""
    if precision == "auto":
        return torch.cuda.is_bf16_supported() if device.type == "cuda" else processor_multiplies_bfloat16()
    return precision == "bfloat16"


def processor_multiplies_bfloat16() -> bool:
    """Whether this CPU has bfloat16 instructions (AVX512-BF16, AMX or Arm's), without which autocast is slower."""
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16", "arm_bf16"))


def epoch_order(count: int, per_epoch: int, seed: int, epoch: int) -> Tensor:
    """The pictures of an epoch, in the order in which they are presented: int64 (per_epoch,)."""
    generator = torch.Generator().manual_seed(1_000_003 * seed + epoch)
    if per_epoch == count:
        return torch.randperm(count, generator=generator)
    return torch.randint(count, (per_epoch,), generator=generator)


@contextmanager
def interrupts_held_back() -> Iterator[None]:
    """Let Ctrl-C wait until the block is done, where it would otherwise come in the middle of it."""
    if threading.current_thread() is not threading.main_thread():  # interrupts come to the main thread alone
        yield
        return
    held_back = []
    handler = signal.signal(signal.SIGINT, lambda *_: held_back.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if held_back:
            signal.raise_signal(signal.SIGINT)


def fingerprint(pictures: Pictures) -> str:
    """What tells two data sets of the same size apart: the SHA-256 of 64 pictures spread over the split."""
    spread = torch.linspace(0, len(pictures) - 1, 64).long()
    return hashlib.sha256(pictures.batch(spread).numpy().tobytes()).hexdigest()


def save_state(
    path: Path, model: nn.Module, optimizer: torch.optim.Optimizer, step: int, settings: str, shown: str
) -> None:
    """Write weights and Adam's moments to one file, atomically: it is the old state or the new, never half of one."""
    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    for name, parameter in learned(model).items():
        for moment in ("exp_avg", "exp_avg_sq"):
            tensors[f"{moment}.{name}"] = optimizer.state[parameter][moment]
    write_whole(path, save(tensors, metadata={"step": str(step), "settings": settings, "pictures": shown}))


def load_state(path: Path, model: nn.Module, optimizer: torch.optim.Optimizer, settings: str, shown: str) -> int:
    """Restore what `save_state` wrote and return the number of steps done.

    Raises ValueError if the file is damaged, of a run with other settings or other pictures, or of another model.
    """
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
    except SafetensorError as error:
        raise ValueError(f"{path} cannot be resumed from, it is damaged ({error}): delete it to start anew") from error
    if metadata.get("settings") != settings:
        raise ValueError(f"{path} is of a run with other settings: use those, or another folder")
    if metadata.get("pictures") != shown:
        raise ValueError(f"{path} is of a run on other pictures: use the same data set, or another folder")
    step = int(metadata["step"])
    try:
        model.load_state_dict({n.removeprefix("model."): t for n, t in tensors.items() if n.startswith("model.")})
    except RuntimeError as error:
        raise ValueError(f"{path} is of another model: use the model it was written for, or another folder") from error
    for name, parameter in learned(model).items():
        optimizer.state[parameter] = {
            "step": torch.tensor(float(step), device=parameter.device),
            "exp_avg": tensors[f"exp_avg.{name}"].to(parameter.device),
            "exp_avg_sq": tensors[f"exp_avg_sq.{name}"].to(parameter.device),
        }
    return step
