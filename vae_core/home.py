"""Where the app and the trained models lie."""

from pathlib import Path


def home(packages: Path) -> Path:
    """The folder that holds app.py and assets: `latent_lab` beside vae_core where a wheel was installed, else the
    checkout. `packages` is the folder that vae_core lies in."""
    installed = packages / "latent_lab"
    return installed if (installed / "app.py").is_file() else packages


HOME = home(Path(__file__).resolve().parents[1])
CHECKOUT = (HOME / "pyproject.toml").is_file()  # whether HOME is a copy of the sources, which may be written to
