"""st.cache_resource around vae_core, nothing else. Everything is keyed by what is on disk, so new files are seen."""

import gc
from pathlib import Path

import streamlit as st

from vae_core.data.pictures import Dataset, DatasetInfo
from vae_core.data.registry import describe, load_dataset
from vae_core.models.checkpoint import Checkpoint, CheckpointError, read_checkpoint
from vae_core.zoo import store
from vae_core.zoo.store import Entry


def stamp(folder: Path) -> tuple:
    """What changes when a folder's files are written anew; a key for caches, cheap enough for every run."""
    return (str(folder), *sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir()))


def zoo() -> dict[str, Entry]:
    """The zoo's models by name, read again when a model comes, goes or is rebuilt."""
    return _zoo(stamp(store.ZOO) if store.ZOO.is_dir() else ())


@st.cache_resource(show_spinner=False, max_entries=2)
def _zoo(now: tuple) -> dict[str, Entry]:
    entries = {}
    for folder in store.model_folders(store.ZOO):
        try:
            entry = store.entry(folder)
        except CheckpointError:
            continue  # a broken model does not take the others away; asked for by name, it says what is wrong
        entries[entry.name] = entry
    order = sorted(entries.values(), key=lambda e: (e.dataset != "mnist", e.dataset, store.rank(e)))
    return {entry.name: entry for entry in order}


def checkpoint(folder: Path) -> Checkpoint:
    """A model with its codes, projections and metrics. Raises CheckpointError."""
    return _checkpoint(folder, stamp(folder))


@st.cache_resource(show_spinner="Reading the model", max_entries=16)
def _checkpoint(folder: Path, now: tuple) -> Checkpoint:
    read = read_checkpoint(folder)
    # Streamlit collects garbage after every run of the script; what stays for good need not be looked at each time.
    gc.collect()
    gc.freeze()
    return read


def dataset_info(name: str) -> DatasetInfo:
    """What is known of a data set without its files."""
    return describe(name)


@st.cache_resource(show_spinner=False, max_entries=8)
def dataset(name: str) -> Dataset:
    """A data set whose files are on this machine; nothing is downloaded. Raises DatasetUnavailable."""
    loaded = load_dataset(name, download=False)
    gc.collect()
    gc.freeze()
    return loaded
