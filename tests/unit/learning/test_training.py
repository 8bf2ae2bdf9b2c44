"""Training: one seed, one result, however often it is stopped; and what is said when it cannot go on."""

import json
import math
import shutil
import signal
import threading
from dataclasses import dataclass, replace

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from vae_core.data import InMemoryPictures, load_dataset
from vae_core.learning import training
from vae_core.learning.objectives import ELBO, BetaELBO
from vae_core.learning.training import TrainingConfig, TrainingDiverged, decayed, fit, learning_rate
from vae_core.models.vae import VAE, VAEConfig

STEPS_PER_EPOCH = 12  # of 128 among 1,437 digits
SHORT = TrainingConfig(epochs=2, precision="float32")
SMALL = VAEConfig((1, 8, 8), 2, hidden=(16,))


def new_model(config=SMALL):
    torch.manual_seed(0)
    return VAE(config)


def weights(model):
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def train(model, pictures, config=SHORT, state_file=None, stop_after=None, objective=None):
    """Train to the end, or until step `stop_after` has been taken; gives all progress."""
    progress = []
    for now in fit(model, pictures, config, objective, state_file):
        progress.append(now)
        if now.step == stop_after:
            break
    return progress


@pytest.fixture(scope="module")
def uninterrupted(digits):
    """The weights and the progress of 24 steps that nobody disturbed."""
    model = new_model()
    progress = train(model, digits.train)
    return weights(model), progress


@dataclass(init=False)
class Interrupting:
    """The ELBO, with a Ctrl-C during one step."""

    name = "elbo"

    def __init__(self, at: int):
        self.left = at

    def __call__(self, model, batch):
        self.left -= 1
        if self.left == 0:
            signal.raise_signal(signal.SIGINT)
        return ELBO()(model, batch)


def test_progress_says_where_training_stands(uninterrupted):
    _, progress = uninterrupted
    assert [now.step for now in progress] == list(range(1, 25))
    assert [now.epoch for now in progress] == [1] * STEPS_PER_EPOCH + [2] * STEPS_PER_EPOCH
    assert all(now.steps == 24 and now.epochs == 2 and now.images_per_second > 0 for now in progress)
    assert [now.learning_rate for now in progress] == [learning_rate(step, 24, SHORT) for step in range(24)]
    assert all(math.isclose(now.bound, now.log_likelihood - now.kl, rel_tol=1e-4) for now in progress)
    assert [now.finished for now in progress] == [False] * 23 + [True]


def test_one_seed_gives_the_same_numbers(digits, uninterrupted):
    model = new_model()
    torch.manual_seed(99)  # of no importance
    progress = train(model, digits.train)
    assert torch.equal(weights(model), uninterrupted[0])
    assert [now.bound for now in progress] == [now.bound for now in uninterrupted[1]]


def test_another_seed_gives_others(digits, uninterrupted):
    model = new_model()
    train(model, digits.train, TrainingConfig(epochs=2, precision="float32", seed=1))
    assert not torch.equal(weights(model), uninterrupted[0])


def test_the_global_random_state_is_left_alone(digits, uninterrupted):
    model = new_model()
    torch.manual_seed(5)
    drawn = [torch.randn(()) for _ in fit(model, digits.train, SHORT)]  # the caller draws, too
    torch.manual_seed(5)
    assert drawn == [torch.randn(()) for _ in range(24)]
    assert torch.equal(weights(model), uninterrupted[0])


@pytest.mark.parametrize("stops", [(1,), (5,), (12,), (13,), (23,), (24,), (7, 18), (2, 3)], ids=str)
def test_stopped_and_resumed_it_reaches_the_same_numbers(digits, uninterrupted, tmp_path, stops):
    state = tmp_path / "run" / "state.safetensors"
    progress = []
    for stop in (*stops, None):
        torch.manual_seed(sum(stops))
        model = VAE(SMALL)  # with initial weights of its own: the state brings the right ones
        if not progress:
            model = new_model()
        progress += train(model, digits.train, state_file=state, stop_after=stop)
    assert torch.equal(weights(model), uninterrupted[0])
    assert [now.step for now in progress] == list(range(1, 25))
    assert [now.bound for now in progress] == [now.bound for now in uninterrupted[1]]


@pytest.mark.parametrize(
    ("model_config", "training_config"),
    [
        (SMALL, TrainingConfig(epochs=2, precision="bfloat16")),
        (VAEConfig((1, 8, 8), 2, "conv", (4, 16), "gaussian"), TrainingConfig(epochs=2, schedule="constant")),
        (SMALL, TrainingConfig(epochs=3, pictures_per_epoch=500, batch_size=64)),
    ],
    ids=["bfloat16", "convolutional", "part of the pictures"],
)
def test_every_way_of_training_resumes_to_the_same_numbers(digits, tmp_path, model_config, training_config):
    whole, parts = new_model(model_config), new_model(model_config)
    expected = train(whole, digits.train, training_config)
    state = tmp_path / "state.safetensors"
    train(parts, digits.train, training_config, state, stop_after=7)
    rest = train(parts, digits.train, training_config, state)
    assert rest[-1].step == expected[-1].step
    assert torch.equal(weights(parts), weights(whole))


def test_a_finished_run_has_nothing_left_to_do(digits, uninterrupted, tmp_path):
    state = tmp_path / "state.safetensors"
    train(new_model(), digits.train, state_file=state)
    model = VAE(SMALL)
    assert train(model, digits.train, state_file=state) == []
    assert torch.equal(weights(model), uninterrupted[0])
    assert not model.training


def test_an_error_in_the_callers_loop_is_a_stop_like_any_other(digits, uninterrupted, tmp_path):
    state, model = tmp_path / "state.safetensors", new_model()
    with pytest.raises(ZeroDivisionError):
        for now in fit(model, digits.train, SHORT, state_file=state):
            if now.step == 9:
                raise ZeroDivisionError
    del now
    train(model, digits.train, state_file=state)
    assert torch.equal(weights(model), uninterrupted[0])


def test_interrupted_while_a_step_is_computed(digits, uninterrupted, tmp_path):
    state, model = tmp_path / "state.safetensors", new_model()
    with pytest.raises(KeyboardInterrupt):
        train(model, digits.train, state_file=state, objective=Interrupting(at=6))
    model = new_model()
    assert train(model, digits.train, state_file=state)[0].step == 6
    assert torch.equal(weights(model), uninterrupted[0])


def test_interrupted_while_the_weights_change(digits, uninterrupted, tmp_path, monkeypatch):
    """Weights, moments and the number of the step belong together: the interrupt waits until all have changed."""
    state, model, calls = tmp_path / "state.safetensors", new_model(), []

    class AdamW(torch.optim.AdamW):
        def step(self, *arguments):
            super().step(*arguments)
            calls.append(None)
            if len(calls) == 6:
                signal.raise_signal(signal.SIGINT)
                signal.raise_signal(signal.SIGINT)  # impatient

    monkeypatch.setattr(torch.optim, "AdamW", AdamW)
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        train(model, digits.train, state_file=state)
    assert signal.getsignal(signal.SIGINT) is handler
    model = new_model()
    rest = train(model, digits.train, state_file=state)
    assert rest[0].step == 7
    assert torch.equal(weights(model), uninterrupted[0])


def test_training_runs_in_a_thread(digits, uninterrupted):
    model = new_model()
    thread = threading.Thread(target=train, args=(model, digits.train))
    thread.start()
    thread.join()
    assert torch.equal(weights(model), uninterrupted[0])


def test_a_power_cut_costs_what_came_after_the_last_write(digits, uninterrupted, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "SAVE_SECONDS", 0)
    state, saved = tmp_path / "state.safetensors", tmp_path / "saved.safetensors"
    for now in fit(new_model(), digits.train, SHORT, state_file=state):
        if now.step == 4:
            shutil.copy(state, saved)
            break
    model = new_model()
    assert train(model, digits.train, state_file=saved)[0].step == 4  # a step is written when its caller is through
    assert torch.equal(weights(model), uninterrupted[0])
    names = {"state.safetensors", "state.safetensors.previous", "saved.safetensors", "saved.safetensors.previous"}
    assert {path.name for path in tmp_path.iterdir()} == names


def test_without_a_state_file_nothing_is_written(digits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    train(new_model(), digits.train, stop_after=2)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def state_file(digits, tmp_path):
    path = tmp_path / "state.safetensors"
    train(new_model(), digits.train, state_file=path, stop_after=3)
    return path


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"batch_size": 64}, "batch_size was 128, is 64 now"),
        ({"learning_rate": 1e-3}, "learning_rate was 0.002, is 0.001 now"),
        ({"seed": 1, "epochs": 3}, "seed was 0, is 1 now"),
        ({"precision": "bfloat16", "epochs": 1}, "precision was float32, is bfloat16 now"),
        ({"schedule": "constant", "seed": 4}, "schedule was one_cycle, is constant now, seed was 0, is 4 now"),
        ({"pictures_per_epoch": 500}, "pictures_per_epoch was None, is 500 now"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_state_of_other_settings_is_refused_by_their_names(digits, state_file, change, reason):
    with pytest.raises(ValueError) as refused:
        train(new_model(), digits.train, replace(SHORT, **change), state_file)
    assert str(refused.value) == (
        f"{state_file} is of a run with other settings ({reason}): use those, or another folder"
    )


@pytest.mark.parametrize(
    ("objective", "reason"),
    [(BetaELBO(4.0), "objective was beta, is elbo now"), (BetaELBO(2.0), "beta was 2.0, is 4.0 now")],
)
def test_a_state_of_another_objective_is_refused(digits, tmp_path, objective, reason):
    state = tmp_path / "state.safetensors"
    train(new_model(), digits.train, state_file=state, stop_after=3, objective=objective)
    now = ELBO() if objective.beta == 4 else BetaELBO(4.0)
    with pytest.raises(ValueError, match=rf"is of a run with other settings \(.*{reason}.*\): use those"):
        train(new_model(), digits.train, state_file=state, objective=now)


def test_fewer_epochs_are_refused_as_what_they_are(digits, state_file):
    with pytest.raises(ValueError, match="is of a run of 2 epochs, 1 are fewer: ask for 2 or more, or name another"):
        train(new_model(), digits.train, replace(SHORT, epochs=1), state_file)


@pytest.mark.parametrize(("change", "reason"), [({"momentum": 0.9}, "it has momentum"), ({}, "it has no weight_decay")])
def test_a_state_of_another_version_is_refused_as_that(digits, state_file, change, reason):
    with safe_open(state_file, "pt") as file:
        metadata, tensors = file.metadata(), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    settings = json.loads(metadata["settings"])
    settings["training"] |= change
    if not change:
        del settings["training"]["weight_decay"]
    save_file(tensors, state_file, metadata | {"settings": json.dumps(settings)})
    with pytest.raises(ValueError, match=rf"was written by another version of this program \({reason}\): use that one"):
        train(new_model(), digits.train, state_file=state_file)


def test_more_epochs_go_on_to_the_numbers_of_the_longer_run_at_a_constant_rate(digits, tmp_path):
    state, config = tmp_path / "state.safetensors", replace(SHORT, schedule="constant", weight_decay=0.1)
    whole, parts = new_model(), new_model()
    expected = train(whole, digits.train, replace(config, epochs=5))
    first = train(parts, digits.train, config, state)
    rest = train(new_model(), digits.train, replace(config, epochs=3), state)
    parts = VAE(SMALL)
    rest += train(parts, digits.train, replace(config, epochs=5), state)
    assert [now.step for now in first + rest] == [now.step for now in expected]
    assert [now.bound for now in first + rest] == [now.bound for now in expected]
    assert torch.equal(weights(parts), weights(whole))


def test_more_epochs_go_on_at_the_rate_of_the_longer_cycle(digits, tmp_path):
    state, model = tmp_path / "state.safetensors", new_model()
    train(model, digits.train, state_file=state)
    rest = train(model, digits.train, replace(SHORT, epochs=4), state)
    assert [now.step for now in rest] == list(range(25, 49))
    assert [now.learning_rate for now in rest] == [learning_rate(step, 48, SHORT) for step in range(24, 48)]


def test_an_earlier_runs_state_is_gone_on_with_and_stays_as_it_is(digits, tmp_path):
    earlier, state = tmp_path / "earlier.safetensors", tmp_path / "new" / "state.safetensors"
    train(new_model(), digits.train, state_file=earlier)
    before = earlier.read_bytes()
    longer = replace(SHORT, epochs=3)
    found = [now.step for now in fit(VAE(SMALL), digits.train, longer, None, state, earlier)]
    assert found == list(range(25, 37)) and earlier.read_bytes() == before
    assert list(fit(VAE(SMALL), digits.train, longer, None, state, earlier)) == []


def test_a_state_of_other_pictures_is_refused(digits, state_file):
    fewer = InMemoryPictures(digits.train.images[:-1])
    with pytest.raises(ValueError, match=r"is of a run on other pictures \(1437 of them, 1436 now\)"):
        train(new_model(), fewer, state_file=state_file)
    one_changed = digits.train.images.clone()
    one_changed[1, 0, 4, 4] ^= 1
    with pytest.raises(ValueError, match="is of a run on other pictures: use the same data set, or another folder"):
        train(new_model(), InMemoryPictures(one_changed), state_file=state_file)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (VAEConfig((1, 8, 8), 3, hidden=(16,)), "latent_dim was 2, is 3 now"),
        (VAEConfig((1, 8, 8), 2, hidden=(16, 16)), "hidden was [16], is [16, 16] now"),
    ],
)
def test_a_state_of_another_model_is_refused(digits, state_file, config, reason):
    with pytest.raises(ValueError) as refused:
        train(new_model(config), digits.train, state_file=state_file)
    assert f"is of another model ({reason}): use the model it was written for, or another folder" in str(refused.value)


@pytest.mark.parametrize("damage", [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: b"\xff" * 500])
def test_a_damaged_state_is_refused(digits, state_file, damage):
    state_file.write_bytes(damage(state_file.read_bytes()))
    with pytest.raises(ValueError, match=r"cannot be resumed from, it is damaged .* delete it to start anew"):
        train(new_model(), digits.train, state_file=state_file)


@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda data: b"", None], ids=["half", "empty", "gone"]
)
def test_a_damaged_state_gives_way_to_the_one_before(digits, uninterrupted, state_file, caplog, damage):
    """None: there was no time to write the new one."""
    train(new_model(), digits.train, state_file=state_file, stop_after=8)
    if damage:
        state_file.write_bytes(damage(state_file.read_bytes()))
    else:
        state_file.unlink()
    model = VAE(SMALL)
    assert train(model, digits.train, state_file=state_file)[0].step == 4
    assert torch.equal(weights(model), uninterrupted[0])
    sentences = [record.getMessage() for record in caplog.records]
    assert len(sentences) == (damage is not None)
    assert all(sentence.startswith(f"{state_file} is damaged (") for sentence in sentences)
    assert all(sentence.endswith(f"goes on from {training.previous(state_file)}, step 3") for sentence in sentences)


@pytest.mark.parametrize("keep", ["without the model", "3", "null", "{"])
def test_states_of_the_version_before_go_on_and_nonsense_is_damage(digits, uninterrupted, state_file, keep):
    """The model's settings were once left to the shapes of its weights."""
    with safe_open(state_file, "pt") as file:
        metadata, tensors = file.metadata(), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    settings = json.loads(metadata["settings"])
    del settings["model"]
    text = json.dumps(settings) if keep == "without the model" else keep
    save_file(tensors, state_file, metadata | {"settings": text})
    if keep != "without the model":
        with pytest.raises(ValueError, match=r"cannot be resumed from, it is damaged \(.*\): delete it to start anew"):
            train(new_model(), digits.train, state_file=state_file)
        return
    model = VAE(SMALL)
    train(model, digits.train, state_file=state_file)
    assert torch.equal(weights(model), uninterrupted[0])
    save_file(tensors, state_file, metadata | {"settings": text})
    with pytest.raises(ValueError, match="is of another model: use the model it was written for"):
        train(new_model(VAEConfig((1, 8, 8), 3, hidden=(16,))), digits.train, state_file=state_file)


def test_without_a_state_that_is_whole_the_sentence_names_what_to_delete(digits, state_file):
    train(new_model(), digits.train, state_file=state_file, stop_after=8)
    before = training.previous(state_file)
    for path in (state_file, before):
        path.write_bytes(b"")
    with pytest.raises(ValueError) as refused:
        train(new_model(), digits.train, state_file=state_file)
    assert str(refused.value).endswith(f": delete {state_file} and {before} to start anew")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_comes_in_the_middle_of_a_step_is_heard_after_it(number):
    heard = []
    before = signal.signal(number, lambda *_: heard.append(number))
    try:
        with training.interrupts_held_back():
            signal.raise_signal(number)
            assert not heard
        assert heard == [number]
    finally:
        signal.signal(number, before)


@dataclass(init=False)
class Diverging:
    """The ELBO, until it is not a number any more."""

    name = "elbo"

    def __init__(self, at: int):
        self.left = at

    def __call__(self, model, batch):
        self.left -= 1
        terms = ELBO()(model, batch)
        return terms if self.left > 0 else type(terms)(terms.log_likelihood, terms.kl, terms.bound * math.nan)


def test_divergence_is_said_and_reaches_neither_weights_nor_state(digits, uninterrupted, tmp_path):
    state, model = tmp_path / "state.safetensors", new_model()
    train(model, digits.train, state_file=state, stop_after=3)
    with pytest.raises(TrainingDiverged, match="the bound became nan at step 6: lower the learning rate"):
        train(model, digits.train, state_file=state, objective=Diverging(at=3))
    assert weights(model).isfinite().all()
    assert not model.training
    rest = train(model, digits.train, state_file=state)
    assert rest[0].step == 4
    assert torch.equal(weights(model), uninterrupted[0])


def test_a_rate_that_is_too_high_diverges(digits):
    with pytest.raises(TrainingDiverged, match="lower the learning rate"):
        train(new_model(), digits.train, TrainingConfig(epochs=3, learning_rate=1e8, schedule="constant"))


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_both_precisions_learn(digits, precision, likelihood):
    model = new_model(VAEConfig((1, 8, 8), 2, hidden=(32,), likelihood=likelihood))
    progress = train(model, digits.train, TrainingConfig(epochs=6, learning_rate=1e-2, precision=precision))
    first, last = progress[0].bound, sum(now.bound for now in progress[-12:]) / 12
    assert last > first + 10
    assert weights(model).dtype == torch.float32


def test_bfloat16_ends_where_float32_does(digits):
    bounds = []
    for precision in ("float32", "bfloat16"):
        progress = train(new_model(), digits.train, TrainingConfig(epochs=6, learning_rate=1e-2, precision=precision))
        bounds.append(sum(now.bound for now in progress[-12:]) / 12)
    assert bounds[0] == pytest.approx(bounds[1], abs=0.5)


def test_precision_is_the_processors_unless_asked_for(monkeypatch):
    cpu = torch.device("cpu")
    for native in (True, False):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda native=native: {"avx512_bf16": native})
        assert training.uses_bfloat16("auto", cpu) == native
        assert training.uses_bfloat16("bfloat16", cpu)
        assert not training.uses_bfloat16("float32", cpu)


def test_one_cycle_rises_for_a_third_and_falls_to_nothing():
    config = TrainingConfig(learning_rate=2e-3)
    rates = [learning_rate(step, 1000, config) for step in range(1000)]
    assert rates[0] == pytest.approx(2e-3 / 25)
    assert rates[150] == pytest.approx((2e-3 + 2e-3 / 25) / 2)
    assert rates[300] == pytest.approx(2e-3) == max(rates)
    assert rates[650] == pytest.approx(1e-3)
    assert 0 < rates[999] < 2e-8
    assert rates[:301] == sorted(rates[:301]) and rates[300:] == sorted(rates[300:], reverse=True)


def test_one_cycle_is_torchs_up_to_its_rounding_of_steps():
    config, steps = TrainingConfig(learning_rate=1e-2), 2_000
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, steps, pct_start=0.3, final_div_factor=1e9)
    for step in range(steps):
        assert learning_rate(step, steps, config) == pytest.approx(schedule.get_last_lr()[0], abs=5e-5)
        optimizer.step()
        schedule.step()


def test_a_constant_rate_is_constant():
    config = TrainingConfig(learning_rate=3e-4, schedule="constant")
    assert {learning_rate(step, 100, config) for step in range(100)} == {3e-4}


def test_the_stages_are_those_of_the_paper():
    """3^(i - 1) epochs at 1e-4 * round(10^(1 - (i - 1) / 7), 1), i = 1 to 8: 3,280 epochs."""
    config, per_epoch = TrainingConfig(epochs=3280, batch_size=20, learning_rate=1e-3, schedule="stages"), 3
    expected = [
        1e-4 * round(10 ** (1 - (i - 1) / 7), 1) for i in range(1, 9) for _ in range(3 ** (i - 1)) for _ in range(3)
    ]
    steps = 3280 * per_epoch
    assert len(expected) == steps
    assert [learning_rate(step, steps, config) for step in range(steps)] == pytest.approx(expected)
    assert learning_rate(0, steps, config) == pytest.approx(1e-3) and expected[-1] == pytest.approx(1e-4)
    short = [learning_rate(step, 7, config) for step in range(7)]
    assert short == sorted(short, reverse=True) and short[-1] == pytest.approx(1e-4)


def test_an_epoch_shows_each_picture_once():
    order = training.epoch_order(1000, 1000, seed=0, epoch=0)
    assert sorted(order.tolist()) == list(range(1000))
    assert not torch.equal(order, training.epoch_order(1000, 1000, seed=0, epoch=1))
    part = training.epoch_order(10**6, 500, seed=0, epoch=0)
    assert part.shape == (500,) and part.min() >= 0 and part.max() < 10**6


def test_objectives_see_binarised_pictures_and_labels(digits):
    seen = []

    class Watching(ELBO):
        def __call__(self, model, batch):
            assert model.training
            seen.append(batch)
            return super().__call__(model, batch)

    model = new_model()
    train(model, digits.train, objective=Watching(), stop_after=STEPS_PER_EPOCH)
    assert not model.training
    assert all(batch.x.unique().tolist() == [0, 1] for batch in seen)
    shown = torch.cat([batch.y for batch in seen])
    assert torch.equal(shown, digits.train.labels[training.epoch_order(1437, 1437, 0, 0)])
    unlabelled = InMemoryPictures(digits.train.images)
    train(new_model(), unlabelled, objective=Watching(), stop_after=1)
    assert seen[-1].y is None


def test_sprites_are_drawn_as_they_are_needed():
    pictures = load_dataset("sprites").train
    config = TrainingConfig(epochs=2, pictures_per_epoch=300)
    progress = train(new_model(VAEConfig((1, 32, 32), 2, hidden=(16,))), pictures, config)
    assert progress[-1].steps == 2 * math.ceil(300 / 128)


def test_weights_decay_by_a_share_of_the_rate_and_biases_and_the_noise_scale_do_not(digits):
    class Nothing(ELBO):
        """No gradient: what still changes is the decay."""

        def __call__(self, model, batch):
            terms = super().__call__(model, batch)
            return replace(terms, bound=0 * terms.bound)

    model = new_model(replace(SMALL, likelihood="gaussian"))
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    config = TrainingConfig(epochs=1, learning_rate=1e-2, weight_decay=2.0, precision="float32")
    rates = [now.learning_rate for now in train(model, digits.train, config, objective=Nothing())]
    kept = math.prod(1 - 2.0 * rate for rate in rates)
    assert 0.5 < kept < 0.95
    for name, parameter in model.named_parameters():
        expected = (kept if parameter.dim() > 1 else 1) * before[name]
        assert torch.allclose(parameter, expected, rtol=1e-4, atol=1e-7), name


@pytest.mark.parametrize("prior", ["mixture", "vamp"])
def test_what_makes_a_prior_does_not_decay(prior):
    model = new_model(replace(SMALL, prior=prior, prior_components=3))
    decaying, others = ({id(one) for one in group["params"]} for group in decayed(model, 0.1))
    of_prior = ("mixture.", "pseudo_pictures.")
    for name, parameter in model.named_parameters():
        assert (id(parameter) in decaying) == (parameter.dim() > 1 and not name.startswith(of_prior)), name
        assert (id(parameter) in decaying) != (id(parameter) in others)
    assert any(name.startswith(of_prior) and parameter.dim() > 1 for name, parameter in model.named_parameters())


def test_an_objective_that_trains_nothing_says_so(digits):
    class Still(ELBO):
        name = "still"

        def __call__(self, model, batch):
            terms = super().__call__(model, batch)
            return replace(terms, bound=terms.bound.detach())

    with pytest.raises(ValueError, match="the objective still trains nothing of this model, which is vae"):
        train(new_model(SMALL), digits.train, TrainingConfig(epochs=1), objective=Still())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "epochs must be above 0, got 0"),
        ({"batch_size": -1}, "batch_size must be above 0, got -1"),
        ({"learning_rate": 0.0}, "learning_rate must be above 0, got 0.0"),
        ({"learning_rate": math.nan}, "learning_rate must be above 0, got nan"),
        ({"weight_decay": -0.1}, "weight_decay must be at least 0 and below 1 / learning_rate, got -0.1"),
        ({"weight_decay": 500.0}, "weight_decay must be at least 0 and below 1 / learning_rate, got 500.0"),
        ({"schedule": "cosine"}, "schedule must be one of one_cycle, constant, stages, got 'cosine'"),
        ({"start": "zero"}, "start must be one of torch, mean, got 'zero'"),
        ({"precision": "float16"}, "precision must be one of auto, float32, bfloat16, got 'float16'"),
        ({"pictures_per_epoch": 0}, "pictures_per_epoch must be at least 1, got 0"),
        ({"seed": -1}, "seed must be between 0 and 2147483647, got -1"),
        ({"seed": 2**40}, "seed must be between 0 and 2147483647, got 1099511627776"),
    ],
)
def test_bad_settings_say_what_would_be_right(settings, message):
    with pytest.raises(ValueError, match=message):
        TrainingConfig(**settings)


def test_the_largest_seed_trains(digits):
    train(new_model(), digits.train, TrainingConfig(epochs=1, seed=2**31 - 1), stop_after=1)
