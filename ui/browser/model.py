"""A model as the browser components need it: numbers, and addresses of what is published.

A component gets addresses of published files and a few numbers, never arrays: a rerun of the script sends almost
nothing, and while a hand moves nothing is sent at all.
"""

import functools
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch

from ui import cache, figures
from ui.browser.component import MODULES
from ui.browser.install import INSTALLED
from ui.browser.opening import published_opening
from ui.browser.publish import STATIC, are_there, digest, publish, publish_folder, tidy_up
from ui.browser.tidy import LASTING
from ui.link import FARTHEST
from ui.view import DECIMALS, Bounds
from vae_core.analysis.aggregate_posterior import active_dimensions, aggregate_posterior, components
from vae_core.data.pictures import DatasetInfo
from vae_core.intake import steps as intake
from vae_core.models import families
from vae_core.models.checkpoint import Checkpoint
from vae_core.zoo.onnx_export import export

QUANTILES = (0.005, 0.995)  # of the codes: what a slider spans
SLIDER_AT_LEAST = 2.0  # in both directions, so that a collapsed dimension's slider has somewhere to go
NETWORKS = 2  # grows when networks are published in another form

LASTING.update(stem for stem, _, _ in INSTALLED.values())


@cache.kept(spinner="Preparing the browser's runtime, once on this machine", valid=are_there)
def files() -> dict[str, str]:
    """Addresses of the runtime and the plotting library; the first one who asks finds a tidy folder."""
    tidy_up()
    contents = {name: (STATIC / "node_modules" / path).read_bytes() for name, (_, _, path) in INSTALLED.items()}
    return {
        name: publish(stem, suffix, digest(contents[name]), lambda name=name: contents[name])
        for name, (stem, suffix, _) in INSTALLED.items()
    }


def modules() -> str:
    """Address of the folder with this version of our own modules."""
    return _modules(cache.stamp(MODULES, deep=True))


@cache.kept(entries=2, valid=are_there)
def _modules(now: tuple) -> str:
    return publish_folder("live", MODULES)


@cache.kept(entries=32)
def bounds(version: tuple, _checkpoint: Checkpoint, _info: DatasetInfo) -> Bounds:
    """What a model allows."""
    codes = _checkpoint.codes
    latent_dim = codes.mean.shape[1]
    labelled = codes.labels is not None and bool(_info.labels)
    order = [index for index, _ in by_use(_checkpoint)]
    return Bounds(
        latent_dim=latent_dim,
        codes=codes.mean,
        projections=tuple(name for name in ("umap", "pca") if name in _checkpoint.projections),
        colours=("label", "kl", "error") if labelled else ("kl", "error"),
        axes=(0, 1) if latent_dim == 2 else tuple(order[:2]),
    )


@cache.kept(entries=32, spinner="Preparing the model for the browser, once on this machine", valid=are_there)
def model_for_browser(version: tuple, name: str, _checkpoint: Checkpoint, _info: DatasetInfo, _bounds: Bounds) -> dict:
    """Everything the component knows of a model: numbers for its sliders, addresses for what is large."""
    checkpoint = _checkpoint
    dimensions = sliders(checkpoint)
    plane = ("mean", "components") if "pca" in _bounds.projections else ()
    return {
        "name": name,
        "shape": list(checkpoint.model.config.picture_shape),
        "latentDim": _bounds.latent_dim,
        "labels": list(_info.labels) if "label" in _bounds.colours else [],
        "projections": list(_bounds.projections),
        "colours": list(_bounds.colours),
        "axes": list(_bounds.axes),
        "palette": {"labels": list(figures.LABEL_COLOURS), "scale": figures.SCALE},
        "dimensions": dimensions,
        "pca": {key: checkpoint.projections[f"pca_{key}"].tolist() for key in plane} or None,
        "likelihood": checkpoint.model.config.likelihood,
        "noise": pixel_noise(checkpoint),
        "mixture": published_mixture(name, checkpoint),
        "active": active_dimensions(checkpoint.codes.mean).tolist(),
        "pen": pen(_info),
        **published_networks(name, checkpoint),
        "codes": published_codes(name, checkpoint),
        "aggregate": published_aggregate(name, checkpoint),
        "opening": published_opening(name, checkpoint, _bounds.place, dimensions),
        "link": {"farthest": FARTHEST, "decimals": DECIMALS},
    }


def pen(info: DatasetInfo) -> dict | None:
    """What the data set did to what was drawn, in pixels; None where its pictures were not drawn."""
    box = intake.digit_box(info)
    return box and {"box": box, "fit": False, "centre": True}


def sliders(checkpoint: Checkpoint) -> list[dict]:
    """Each latent dimension's index, how much it is used (see `by_use`), and the range its slider spans."""
    measure = "kl" if checkpoint.codes.kl_splits else "variance"
    low, high = np.quantile(checkpoint.codes.mean.numpy(), QUANTILES, axis=0)
    return [
        {
            "index": index,
            measure: round(use, 4),
            "low": round(min(float(low[index]), -SLIDER_AT_LEAST), 2),
            "high": round(max(float(high[index]), SLIDER_AT_LEAST), 2),
        }
        for index, use in by_use(checkpoint)
    ]


def kl_of(checkpoint: Checkpoint) -> torch.Tensor:
    """Mean KL of each latent dimension over the test split, nats, (D,); (1,) where it is no sum over dimensions."""
    return checkpoint.codes.kl.mean(dim=0)


def by_use(checkpoint: Checkpoint) -> list[tuple[int, float]]:
    """The latent dimensions, the most used first, with how much: the mean KL over the test split, nats; where that is
    no sum over dimensions, the variance of E_q[z] over its pictures."""
    codes = checkpoint.codes
    use = kl_of(checkpoint) if codes.kl_splits else codes.mean.var(0, correction=0)
    order = use.argsort(descending=True, stable=True)
    return list(zip(order.tolist(), use[order].tolist(), strict=True))


def published_mixture(name: str, checkpoint: Checkpoint) -> dict | None:
    """The Gaussians of a prior that was learned, with their weights; None where it is N(0, I)."""
    if families.prior_of(checkpoint.model) == "normal":
        return None
    with torch.no_grad():
        prior = checkpoint.model.prior
        weights, parts = prior.mixture_distribution.probs, prior.component_distribution.base_dist
        blocks = {"weight": weights[:, None], "mean": parts.mean, "stddev": parts.stddev}
        return published_blocks(f"prior-{name}", blocks)


def pixel_noise(checkpoint: Checkpoint) -> float | None:
    """The standard deviation that a Gaussian likelihood gives to every pixel; None for a Bernoulli likelihood."""
    if checkpoint.model.config.likelihood != "gaussian":
        return None
    model = checkpoint.model
    with torch.no_grad():
        family, labels = families.of(model), torch.zeros(1, dtype=torch.int64)
        given = (labels,) if family.takes_labels or family.classifies else ()
        kind = torch.float32 if family.has_distances else torch.int64
        pixels = model.decode(torch.zeros(1, model.config.latent_dim, dtype=kind), *given)
    return float(pixels.base_dist.stddev.flatten()[0])


def published_networks(name: str, checkpoint: Checkpoint) -> dict[str, str]:
    """Addresses of a model's decoder and encoder; of discrete latents of their prior, too, of a flow of its posterior,
    and of q(y|x) where there is one."""
    key = f"{checkpoint.content_hash} {NETWORKS}"
    networks = functools.cache(lambda: network_bytes(checkpoint))  # all at once, and only if one is missing
    family = families.of(checkpoint.model)
    more = {
        "prior": not family.has_distances,
        "classifier": family.classifies,
        "posterior": family.bends_posterior,
    }
    kinds = ("decoder", "encoder", *(kind for kind, there in more.items() if there))
    return {
        kind: publish(f"{kind}-{name}", ".onnx.planes.gz", key, lambda kind=kind: networks()[kind]) for kind in kinds
    }


def network_bytes(checkpoint: Checkpoint) -> dict[str, bytes]:
    """Networks as ONNX files; the decoder also gives the logits behind its picture."""
    with tempfile.TemporaryDirectory() as folder:
        exported = export(checkpoint.model, Path(folder))
        found = {"decoder": with_logits(exported.decoder.read_bytes()), "encoder": exported.encoder.read_bytes()}
        more = {"prior": exported.prior, "classifier": exported.classifier, "posterior": exported.posterior}
        return found | {kind: path.read_bytes() for kind, path in more.items() if path}


def with_logits(network: bytes) -> bytes:
    """A decoder with one more output, "logits": where a pixel is certain, its probability rounds to 0 or 1, and the
    likelihood of a pixel that is otherwise would be lost."""
    proto = onnx.load_from_string(network)
    (last,) = (node for node in proto.graph.node if node.output[0] == "x")
    if last.op_type != "Sigmoid":
        raise ValueError(f"the decoder must end in a sigmoid, got {last.op_type}")
    raw = last.input[0]
    for node in proto.graph.node:
        for names in (node.input, node.output):
            for place, name in enumerate(names):
                names[place] = "logits" if name == raw else name
    logits = onnx.ValueInfoProto()
    logits.CopyFrom(proto.graph.output[0])
    logits.name = "logits"
    kept = [info for info in proto.graph.value_info if info.name not in (raw, "logits")]
    del proto.graph.value_info[:]
    proto.graph.value_info.extend(kept)
    proto.graph.output.append(logits)
    onnx.checker.check_model(proto)
    return proto.SerializeToString()


def published_codes(name: str, checkpoint: Checkpoint) -> dict:
    """Codes, their projections, labels, indices and terms of the ELBO in one file of float32 blocks."""
    codes = checkpoint.codes
    blocks = {"mean": codes.mean, "indices": codes.indices[:, None]}
    if codes.labels is not None:
        blocks["labels"] = codes.labels[:, None]
    seen = {key: checkpoint.projections[key] for key in ("pca", "umap") if key in checkpoint.projections}
    seen["kl"] = codes.kl.sum(dim=1, keepdim=True)
    seen["reconstruction_error"] = codes.reconstruction_error[:, None]
    if codes.log_likelihood is not None:
        seen["log_likelihood"] = codes.log_likelihood[:, None]
    blocks |= {key: rounded(block) for key, block in seen.items()}
    return published_blocks(f"codes-{name}", blocks)


def published_aggregate(name: str, checkpoint: Checkpoint) -> dict:
    """The posteriors that q(z) is made of, without the means that `published_codes` has, and its reference."""
    codes = checkpoint.codes
    rows = components(len(codes.mean))
    reference = aggregate_posterior(codes).reference.reshape(len(rows), -1)
    return published_blocks(
        f"aggregate-{name}", {"stddev": rounded(codes.stddev[rows]), "reference": rounded(reference)}
    )


def published_blocks(stem: str, blocks: dict[str, torch.Tensor]) -> dict:
    """Blocks (N, width), one after another in one file of float32."""
    content = b"".join(block.float().contiguous().numpy().astype("<f4").tobytes() for block in blocks.values())
    return {
        "url": publish(stem, ".f32.planes.gz", digest(content), lambda: content),
        "count": len(next(iter(blocks.values()))),
        "blocks": [[key, block.shape[1]] for key, block in blocks.items()],
    }


def rounded(values: torch.Tensor) -> torch.Tensor:
    """float32 values to 13 binary digits, which is finer than a screen: what follows compresses to nothing."""
    mantissa, exponent = values.float().frexp()
    return torch.ldexp((mantissa * 2**13).round() / 2**13, exponent)
