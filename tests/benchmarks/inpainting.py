"""`python -m tests.benchmarks.inpainting [--limit 1000]`: every method on seven holes in MNIST, beside 5 neighbours.

Cross-entropy in nats a missing pixel. `build/inpainting.json` keeps the rows that were measured.
"""

import argparse
import json
from pathlib import Path

from vae_core.analysis.inpainting_errors import BASELINES, compared_methods, measure_method
from vae_core.data.registry import load_dataset
from vae_core.zoo.store import open_checkpoint

HOLES = {  # as people name them: the kind of mask and its fraction
    "30 %": ("pixels", 0.3),
    "50 %": ("pixels", 0.5),
    "70 %": ("pixels", 0.7),
    "90 %": ("pixels", 0.9),
    "middle 14x14": ("centre", 0.25),
    "14x14 anywhere": ("box", 0.25),
    "lower half": ("lower", 0.5),
}
MODELS = ("mnist-masked-10d", "mnist-partialconv-10d")
KEPT = Path("build/inpainting.json")


def main() -> None:
    """Measure what is not known yet, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.inpainting")
    parser.add_argument("--limit", type=int, default=1000, help="test pictures")
    limit = parser.parse_args().limit
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


def show(columns: dict[str, dict[str, float]]) -> None:
    """The table in Markdown, the best of each row in bold."""
    print(f"| hidden | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}")
    for hole in HOLES:
        best = min(column[hole] for column in columns.values())
        cells = [f"**{each[hole]:.3f}**" if each[hole] == best else f"{each[hole]:.3f}" for each in columns.values()]
        print(f"| {hole} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
