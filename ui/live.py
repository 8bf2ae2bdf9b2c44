"""Python's face of the browser components: one function a component, and what they need published.

A component gets addresses of published files and a few numbers, never arrays: a rerun of the script sends almost
nothing, and while a hand moves nothing is sent at all.
"""

import functools
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import streamlit as st
import torch

from ui import cache, figures
from ui.link import Bounds, Place, View
from ui.publish import STATIC, digest, publish, publish_folder
from vae_core.analysis.traversal import neighbour_radius
from vae_core.data.pictures import DatasetInfo, DatasetUnavailable
from vae_core.models.checkpoint import Checkpoint
from vae_core.zoo.onnx_export import export

MODULES = STATIC / "live"
INSTALLED = {  # what the browser needs of node_modules: stem, suffix, file
    "ort": ("ort", ".mjs", "onnxruntime-web/dist/ort.wasm.bundle.min.mjs"),
    "wasm": ("ort-wasm", ".wasm.gz", "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm"),
    "plotly": ("plotly", ".js.gz", "plotly.js-gl2d-dist-min/plotly-gl2d.min.js"),
}
QUANTILES = (0.005, 0.995)  # of the codes: what a slider spans
SLIDER_AT_LEAST = 2.0  # in both directions, so that a collapsed dimension's slider has somewhere to go
SHEET = 200  # originals in one file
NETWORKS = 2  # grows when networks are published in another form

BOOTSTRAP = """
const styled = new Map();
function style(href) {
  if (!styled.has(href)) styled.set(href, new Promise((resolve) => {
    document.head.append(Object.assign(document.createElement("link"),
      { rel: "stylesheet", href, onload: resolve, onerror: resolve }));
  }));
  return styled.get(href);
}
export default async function (component) {
  const root = document.baseURI.replace(/[?#].*$/, "").replace(/[^/]*$/, "") + component.data.modules;
  const [{ mount }] = await Promise.all([import(`${root}/${component.name}.js`), style(`${root}/live.css`)]);
  return mount(component);
}
"""
SKELETON = '<div class="live-mount"><div class="live-skeleton"></div></div>'
SKELETON_STYLE = """
.live-skeleton { height: calc(100dvh - 11rem); min-height: 32rem; border-radius: var(--st-base-radius);
  background: var(--st-secondary-background-color); opacity: .6 }
"""

_explore = st.components.v2.component("explore", html=SKELETON, css=SKELETON_STYLE, js=BOOTSTRAP, isolate_styles=False)


def installed() -> bool:
    """Whether the browser's runtime is there; without it pages decode in Python."""
    return all((STATIC / "node_modules" / path).exists() for _, _, path in INSTALLED.values())


def sent(key: str) -> Mapping[str, Any] | None:
    """The newest place a component reported, before it is mounted in this run."""
    return (st.session_state.get(key) or {}).get("place")


def explore(model: dict, view: View, place: Place, visit: int, figure: str, originals: dict | None, key: str) -> None:
    """The Explore page's map, picture, sliders, traversals and grid.

    `model` comes from `model_for_browser`, `figure` and `originals` from the functions below. `visit` grows whenever
    Python wants the component to go to `place`; otherwise the component knows better where it is. What it reports is
    in `sent(key)`.
    """
    data = {
        "modules": modules(),
        "files": files(),
        "model": model,
        "view": asdict(view),
        "place": {"visit": visit, **asdict(place)},
        "figure": figure,
        "originals": originals,
    }
    _explore(key=key, data=data, on_place_change=lambda: None)


@st.cache_resource(show_spinner="Preparing the browser's runtime, once on this machine")
def files() -> dict[str, str]:
    """Addresses of the runtime and the plotting library."""
    contents = {name: (STATIC / "node_modules" / path).read_bytes() for name, (_, _, path) in INSTALLED.items()}
    return {
        name: publish(stem, suffix, digest(contents[name]), lambda name=name: contents[name])
        for name, (stem, suffix, _) in INSTALLED.items()
    }


def modules() -> str:
    """Address of the folder with this version of our own modules."""
    return _modules(cache.stamp(MODULES))


@st.cache_resource(show_spinner=False, max_entries=2)
def _modules(now: tuple) -> str:
    return publish_folder("live", MODULES)


@st.cache_resource(show_spinner=False, max_entries=32)
def bounds(version: tuple, _checkpoint: Checkpoint, _info: DatasetInfo) -> Bounds:
    """What a share link may say about a model."""
    codes = _checkpoint.codes
    latent_dim = codes.mean.shape[1]
    labelled = codes.labels is not None and bool(_info.labels)
    order = kl_of(_checkpoint).argsort(descending=True, stable=True)
    return Bounds(
        latent_dim=latent_dim,
        codes=codes.mean,
        projections=tuple(name for name in ("umap", "pca") if name in _checkpoint.projections),
        colours=("label", "kl", "error") if labelled else ("kl", "error"),
        axes=(0, 1) if latent_dim == 2 else tuple(order[:2].tolist()),
    )


@st.cache_resource(show_spinner="Preparing the model for the browser, once on this machine", max_entries=32)
def model_for_browser(version: tuple, name: str, _checkpoint: Checkpoint, _info: DatasetInfo, _bounds: Bounds) -> dict:
    """Everything the component knows of a model: numbers for its sliders, addresses for what is large."""
    checkpoint = _checkpoint
    plane = ("mean", "components") if "pca" in _bounds.projections else ()
    return {
        "name": name,
        "shape": list(checkpoint.model.config.picture_shape),
        "latentDim": _bounds.latent_dim,
        "labels": list(_info.labels) if "label" in _bounds.colours else [],
        "projections": list(_bounds.projections),
        "colours": list(_bounds.colours),
        "dimensions": sliders(checkpoint),
        "pca": {key: checkpoint.projections[f"pca_{key}"].tolist() for key in plane} or None,
        "likelihood": checkpoint.model.config.likelihood,
        "noise": pixel_noise(checkpoint),
        "radius": neighbour_radius(checkpoint.codes.mean),
        **published_networks(name, checkpoint),
        "codes": published_codes(name, checkpoint),
    }


def sliders(checkpoint: Checkpoint) -> list[dict]:
    """Each latent dimension's index, mean KL in nats, and the range its slider spans; the largest KL first."""
    kl = kl_of(checkpoint)
    low, high = np.quantile(checkpoint.codes.mean.numpy(), QUANTILES, axis=0)
    return [
        {
            "index": index,
            "kl": round(float(kl[index]), 4),
            "low": round(min(float(low[index]), -SLIDER_AT_LEAST), 2),
            "high": round(max(float(high[index]), SLIDER_AT_LEAST), 2),
        }
        for index in kl.argsort(descending=True, stable=True).tolist()
    ]


def kl_of(checkpoint: Checkpoint) -> torch.Tensor:
    """Mean KL of each latent dimension over the test split, nats, (D,)."""
    return checkpoint.codes.kl.mean(dim=0)


def pixel_noise(checkpoint: Checkpoint) -> float | None:
    """The standard deviation that a Gaussian likelihood gives to every pixel; None for a Bernoulli likelihood."""
    if checkpoint.model.config.likelihood != "gaussian":
        return None
    with torch.no_grad():
        pixels = checkpoint.model.decode(torch.zeros(1, checkpoint.model.config.latent_dim))
    return float(pixels.base_dist.stddev.flatten()[0])


def published_networks(name: str, checkpoint: Checkpoint) -> dict[str, str]:
    """Addresses of a model's decoder and encoder."""
    key = f"{checkpoint.content_hash} {NETWORKS}"
    networks = functools.cache(lambda: network_bytes(checkpoint))  # both at once, and only if one is missing
    return {
        "decoder": publish(f"decoder-{name}", ".onnx.planes.gz", key, lambda: networks()[0]),
        "encoder": publish(f"encoder-{name}", ".onnx.planes.gz", key, lambda: networks()[1]),
    }


def network_bytes(checkpoint: Checkpoint) -> tuple[bytes, bytes]:
    """Decoder and encoder as ONNX files; the decoder also gives the logits behind its picture."""
    with tempfile.TemporaryDirectory() as folder:
        exported = export(checkpoint.model, Path(folder))
        return with_logits(exported.decoder.read_bytes()), exported.encoder.read_bytes()


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
    if codes.log_likelihood is not None:
        seen["log_likelihood"] = codes.log_likelihood[:, None]
    blocks |= {key: rounded(block) for key, block in seen.items()}
    content = b"".join(block.float().contiguous().numpy().astype("<f4").tobytes() for block in blocks.values())
    return {
        "url": publish(f"codes-{name}", ".f32.planes.gz", digest(content), lambda: content),
        "count": len(codes.mean),
        "blocks": [[key, block.shape[1]] for key, block in blocks.items()],
    }


def rounded(values: torch.Tensor) -> torch.Tensor:
    """float32 values to 13 binary digits, which is finer than a screen: what follows compresses to nothing."""
    mantissa, exponent = values.float().frexp()
    return torch.ldexp((mantissa * 2**13).round() / 2**13, exponent)


@st.cache_resource(show_spinner=False, max_entries=128)
def map_figure(version: tuple, name: str, view: View, _checkpoint: Checkpoint, _info: DatasetInfo) -> str:
    """Address of the map's figure for one choice of axes and colour."""
    where = "-".join(f"z{axis + 1}" for axis in view.axes) if view.projection == "latent" else view.projection
    text = figures.map_of_codes(_checkpoint, _info.labels, view).to_json()
    return publish(f"map-{name}-{where}-{view.colour}", ".json.gz", text, text.encode)


def originals(version: tuple, name: str, checkpoint: Checkpoint, info: DatasetInfo, wanted: bool) -> dict | None:
    """Addresses of the real pictures behind the codes once they are wanted, or {"missing": how to get them}."""
    try:
        pictures = cache.dataset(info.name).test
    except DatasetUnavailable as error:
        return {"missing": str(error)}
    shape = tuple(checkpoint.model.config.picture_shape)
    if pictures.shape != shape or len(pictures) <= int(checkpoint.codes.indices.max()):
        return {"missing": f"This model's codes are not of {info.title} as it is here, so there are no originals."}
    return _originals(version, name, checkpoint, info) if wanted else None


@st.cache_resource(show_spinner=False, max_entries=32)
def _originals(version: tuple, name: str, _checkpoint: Checkpoint, _info: DatasetInfo) -> dict:
    indices, pictures = _checkpoint.codes.indices, cache.dataset(_info.name).test
    key = digest(_info.name, str(SHEET), indices.numpy().tobytes())
    return {
        "perSheet": SHEET,
        "sheets": [
            publish(
                f"originals-{_info.name}-{start // SHEET}-{key}",
                ".u8.gz",
                key,
                lambda start=start: pictures.batch(indices[start : start + SHEET]).contiguous().numpy().tobytes(),
            )
            for start in range(0, len(indices), SHEET)
        ],
    }
