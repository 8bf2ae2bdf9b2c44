"""Networks as ONNX files, for the browser and any other runtime, checked against PyTorch when they are written."""

import logging
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from vae_core.data.files import write_whole
from vae_core.models import families
from vae_core.models.bijections import moment_draws
from vae_core.models.conditional import ConditionalVAE
from vae_core.models.flow_model import FlowModel
from vae_core.models.flow_posterior import FlowVAE
from vae_core.models.model import Model
from vae_core.models.semi_supervised import SemiSupervised
from vae_core.models.stacked import Stacked
from vae_core.models.vae import gaussian_latents
from vae_core.models.vector_quantised import QuantisedVAE, cells_of

CHECKED = 64  # pictures compared between PyTorch and the exported network
FILES = ("decoder.onnx", "encoder.onnx")
COMPLETER, CLASSIFIER, PRIOR, POSTERIOR = "completer.onnx", "classifier.onnx", "prior.onnx", "posterior.onnx"


@dataclass(frozen=True)
class Export:
    """Where the two networks are, and how far they are from PyTorch at worst, per output number."""

    decoder: Path  # "z" (batch, D) -> "x" (batch, C, H, W), the mean picture
    encoder: Path  # "x" (batch, C, H, W) -> "mean", "stddev" (batch, D); of discrete latents "codes", "vectors"
    max_abs_difference: float
    classifier: Path | None = None  # "x" (batch, C, H, W) -> "probabilities" (batch, classes), where there is q(y|x)
    prior: Path | None = None  # of discrete latents: "z" (batch, cells) -> "logits" (batch, cells, K)
    posterior: Path | None = None  # of a flow: "x" (1, C, H, W), "noise" (batch, D) -> "z" (batch, D), "log_density"


class Decoder(nn.Module):
    """z -> the mean picture, as a graph of tensors."""

    def __init__(self, model: Model):
        super().__init__()
        self.model = model

    def forward(self, z: Tensor) -> Tensor:
        outputs = self.model.decoder(z)
        return outputs.sigmoid()


class Encoder(nn.Module):
    """x -> mean and stddev of q(z|x), as a graph of tensors."""

    def __init__(self, model: Model):
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        posterior = self.model.encode(x)
        return posterior.mean, posterior.stddev


class BentEncoder(nn.Module):
    """x -> mean and stddev of a q(z|x) that a flow has bent, as a graph of tensors."""

    noise: Tensor

    def __init__(self, model: FlowVAE, like: Tensor):
        super().__init__()
        self.model = model
        self.register_buffer("noise", moment_draws(model.config.latent_dim, like))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.model.encode(x).moments_over(self.noise)


class BentPosterior(nn.Module):
    """One picture and draws of N(0, I) -> what q(z|x)'s Gaussian and its flow make of them, and log q(z|x) there, as a
    graph of tensors."""

    def __init__(self, model: FlowVAE):
        super().__init__()
        self.model = model

    def forward(self, x: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        z, log_density = self.model.encode(x).at(noise[:, None])  # (draws, 1, D), (draws, 1)
        return z[:, 0], log_density[:, 0]


class PointEncoder(nn.Module):
    """x -> the one z that it is the picture of, and 0, as a graph of tensors."""

    def __init__(self, model: FlowModel):
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        z, _ = self.model.to_latents(x)
        return z, torch.zeros_like(z)


class LabelledDecoder(nn.Module):
    """z and the one-hot label -> the mean picture, as a graph of tensors."""

    def __init__(self, model: ConditionalVAE):
        super().__init__()
        self.decoder = model.decoder

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        return self.decoder(z, y).sigmoid()


class LabelledEncoder(nn.Module):
    """x and the one-hot label -> mean and stddev of q(z|x, y), as a graph of tensors."""

    def __init__(self, model: ConditionalVAE):
        super().__init__()
        self.model = model

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        posterior = self.model.posterior(x, y)
        return posterior.mean, posterior.stddev


class BlindEncoder(nn.Module):
    """x -> mean and stddev of q(z|x) of a model with labels whose encoder does not see them, as a graph of tensors."""

    def __init__(self, model: ConditionalVAE):
        super().__init__()
        self.encoder = model.encoder

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        posterior = gaussian_latents(self.encoder(x))
        return posterior.mean, posterior.stddev


class Probabilities(nn.Module):
    """x -> q(y|x), as a graph of tensors."""

    def __init__(self, model: SemiSupervised | Stacked):
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        if isinstance(self.model, Stacked):
            return self.model.upper.classifier(gaussian_latents(self.model.vae.encoder(x)).mean).softmax(-1)
        return self.model.classifier(x).softmax(-1)


class StyleDecoder(nn.Module):
    """z2 and the one-hot label -> the picture at the mean of p(z1|y, z2), as a graph of tensors."""

    def __init__(self, model: Stacked):
        super().__init__()
        self.model = model

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        return self.model.vae.decoder(gaussian_latents(self.model.upper.down(z, y)).mean).sigmoid()


class StyleEncoder(nn.Module):
    """x and the one-hot label -> mean and stddev of q(z2|z1, y) at the mean of q(z1|x), as a graph of tensors."""

    def __init__(self, model: Stacked):
        super().__init__()
        self.model = model

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        posterior = gaussian_latents(self.model.upper.up(gaussian_latents(self.model.vae.encoder(x)).mean, y))
        return posterior.mean, posterior.stddev


class CodesEncoder(nn.Module):
    """x -> the codes (batch, cells) int64, and the vectors (batch, cells, d) that they are the nearest to."""

    def __init__(self, model: QuantisedVAE):
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        grids = self.model.quantise(x)
        return cells_of(grids), torch.cat([grid.vectors.flatten(2).mT for grid in grids], 1)


@torch.no_grad()
def export(model: Model, folder: Path) -> Export:
    """Write decoder.onnx and encoder.onnx into a folder, then run both and compare them with PyTorch.

    Those of a model with labels take one more input, "y" (batch, classes): 1 at the label, 0 elsewhere. A model that
    classifies has a third file, classifier.onnx; of one that stands on a VAE, "z" is the style z2 alone. A flow's third
    file is posterior.onnx, draws and their density; encoder.onnx has no more than their mean and standard deviation.

    Weights that are float16 numbers (the zoo's are) are stored as such and widened when the network is loaded, which
    halves the file and changes no value. Raises OSError if the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(model, QuantisedVAE):
        return export_quantised(model.eval(), folder)
    model = model.eval()
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(CHECKED, model.config.latent_dim, generator=generator)
    x = torch.rand(CHECKED, *model.config.picture_shape, generator=generator)
    decoder, encoder = folder / FILES[0], folder / FILES[1]
    if isinstance(model, ConditionalVAE):
        return Export(decoder, encoder, export_labelled(model, z, x, decoder, encoder))
    if isinstance(model, SemiSupervised | Stacked):
        classifier = folder / CLASSIFIER
        if isinstance(model, Stacked):
            difference = export_style(model, z[:, : model.config.upper_dim], x, decoder, encoder)
        else:
            difference = export_labelled(model.conditional, z, x, decoder, encoder)
        write_onnx(Probabilities(model), {"x": x}, classifier, ["probabilities"])
        found = run(classifier, {"x": x})["probabilities"]
        wrong = float(np.abs(found - model.classify(x).probs.numpy()).max())
        return Export(decoder, encoder, max(difference, wrong), classifier)
    write_onnx(Decoder(model), {"z": z}, decoder, ["x"])
    write_onnx(encoder_of(model, x), {"x": x}, encoder, ["mean", "stddev"])
    posterior = model.encode(x)
    expected = {"x": model.decode(z).mean, "mean": posterior.mean, "stddev": posterior.stddev}
    outputs = {**run(decoder, {"z": z}), **run(encoder, {"x": x})}
    difference = farthest(outputs, expected)
    if isinstance(model, FlowVAE):
        path = folder / POSTERIOR
        return Export(decoder, encoder, max(difference, export_posterior(model, z, x[:1], path)), posterior=path)
    return Export(decoder, encoder, difference)


def encoder_of(model: Model, x: Tensor) -> nn.Module:
    """From pictures like `x` to mean and stddev of a model whose latents are dense and which takes no labels."""
    if isinstance(model, FlowVAE):
        return BentEncoder(model, x)
    return PointEncoder(model) if isinstance(model, FlowModel) else Encoder(model)


def export_posterior(model: FlowVAE, noise: Tensor, x: Tensor, path: Path) -> float:
    """Write a flow's posterior, tried on draws (B, D) of N(0, I) and one picture (1, C, H, W); how far it is from
    PyTorch at worst."""
    network = BentPosterior(model)
    write_onnx(network, {"x": x, "noise": noise}, path, ["z", "log_density"], single=("x",))
    found = run(path, {"x": x, "noise": noise})
    expected = dict(zip(("z", "log_density"), network(x, noise), strict=True))
    return farthest(found, expected)


def export_labelled(model: ConditionalVAE, z: Tensor, x: Tensor, decoder: Path, encoder: Path) -> float:
    """Write both networks of a model with labels, tried on latents (B, D) and pictures (B, C, H, W); how far they are
    from PyTorch at worst."""
    y, label = tried_labels(z, model.config.classes)
    posterior = model.encode(x, y)
    expected = {"x": model.decode(z, y).mean, "mean": posterior.mean, "stddev": posterior.stddev}
    write_onnx(LabelledDecoder(model), {"z": z, "y": label}, decoder, ["x"])
    read = {"x": x, "y": label} if model.config.encoder_sees_label else {"x": x}
    write_onnx(LabelledEncoder(model) if "y" in read else BlindEncoder(model), read, encoder, ["mean", "stddev"])
    return farthest({**run(decoder, {"z": z, "y": label}), **run(encoder, read)}, expected)


def export_style(model: Stacked, z: Tensor, x: Tensor, decoder: Path, encoder: Path) -> float:
    """`export_labelled` of a model that stands on a VAE, tried on styles z2 (B, D2)."""
    y, label = tried_labels(z, model.config.classes)
    posterior = model.upper.encode(model.vae.encode(x).mean, y)
    pictures = model.vae.decode(model.upper.decode(z, y).mean).mean
    expected = {"x": pictures, "mean": posterior.mean, "stddev": posterior.stddev}
    read = {"x": x, "y": label}
    write_onnx(StyleDecoder(model), {"z": z, "y": label}, decoder, ["x"])
    write_onnx(StyleEncoder(model), read, encoder, ["mean", "stddev"])
    return farthest({**run(decoder, {"z": z, "y": label}), **run(encoder, read)}, expected)


def tried_labels(z: Tensor, classes: int) -> tuple[Tensor, Tensor]:
    """Labels for latents (B, D), all there are by turns: (B,), and one-hot as networks are given them, (B, classes)."""
    y = torch.arange(len(z)) % classes
    return y, nn.functional.one_hot(y, classes).to(z.dtype)


@torch.no_grad()
def export_quantised(model: QuantisedVAE, folder: Path) -> Export:
    """`export` of a model with discrete latents, whose "z" (batch, cells) is of codes, int64. prior.onnx gives the
    logits of each cell's code, given the cells before it: what is drawn from it cell by cell is a draw of p(z)."""
    generator = torch.Generator().manual_seed(0)
    config = model.config
    z = torch.randint(config.codes, (CHECKED, config.latent_dim), generator=generator)
    x = torch.rand(CHECKED, *config.picture_shape, generator=generator)
    encoder, prior = CodesEncoder(model), folder / PRIOR
    found = Export(folder / FILES[0], folder / FILES[1], 0.0, prior=prior)
    write_onnx(Decoder(model), {"z": z}, found.decoder, ["x"])
    write_onnx(encoder, {"x": x}, found.encoder, ["codes", "vectors"])
    write_onnx(model.code_prior, {"z": z}, prior, ["logits"])
    codes, vectors = encoder(x)
    expected = {"x": model.decode(z).mean, "codes": codes, "vectors": vectors, "logits": model.code_prior(z)}
    outputs = {**run(found.decoder, {"z": z}), **run(found.encoder, {"x": x}), **run(prior, {"z": z})}
    difference = farthest(outputs, expected)
    return replace(found, max_abs_difference=difference)


@torch.no_grad()
def export_completer(model: Model, folder: Path) -> tuple[Path, float]:
    """Write completer.onnx, the encoder of what is left of a picture: where it is, and how far from PyTorch at worst.

    "picture" (batch, C, H, W) and "mask" (batch, 1, H, W), 1 = observed, -> "outputs" (batch, K + 2 K D): of a mixture
    of K Gaussians the logits, the means (K, D), and the scales (K, D) before softplus. Raises ValueError for a model
    without such an encoder, OSError if the folder cannot be written.
    """
    if not families.completes_holes(model):
        completing = " or ".join(name for name, each in families.FAMILIES.items() if each.completes_holes)
        raise ValueError(f"a model of the family {completing} has a completer, this one is {model.config.family}")
    folder.mkdir(parents=True, exist_ok=True)
    completer, path = model.eval().completer, folder / COMPLETER
    generator = torch.Generator().manual_seed(0)
    picture = torch.rand(CHECKED, *model.config.picture_shape, generator=generator)
    mask = (torch.rand(CHECKED, 1, *picture.shape[2:], generator=generator) < 0.5).float()
    write_onnx(completer, {"picture": picture, "mask": mask}, path, ["outputs"])
    outputs = run(path, {"picture": picture, "mask": mask})["outputs"]
    return path, float(np.abs(outputs - completer(picture, mask).numpy()).max())


def write_onnx(
    network: nn.Module,
    examples: dict[str, Tensor],
    path: Path,
    output_names: list[str],
    single: tuple[str, ...] = (),
) -> None:
    """Export one network, its inputs by name, with a dynamic batch size but for those that are `single`; the file
    appears whole or not at all."""
    batch = torch.export.Dim("batch")
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exported = torch.onnx.export(
            network.eval(),
            tuple(examples.values()),
            input_names=list(examples),
            output_names=output_names,
            dynamic_shapes=tuple({} if name in single else {0: batch} for name in examples),
            dynamo=True,
            verbose=False,
        )
    program = cast(torch.onnx.ONNXProgram, exported)  # there is none only without dynamo
    proto = store_as_half(program.model_proto)
    for entry in (proto, proto.graph, *proto.graph.node):
        entry.ClearField("metadata_props")  # traces of the exporting machine: file names and stack frames
        entry.ClearField("doc_string")
    write_whole(path, proto.SerializeToString())


def store_as_half(proto: onnx.ModelProto) -> onnx.ModelProto:
    """Store every float32 weight that is exactly a float16 number in 16 bits, followed by a cast."""
    casts = []
    for index, weight in enumerate(proto.graph.initializer):
        if weight.data_type != onnx.TensorProto.FLOAT:
            continue
        values = onnx.numpy_helper.to_array(weight)
        with np.errstate(over="ignore"):
            half = values.astype(np.float16)
        if values.size < 64 or not np.array_equal(half.astype(np.float32), values):
            continue
        name = weight.name
        proto.graph.initializer[index].CopyFrom(onnx.numpy_helper.from_array(half, f"{name}.half"))
        casts.append(onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *proto.graph.node]
    del proto.graph.node[:]
    proto.graph.node.extend(nodes)
    onnx.checker.check_model(proto)
    return proto


def farthest(outputs: dict[str, np.ndarray], expected: dict[str, Tensor]) -> float:
    """How far outputs are from what PyTorch has of them, at worst, per number."""
    return max(float(np.abs(outputs[name] - expected[name].numpy()).max()) for name in expected)


def run(path: Path, inputs: dict[str, Tensor]) -> dict[str, np.ndarray]:
    """Outputs of an ONNX file by name."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {name: tensor.numpy() for name, tensor in inputs.items()}), strict=True))
