"""One training loop in a process of its own, driven turn by turn: `python -m tests.benchmarks.contenders NAME EPOCHS`.

All train the same network (784-500-500-10 and back) on the same pictures in batches of 128 by Adam at a constant rate
of 1e-3. A number of steps on standard input is one turn; the answer is a line of JSON with the seconds that it took.
After the last turn comes the loss on the test pictures, by one function and the same noise for all.
"""

import json
import logging
import sys
import tempfile
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vae_core.data.pictures import DatasetUnavailable, InMemoryPictures
from vae_core.data.registry import load_dataset

BATCH = 128
RATE = 1e-3
LATENT = 10
SHAPE = (1, 28, 28)
COUNT = 60_000
Encode = Callable[[Tensor], tuple[Tensor, Tensor]]  # pictures (B, C, H, W) -> mean and stddev (B, D)
Decode = Callable[[Tensor], Tensor]  # z (B, D) -> logits (B, C, H, W)


class Turns:
    """Stops a loop after every turn until the next one is asked for."""

    def __init__(self):
        self.left = 0
        self.before = None

    def step(self) -> None:
        """Called by a loop after each of its steps."""
        if self.left > 1:
            self.left -= 1
            return
        if self.before is not None:
            wall, processor = time.perf_counter() - self.before[0], time.process_time() - self.before[1]
            self.say({"seconds": wall, "processor_seconds": processor, "images": self.turn * BATCH})
        self.turn = self.left = int(sys.stdin.readline() or 10**9)
        self.before = time.perf_counter(), time.process_time()

    def say(self, message: dict) -> None:
        """One line to whoever drives."""
        sys.__stdout__.write(json.dumps(message) + "\n")
        sys.__stdout__.flush()


def pictures() -> tuple[str, InMemoryPictures, Tensor]:
    """What all train on and are tested on: MNIST, or scikit-learn's digits enlarged to 28x28 where it cannot be had."""
    try:
        mnist = load_dataset("mnist", download=False)
        return "mnist", mnist.train, mnist.test.images
    except DatasetUnavailable:
        digits = load_dataset("digits")
        train, test = (enlarge(split.batch(slice(None))) for split in (digits.train, digits.test))
        return "enlarged digits", InMemoryPictures(train.repeat(COUNT // len(train) + 1, 1, 1, 1)[:COUNT]), test


def enlarge(images: Tensor) -> Tensor:
    """uint8 (N, 1, 8, 8) -> (N, 1, 28, 28)."""
    return F.pad(images.repeat_interleave(3, 2).repeat_interleave(3, 3), (2, 2, 2, 2))


def ours(train: InMemoryPictures, epochs: int, turns: Turns, precision: str = "auto") -> tuple[Encode, Decode]:
    """`vae_core.learning.training.fit`, as anybody calls it."""
    from vae_core.learning.training import TrainingConfig, fit
    from vae_core.models.vae import VAE, VAEConfig

    model = VAE(VAEConfig(SHAPE, LATENT))
    config = TrainingConfig(epochs, BATCH, RATE, schedule="constant", precision=precision)
    for _ in fit(model, train, config):
        turns.step()
    return lambda x: (model.encode(x).mean, model.encode(x).stddev), lambda z: model.decoder(z)


def float32(train: InMemoryPictures, epochs: int, turns: Turns) -> tuple[Encode, Decode]:
    """The same without bfloat16, to tell what that brings."""
    return ours(train, epochs, turns, precision="float32")


def encoder_layers() -> nn.Sequential:
    return nn.Sequential(nn.Linear(784, 500), nn.ReLU(), nn.Linear(500, 500), nn.ReLU(), nn.Linear(500, 2 * LATENT))


def decoder_layers() -> nn.Sequential:
    return nn.Sequential(nn.Linear(LATENT, 500), nn.ReLU(), nn.Linear(500, 500), nn.ReLU(), nn.Linear(500, 784))


def bare(train: InMemoryPictures, epochs: int, turns: Turns) -> tuple[Encode, Decode]:
    """The loop that a competent student writes: float32, nothing but PyTorch, nothing that costs without need."""
    encoder, decoder = encoder_layers(), decoder_layers()
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=RATE)
    data = train.images.flatten(1).float() / 255
    for _ in range(epochs):
        order = torch.randperm(len(data))
        for start in range(0, len(data), BATCH):
            grey = data[order[start : start + BATCH]]
            x = (torch.rand_like(grey) < grey).float()
            mean, log_variance = encoder(x).chunk(2, dim=1)
            z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
            reconstruction = F.binary_cross_entropy_with_logits(decoder(z), x, reduction="sum")
            kl = -0.5 * (1 + log_variance - mean**2 - log_variance.exp()).sum()
            loss = (reconstruction + kl) / len(x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()  # people watch the loss
            turns.step()
    return from_log_variance(encoder), lambda z: decoder(z).unflatten(1, SHAPE)


def from_log_variance(encoder: nn.Module) -> Encode:
    """Mean and stddev from a network that gives mean and log variance."""

    def encode(x: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = encoder(x.flatten(1)).chunk(2, dim=1)
        return mean, (0.5 * log_variance).exp()

    return encode


def pythae(train: InMemoryPictures, epochs: int, turns: Turns) -> tuple[Encode, Decode]:
    """pythae's VAE and BaseTrainer on a tensor of pictures, as its documentation shows it.

    Its data set holds fixed pictures: they were binarised once, beforehand, so it is spared what the others pay for.
    """
    logging.disable(logging.INFO)
    sys.stdout = sys.stderr = open("/dev/null", "w") if sys.platform != "win32" else open("NUL", "w")  # noqa: SIM115
    from pythae.data.datasets import BaseDataset
    from pythae.models import VAE, VAEConfig
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder
    from pythae.trainers import BaseTrainer, BaseTrainerConfig
    from pythae.trainers.training_callbacks import TrainingCallback

    class Encoder(BaseEncoder):
        def __init__(self):
            super().__init__()
            self.layers = encoder_layers()

        def forward(self, x):
            mean, log_variance = self.layers(x.flatten(1)).chunk(2, dim=1)
            return ModelOutput(embedding=mean, log_covariance=log_variance)

    class Decoder(BaseDecoder):
        def __init__(self):
            super().__init__()
            self.layers = decoder_layers()

        def forward(self, z):
            return ModelOutput(reconstruction=self.layers(z).sigmoid().unflatten(1, SHAPE))

    class AfterEachStep(TrainingCallback):
        def on_train_step_end(self, training_config, **_):
            turns.step()

    model = VAE(VAEConfig(SHAPE, LATENT, reconstruction_loss="bce"), Encoder(), Decoder())
    data = BaseDataset(binarised(train.images), torch.zeros(len(train)))
    with tempfile.TemporaryDirectory() as folder:
        config = BaseTrainerConfig(
            output_dir=folder,
            per_device_train_batch_size=BATCH,
            num_epochs=epochs,
            learning_rate=RATE,
            no_cuda=True,
        )
        BaseTrainer(model, data, training_config=config, callbacks=[AfterEachStep()]).train()
    return from_log_variance(model.encoder.layers), lambda z: model.decoder.layers(z).unflatten(1, SHAPE)


def binarised(images: Tensor) -> Tensor:
    """uint8 pictures (N, C, H, W) as zeros and ones, always the same."""
    generator = torch.Generator().manual_seed(0)
    parts = [(torch.rand(part.shape, generator=generator) < part / 255).float() for part in images.split(1000)]
    return torch.cat(parts)


@torch.no_grad()
def test_loss(encode: Encode, decode: Decode, images: Tensor) -> float:
    """-ELBO of the test pictures, nats per image: one draw of z with noise that is the same for all."""
    noise, total = torch.Generator().manual_seed(1), 0.0
    for x in binarised(images).split(1000):
        mean, stddev = encode(x)
        z = mean + stddev * torch.randn(mean.shape, generator=noise)
        cross_entropy = F.binary_cross_entropy_with_logits(decode(z), x, reduction="sum")
        kl = 0.5 * (mean**2 + stddev**2 - 1 - 2 * stddev.log()).sum()
        total += (cross_entropy + kl).item()
    return total / len(images)


CONTENDERS = {"ours": ours, "ours in float32": float32, "bare": bare, "pythae": pythae}


def main() -> None:
    """Train as the named contender, a turn at a time."""
    name, epochs, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    source, train, test = pictures()
    turns = Turns()
    encode, decode = CONTENDERS[name](train, epochs, turns)
    turns.say({"test_loss": test_loss(encode, decode, test), "pictures": source})


if __name__ == "__main__":
    main()
