"""What is kept between runs: the three ways of Streamlit's caches, and models and data sets, which every page needs.

Everything is keyed by what is on disk, so that new files are seen. A parameter whose name begins with an underscore is
no part of the key.
"""

import contextlib
import itertools
import os
from collections.abc import Callable, Container
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from vae_core.data.images import FOLDER
from vae_core.data.pictures import Dataset, DatasetUnavailable
from vae_core.data.registry import load_dataset
from vae_core.models.checkpoint import Checkpoint, CheckpointError, read_checkpoint
from vae_core.models.trained_on import as_trained, load_for, other_pictures
from vae_core.outside import shown
from vae_core.zoo import store
from vae_core.zoo.store import Entry


def kept(
    entries: int | None = None, spinner: str | None = None, valid: Callable[[Any], bool] | None = None
) -> Callable[[Callable], Callable]:
    """Keep what a function returns for as long as the process lives: the very object, for all visitors, who leave it as
    it is.

    `entries` is how many are kept, the latest ones; `spinner` is what is said to who waits. Where `valid` is given and
    finds that something is not (its published files went), it is made anew.
    """
    return st.cache_resource(show_spinner=spinner or False, max_entries=entries, validate=valid)


def copied(entries: int) -> Callable[[Callable], Callable]:
    """Keep what a function returns, the latest `entries`, for as long as the process lives: whoever asks gets a copy,
    which is theirs to change."""
    return st.cache_data(show_spinner=False, max_entries=entries)


def kept_for_visit(leave: Callable[[Any], None]) -> Callable[[Callable], Callable]:
    """Keep what a function returns for one visitor; `leave` is called with it once the visitor has gone."""
    return st.cache_resource(show_spinner=False, scope="session", on_release=leave)


def stamp(folder: Path, deep: bool = False) -> tuple:
    """What changes when a folder's files are written anew; a key for caches, cheap enough for every run.

    `deep` looks into its sub-folders, too. A folder that is not there, or may not be read, has its name alone.
    """
    found = []
    for path, folders, files in os.walk(folder):
        for name in (*folders, *files):
            with contextlib.suppress(OSError):  # it may go at any time
                found.append((path, name, os.lstat(os.path.join(path, name)).st_mtime_ns))
        if not deep:
            break
    return (str(folder), repr(sorted(found))) if found else (str(folder),)  # one text: hashing it is quick


def zoo() -> dict[str, Entry]:
    """The models of the zoo and of $LATENT_LAB_MODELS by name, read again when one comes, goes or is rebuilt."""
    return _zoo(_models())[0]


def left_out() -> list[str]:
    """One sentence for each model that cannot be used, and for each folder that is not there."""
    return _zoo(_models())[1]


def _models() -> tuple:
    return tuple(stamp(folder) for folder in store.folders_to_show())


@kept(entries=2)
def _zoo(now: tuple) -> tuple[dict[str, Entry], list[str]]:
    entries, problems = {}, []
    for root, *there in now:
        if not there and Path(root) != store.ZOO:
            problems.append(f"The folder {shown(Path(root).name)} of ${store.MODELS} has no models, or is not there.")
        found, broken = store.survey(store.models_in(Path(root)))
        problems += broken
        for entry in found:
            name = unused(entry, entries)
            entries[name] = replace(entry, name=name)
    order = sorted(entries.values(), key=lambda e: (e.dataset != "mnist", e.dataset, store.rank(e)))
    return {entry.name: entry for entry in order}, problems


def unused(entry: Entry, taken: Container[str]) -> str:
    """A model's name, with where it comes from if another one has that name."""
    names = itertools.chain(
        [entry.name, f"{entry.name} ({entry.folder.name})", f"{entry.name} ({entry.folder.parent.name})"],
        (f"{entry.name} ({number})" for number in itertools.count(2)),
    )
    return next(name for name in names if name not in taken)


def checkpoint(folder: Path) -> Checkpoint:
    """A model with its codes, projections and metrics. Raises CheckpointError."""
    return _checkpoint(folder, stamp(folder))


@kept(entries=32, spinner="Reading the model")
def _checkpoint(folder: Path, now: tuple) -> Checkpoint:
    return read_checkpoint(folder)


@kept(entries=8)
def dataset(name: str) -> Dataset:
    """A data set whose files are on this machine; nothing is downloaded. Raises DatasetUnavailable."""
    return load_dataset(name, download=False)


def pictures(checkpoint: Checkpoint) -> Dataset:
    """The pictures that a model's codes are of, as it had them in training; nothing is downloaded.

    A folder that did not change is not read again. Raises DatasetUnavailable.
    """
    if not checkpoint.description["dataset"].startswith(FOLDER):
        return dataset(checkpoint.description["dataset"])
    try:
        return as_trained(checkpoint, load_for(checkpoint.description, download=False))
    except CheckpointError as error:
        raise DatasetUnavailable(str(error)) from error


def about_pictures(checkpoint: Checkpoint) -> str:
    """What is to be said of a folder of one's own: what was left out, what is other than in training, or that it is not
    there; nothing of a published data set."""
    if not checkpoint.description["dataset"].startswith(FOLDER):
        return ""
    try:
        found = load_for(checkpoint.description, download=False)
        as_trained(checkpoint, found)
    except (DatasetUnavailable, CheckpointError) as error:
        return f"{error} Until then the model's codes stand in for its pictures."
    return " ".join(filter(None, [found.notice, other_pictures(checkpoint, found)]))
