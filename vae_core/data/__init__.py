"""Data sets: uint8 pictures with a description, found on this machine or fetched."""

from vae_core.data.pictures import (
    Dataset,
    DatasetInfo,
    DatasetUnavailable,
    Factor,
    InMemoryPictures,
    PictureList,
    Pictures,
    Skipped,
    UnknownDataset,
)
from vae_core.data.presentation import binarise, dequantise, present
from vae_core.data.registry import describe, load_dataset, names

__all__ = [
    "Dataset",
    "DatasetInfo",
    "DatasetUnavailable",
    "Factor",
    "InMemoryPictures",
    "PictureList",
    "Pictures",
    "Skipped",
    "UnknownDataset",
    "binarise",
    "dequantise",
    "describe",
    "load_dataset",
    "names",
    "present",
]
