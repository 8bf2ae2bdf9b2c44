"""`python -m tests.benchmarks.inpainting [--limit 1000]`: every method on seven holes in MNIST, beside the neighbours.

Cross-entropy in nats a missing pixel. `build/inpainting.json` keeps the rows that were measured. With `--powers` it
compares powers of the annealed sampler instead, on training pictures alone.
"""

import argparse
import json
from pathlib import Path

import torch

from vae_core.analysis import inpainting
from vae_core.analysis.inpainting_errors import (
    BASELINES,
    HOLES,
    TRAINING,
    compared_methods,
    measure_completions,
    measure_method,
    training_masks_like,
)
from vae_core.analysis.nearest_pictures import held_out
from vae_core.data.presentation import present
from vae_core.data.registry import load_dataset
from vae_core.data.seeds import noise_generator
from vae_core.zoo.store import open_checkpoint

MODELS = ("mnist-masked-10d", "mnist-partialconv-10d")
KEPT = Path("build/inpainting.json")
POWERS, QUERIES = (1.0, 0.8, 0.6), 60  # of the likelihood, and training pictures that they are compared on


def main() -> None:
    """Measure what is not known yet, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.inpainting")
    parser.add_argument("--limit", type=int, default=1000, help="test pictures")
    parser.add_argument("--powers", action="store_true", help="compare powers on training pictures")
    arguments = parser.parse_args()
    if arguments.powers:
        compare_powers()
        return
    limit = arguments.limit
    known = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    dataset, columns = load_dataset("mnist"), {}
    for name in MODELS:
        model = open_checkpoint(name).model
        # the baselines and the naive encoding are the same for both: they share the decoder and its encoder
        for method in compared_methods(model)[len(BASELINES) if columns else 0 :]:
            column = method if name == MODELS[0] or method == "partial-conv" else f"{method}, partial-conv"
            columns[column] = {}
            for hole, (mask, fraction) in HOLES.items():
                key = f"{name} {method} {hole} {limit}"
                if key not in known:
                    measured = measure_method(method, model, dataset, mask, fraction, limit)
                    known[key] = measured.errors.cross_entropy_missing
                    KEPT.parent.mkdir(exist_ok=True)
                    KEPT.write_text(json.dumps(known, indent=1))
                columns[column][hole] = known[key]
    show(columns)


def compare_powers() -> None:
    """Cross-entropy of the annealed sampler at each of POWERS, on the first held-out training pictures."""
    model, dataset = open_checkpoint(MODELS[0]).model, load_dataset("mnist")
    queries = held_out(dataset.train)[1][:QUERIES]
    truth = present(dataset.train.batch(queries), "bernoulli", noise_generator(0, TRAINING))
    for hole, (mask, fraction) in HOLES.items():
        masks, found = training_masks_like(mask, fraction, dataset, 0)[:QUERIES], []
        for inpainting.POWER in POWERS:
            completions = inpainting.complete("annealed", model, truth, masks, seed=1)
            with torch.no_grad():
                sums = measure_completions(completions, model, truth, masks)
            found.append(f"{inpainting.POWER:g}: {float(sums['cross_entropy'].sum() / sums['pixels'].sum()):.4f}")
        print(hole, *found, flush=True)


def show(columns: dict[str, dict[str, float]]) -> None:
    """The table in Markdown, the best of each row in bold."""
    print(f"| hidden | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}")
    for hole in HOLES:
        best = min(column[hole] for column in columns.values())
        cells = [f"**{each[hole]:.3f}**" if each[hole] == best else f"{each[hole]:.3f}" for each in columns.values()]
        print(f"| {hole} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
