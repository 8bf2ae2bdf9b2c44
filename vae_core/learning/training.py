"""Training as a generator of progress: `for progress in fit(model, pictures, config): ...`."""

import hashlib
import json
import logging
import math
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from vae_core.data.files import write_whole
from vae_core.data.pictures import InMemoryPictures, Pictures
from vae_core.data.presentation import present
from vae_core.data.seeds import check_seed, noise_generator
from vae_core.learning.few_labels import drawn_labelled, known_labels, labelled_in_batch
from vae_core.learning.objectives import ELBO, Batch, Objective, to_json
from vae_core.learning.start import STARTS, Start, begin_at_mean
from vae_core.models.inputs import check_split
from vae_core.models.model import Model

Precision = Literal["auto", "float32", "bfloat16"]
Schedule = Literal["one_cycle", "constant", "stages"]

SCHEDULES: tuple[Schedule, ...] = ("one_cycle", "constant", "stages")
STAGES = 8  # of Burda et al.: each is three times as long as the one before, 3^0 + ... + 3^7 = 3,280 epochs in all
MOST_COUNTED = 10_000_000  # epochs, or pictures of a batch or an epoch: beyond what any computer trains
SAVE_SECONDS = 60  # between writes of the state file: what a power cut may cost
PREVIOUS = ".previous"  # ending of the state before the last one, for when the last one is damaged
OF_A_PRIOR = {"mixture", "pseudo_pictures"}  # parts of a model: to decay them would pull p(z) to 0
OF_LABELS = ("labels", "label_seed", "labelled_share")  # settings that say nothing where no label is hidden
LATER = ("start",)  # settings that came later, which are told where they are not as before
HELD_BACK = (signal.SIGINT, signal.SIGTERM)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingConfig:
    """How a model is trained; with the model's configuration and the data set it fixes every number that comes out."""

    epochs: int = 20
    batch_size: int = 128
    learning_rate: float = 2e-3  # the schedule's peak
    schedule: Schedule = "one_cycle"  # one_cycle reached 4 nats less than constant on MNIST
    precision: Precision = "auto"  # bfloat16 where the processor multiplies it natively, else float32
    seed: int = 0
    pictures_per_epoch: int | None = None  # None: the whole split; sprites need a number, 727,280 are too many
    weight_decay: float = 0.0  # of every step's rate, off every weight (Loshchilov & Hutter 2019), no bias
    labels: int | None = None  # how many pictures keep their label, as many of each class; None: all
    label_seed: int = 0  # which ones
    labelled_share: float = 0.5  # of each batch, drawn from those pictures beside what an epoch shows
    start: Start = "torch"  # its layers' own first weights, or the mean picture, see `begin_at_mean`

    def __post_init__(self):
        positive = {"epochs": self.epochs, "batch_size": self.batch_size, "learning_rate": self.learning_rate}
        for name, value in positive.items():
            if not value > 0:
                raise ValueError(f"{name} must be above 0, got {value}")
        if math.isinf(self.learning_rate):
            raise ValueError(f"learning_rate must be a finite number, got {self.learning_rate}")
        for name in ("epochs", "batch_size", "pictures_per_epoch"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int) or value > MOST_COUNTED):
                raise ValueError(f"{name} must be a whole number of at most {MOST_COUNTED:,}, got {value}")
        if not 0 <= self.weight_decay * self.learning_rate < 1:
            raise ValueError(f"weight_decay must be at least 0 and below 1 / learning_rate, got {self.weight_decay}")
        check_seed(self.seed)
        if self.pictures_per_epoch is not None and self.pictures_per_epoch < 1:
            raise ValueError(f"pictures_per_epoch must be at least 1, got {self.pictures_per_epoch}")
        if self.labels is not None:
            if isinstance(self.labels, bool) or not isinstance(self.labels, int) or self.labels < 1:
                raise ValueError(f"labels must be a whole number of at least 1, got {self.labels}")
            if self.batch_size < 2:
                raise ValueError("batch_size must be at least 2 where only some pictures have labels, got 1")
        check_seed(self.label_seed)
        if not 0 < self.labelled_share < 1:
            raise ValueError(f"labelled_share must be above 0 and below 1, got {self.labelled_share}")
        for name, chosen, allowed in (
            ("schedule", self.schedule, SCHEDULES),
            ("precision", self.precision, ("auto", "float32", "bfloat16")),
            ("start", self.start, STARTS),
        ):
            if chosen not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {chosen!r}")

    def to_json(self) -> dict:
        """Settings of labels are told where some are hidden, and later ones where they are not as usual, so that others
        read as they did before."""
        settings = asdict(self)
        untold = {name for name in LATER if settings[name] == getattr(TrainingConfig, name)}
        if self.labels is None:
            untold |= {*OF_LABELS}
        return {name: setting for name, setting in settings.items() if name not in untold}


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
    model: Model,
    pictures: Pictures,
    config: TrainingConfig,
    objective: Objective | None = None,
    state_file: Path | None = None,
    earlier_state: Path | None = None,
) -> Iterator[Progress]:
    """Maximise an objective's bound by AdamW (https://arxiv.org/abs/1711.05101), yielding progress after every step.

    The caller may stop after any step by leaving the loop. With a `state_file`, everything needed to go on is written
    there every minute, when the caller stops and at the end (atomically), and a later call with the same arguments
    goes on to the same numbers as an uninterrupted run. The state before the last is kept: where a file is damaged,
    training goes on from the one before, and says so in the log. `earlier_state` is that of a finished run, which is
    gone on with where there is no state file yet. Each step draws its noise from a generator of its own,
    fixed by the seed and the step's number: whatever else is drawn in the process changes nothing.

    More epochs than the state was written for go on as the longer run would from that step: with a constant rate to
    its very numbers; with one cycle at the rate that the longer cycle has at that step, which is higher than the one
    that the shorter had come down to; objectives that change with the share of training done go by the longer one too.

    With `labels` in the settings the others are hidden from the objective, which sees -1 for them, and part of each
    batch is drawn from the pictures that keep theirs; the rest of it is what an epoch shows once.

    Raises ValueError if the pictures are not bytes of the model's shape, if there are not so many labels, if the
    decoder cannot start at the mean, if the objective leaves parts of the model untrained, if the state is of another
    run (other settings, fewer epochs, other pictures, another version of this program: the message says which) or if
    every state is damaged, TrainingDiverged if the bound stops being finite (the state file then stays as it was last
    written).
    """
    check_split(pictures, model.config.picture_shape)
    objective = objective or ELBO()
    device = next(model.parameters()).device
    per_epoch = min(config.pictures_per_epoch or len(pictures), len(pictures))
    labels, labelled = pictures.labels, 0  # how many of each batch are drawn for their label
    if config.labels is not None:
        labels = known_labels(labels, config.labels, config.label_seed)
        labelled = labelled_in_batch(config.batch_size, config.labelled_share)
    shown_once = config.batch_size - labelled
    steps_per_epoch = math.ceil(per_epoch / shown_once)
    steps = config.epochs * steps_per_epoch
    autocast = torch.autocast(device.type, torch.bfloat16, enabled=uses_bfloat16(config.precision, device))
    optimizer = torch.optim.AdamW(decayed(model, config.weight_decay), lr=config.learning_rate, fused=True)
    settings = json.dumps(
        {
            "training": config.to_json(),
            "objective": to_json(objective),
            "model": model.config.to_json(),
            "pictures": len(pictures),
        }
    )
    shown = "" if state_file is None else fingerprint(pictures)

    states = [] if state_file is None else [state_file, previous(state_file), *filter(None, [earlier_state])]
    step = load_state(states, model, optimizer, settings, shown)
    if step == 0 and config.start == "mean":
        begin_at_mean(model, pictures, torch.Generator(device).manual_seed(config.seed))
    model.train()
    began, first_step = time.perf_counter(), step
    saved, diverged = began, False
    try:
        while step < steps:
            epoch, position = divmod(step, steps_per_epoch)
            if position == 0 or step == first_step:
                order = epoch_order(len(pictures), per_epoch, config.seed, epoch)
            indices = order[position * shown_once : (position + 1) * shown_once]
            if labelled and labels is not None:
                indices = torch.cat([indices, drawn_labelled(labels, labelled, config.seed, step)])
            rate = learning_rate(step, steps, config)
            for group in optimizer.param_groups:
                group["lr"] = rate
            noise = noise_generator(config.seed, step, device)
            with autocast:
                batch = Batch(
                    present(pictures.batch(indices).to(device), model.config.likelihood, noise),
                    None if labels is None else labels[indices].to(device),
                    done=step / steps,
                    pictures=len(pictures),
                    generator=noise,
                )
                terms = objective(model, batch)
                bound = terms.bound.mean()
            diverged = not math.isfinite(bound.item())
            if diverged:
                raise TrainingDiverged(f"the bound became {bound.item()} at step {step + 1}: lower the learning rate")
            optimizer.zero_grad(set_to_none=True)
            if not bound.requires_grad:
                family = model.config.family
                raise ValueError(f"the objective {objective.name} trains nothing of this model, which is {family}")
            (-bound).backward()
            if step == first_step:
                check_all_trained(model, objective)
            kl_per_dimension = tuple(terms.kl.mean(0).tolist())
            # Weights, moments and the step's number change together, and the caller has kept what it wants of a step
            # before the step can be written.
            with interrupts_held_back():
                optimizer.step()
                if terms.update is not None:
                    terms.update()
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


def learned(model: Model) -> dict[str, nn.Parameter]:
    """The parameters that training changes, by name; parts of a model may be frozen."""
    return {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}


def check_all_trained(model: Model, objective: Objective) -> None:
    """Raise ValueError if an objective's gradient has not reached some of what the model learns."""
    untrained = sorted({name.split(".")[0] for name, parameter in learned(model).items() if parameter.grad is None})
    if untrained:
        family = model.config.family
        raise ValueError(
            f"the objective {objective.name} does not train {' and '.join(untrained)} of this model, which is "
            f"{family}: use one that is made for it"
        )


def decayed(model: Model, weight_decay: float) -> list[dict[str, Any]]:
    """The learned parameters as an optimizer's groups: weights, which decay, and biases, scales and what makes a prior,
    which do not."""
    named = learned(model).items()
    weights = [p for name, p in named if p.dim() > 1 and not OF_A_PRIOR & set(name.split("."))]
    others = [p for name, p in named if p.dim() <= 1 or OF_A_PRIOR & set(name.split("."))]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]


def learning_rate(step: int, steps: int, config: TrainingConfig) -> float:
    """The rate of a step: constant; one cycle (Smith & Topin 2018, https://arxiv.org/abs/1708.07120): a cosine
    up from a 25th of the peak during the first 30 % of the steps, a cosine down to nothing during the rest; or stages,
    which fall from the peak to a tenth of it, see `stage_rate`."""
    if config.schedule == "constant":
        return config.learning_rate
    if config.schedule == "stages":
        return stage_rate(step, steps, config.learning_rate)
    warm_up = 0.3 * steps
    if step < warm_up:
        low, high, done = config.learning_rate / 25, config.learning_rate, step / warm_up
    else:
        low, high, done = config.learning_rate, 0.0, (step - warm_up) / (steps - warm_up)
    return low + (high - low) * (1 - math.cos(math.pi * done)) / 2


def stage_rate(step: int, steps: int, peak: float) -> float:
    """The rate of a step in the 8 stages of Burda, Grosse & Salakhutdinov 2016, section 5
    (https://arxiv.org/abs/1509.00519): stage i = 0, ..., 7 takes 3^i / 3280 of the steps, at peak * 10^(-i / 7), which
    they rounded to a hundredth of the peak, 1e-3."""
    shares = 3**STAGES - 1  # the first i + 1 stages are over after (3^(i + 1) - 1) / shares of the steps
    stage = next(stage for stage in range(STAGES) if step * shares < (3 ** (stage + 1) - 1) * steps)
    return peak * round(10 ** (1 - stage / (STAGES - 1)), 1) / 10


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
    """Let Ctrl-C and SIGTERM, where a handler takes it, wait until the block is done instead of cutting it in two."""
    if threading.current_thread() is not threading.main_thread():  # interrupts come to the main thread alone
        yield
        return
    held_back: list[int] = []
    handlers = {number: signal.getsignal(number) for number in HELD_BACK}
    handlers = {number: handler for number, handler in handlers.items() if callable(handler)}
    for number in handlers:
        signal.signal(number, lambda number, _: held_back.append(number))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if held_back:
            signal.raise_signal(held_back[0])


def fingerprint(pictures: Pictures) -> str:
    """What tells two splits apart: the SHA-256 of their number and of every picture, or of 64 spread over a split that
    is drawn when it is needed."""
    in_memory = isinstance(pictures, InMemoryPictures)
    spread = slice(None) if in_memory else torch.linspace(0, len(pictures) - 1, 64).long()
    shown = hashlib.sha256(f"{len(pictures)} {tuple(pictures.shape)}".encode())
    shown.update(pictures.batch(spread).contiguous().numpy().data)
    return shown.hexdigest()


def save_state(
    path: Path, model: Model, optimizer: torch.optim.Optimizer, step: int, settings: str, shown: str
) -> None:
    """Write weights and Adam's moments to one file, atomically: it is the old state or the new, never half of one. The
    old one is kept beside it."""
    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    for name, parameter in learned(model).items():
        for moment in ("exp_avg", "exp_avg_sq"):
            tensors[f"{moment}.{name}"] = optimizer.state[parameter][moment]
    if path.exists():
        os.replace(path, previous(path))
    write_whole(path, save(tensors, metadata={"step": str(step), "settings": settings, "pictures": shown}))


def previous(path: Path) -> Path:
    """Where `save_state` keeps the state that was there before."""
    return path.with_name(path.name + PREVIOUS)


def load_state(paths: list[Path], model: Model, optimizer: torch.optim.Optimizer, settings: str, shown: str) -> int:
    """Restore the first of the states that `save_state` wrote, and return the number of steps done; 0 without any.

    A damaged one is passed over for the next, which the log says. Raises ValueError if all that there are are damaged,
    or if the state is of another run or another model.
    """
    damaged: list[tuple[Path, Exception]] = []
    for path in filter(Path.exists, paths):
        try:
            metadata, tensors = read_state(path)
            step, before = int(metadata["step"]), dict(json.loads(metadata["settings"]))
            moments = {
                parameter: {moment: tensors[f"{moment}.{name}"] for moment in ("exp_avg", "exp_avg_sq")}
                for name, parameter in learned(model).items()
                if f"model.{name}" in tensors
            }
        except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
            damaged.append((path, error))
            continue
        check_same_run(path, before, json.loads(settings))
        if metadata.get("pictures") != shown:
            raise ValueError(f"{path} is of a run on other pictures: use the same data set, or another folder")
        try:
            model.load_state_dict({n.removeprefix("model."): t for n, t in tensors.items() if n.startswith("model.")})
        except RuntimeError as error:
            raise ValueError(
                f"{path} is of another model: use the model it was written for, or another folder"
            ) from error
        for parameter, kept in moments.items():
            done = torch.tensor(float(step), device=parameter.device)
            optimizer.state[parameter] = {"step": done, **{n: t.to(parameter.device) for n, t in kept.items()}}
        for other, cause in damaged:
            logger.warning("%s is damaged (%s): training goes on from %s, step %d", other, cause, path, step)
        return step
    if damaged:
        path, cause = damaged[0]
        files = "it" if len(damaged) == 1 else " and ".join(str(path) for path, _ in damaged)
        raise ValueError(f"{path} cannot be resumed from, it is damaged ({cause}): delete {files} to start anew")
    return 0


def read_state(path: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    """The metadata and the tensors of a state file. Raises SafetensorError or OSError."""
    with safe_open(path, "pt") as file:
        return file.metadata() or {}, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)


def told(training: dict) -> dict:
    """Settings of a training as `TrainingConfig.to_json` gives them, with those that it leaves out."""
    return dict.fromkeys(OF_LABELS) | {name: getattr(TrainingConfig, name) for name in LATER} | training


def check_same_run(path: Path, before: dict, now: dict) -> None:
    """Raise ValueError, with what differs, unless a state's settings are those of now, or of a run of fewer epochs."""
    names = ("training", "objective", "model")
    sections: dict[str, tuple[Any, Any]] = {name: (before.get(name), now[name]) for name in names if name in now}
    if sections.get("model", (None, None))[0] is None:
        sections.pop("model", None)  # states were once written without: the weights' names and shapes will tell
    if isinstance(before.get("training"), dict):
        sections["training"] = (told(before["training"]), told(now["training"]))
    unknown = [
        f"it has {'no ' if key in new else ''}{key}"
        for old, new in sections.values()
        if isinstance(old, dict) and all(old.get(kind) == new.get(kind) for kind in ("name", "family"))
        for key in sorted(old.keys() ^ new.keys())
    ]
    if unknown or not all(isinstance(old, dict) for old, _ in sections.values()):
        reason = f" ({', '.join(unknown)})" if unknown else ""
        raise ValueError(
            f"{path} was written by another version of this program{reason}: use that one, or another folder"
        )
    differing = {
        name: [
            f"{'objective' if key == 'name' else key} was {old[key]}, is {new.get(key)} now"
            for key in old
            if old[key] != new.get(key) and (name, key) != ("training", "epochs")
        ]
        for name, (old, new) in sections.items()
    }
    if model := differing.pop("model", None):
        raise ValueError(
            f"{path} is of another model ({', '.join(model)}): use the model it was written for, or another folder"
        )
    if others := [reason for reasons in differing.values() for reason in reasons]:
        raise ValueError(f"{path} is of a run with other settings ({', '.join(others)}): use those, or another folder")
    if before.get("pictures") != now["pictures"]:
        raise ValueError(
            f"{path} is of a run on other pictures ({before.get('pictures')} of them, {now['pictures']} now): "
            "use the same data set, or another folder"
        )
    epochs = before["training"]["epochs"]
    if epochs > now["training"]["epochs"]:
        raise ValueError(
            f"{path} is of a run of {epochs} epochs, {now['training']['epochs']} are fewer: ask for {epochs} or more, "
            "or name another folder"
        )
