"""`--help` answers before torch is imported, names what there is, and every command that a text prints exists."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import vae_core
from vae_core import cli, names
from vae_core.analysis import disentanglement, inpainting_errors
from vae_core.analysis.projection import PROJECTIONS
from vae_core.data.masks import KINDS
from vae_core.learning.objectives import OBJECTIVES
from vae_core.models.families import FAMILIES
from vae_core.zoo import recipes

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"torch", "torchvision", "sklearn", "scipy", "onnx", "streamlit", "pandas", "umap", "PIL", "numpy"}


def all_commands():
    """Every command as the words after `python -m vae_core`."""

    def below(command, words):
        yield words
        for name, inner in getattr(command, "commands", {}).items():
            yield from below(inner, (*words, name))

    return set(below(typer.main.get_command(cli.app), ()))


COMMANDS = sorted(all_commands())


def heavy_modules(code):
    """The large packages that a program has imported when it ends."""
    code = f"{code}\nimport sys; print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return ran.stderr.strip()


def test_importing_the_package_imports_nothing_large():
    assert heavy_modules("import vae_core; vae_core.__version__; dir(vae_core)") == "[]"
    assert "'torch'" in heavy_modules("import vae_core; vae_core.load")


def test_help_imports_nothing_large():
    code = (
        "import sys\nfrom vae_core.cli import main\n"
        f"for words in {COMMANDS!r}:\n"
        "    sys.argv = ['vae_core', *words, '--help']\n"
        "    try: main()\n    except SystemExit as end: assert end.code == 0, words"
    )
    assert heavy_modules(code) == "[]"


def test_the_front_door():
    assert vae_core.load is sys.modules["vae_core.zoo.store"].load and "load" in dir(vae_core)
    with pytest.raises(AttributeError, match="has no attribute 'lode'"):
        vae_core.lode  # noqa: B018


def test_names_are_those_of_the_registries():
    assert tuple(FAMILIES) == names.FAMILIES
    assert all(name == family.name for name, family in FAMILIES.items())
    assert tuple(OBJECTIVES) == names.OBJECTIVES
    assert tuple(KINDS) == names.MASKS
    assert inpainting_errors.NAMES == names.INPAINTING_METHODS
    assert PROJECTIONS == names.PROJECTIONS
    defaults = {name: parameter.default for name, parameter in inspect.signature(cli.inpaint).parameters.items()}
    assert defaults["samples"] == inpainting_errors.SAMPLES
    assert inspect.signature(cli.disentangle).parameters["pictures"].default == disentanglement.POOL


def test_the_nearest_names():
    known = ("mnist-vae-2d", "mnist-vae-10d", "frey-vae-2d", "sprites-beta4-10d")
    assert names.nearest("mnist-vae-3d", known) == "mnist-vae-2d, mnist-vae-10d and frey-vae-2d"
    assert names.nearest("mnist", ("mnist-vae-2d",)) == "mnist-vae-2d" and names.nearest("a", ()) == ""


def texts():
    """The repository's files that people read or that print."""
    for folder, pattern in (
        ("vae_core", "*.py"), ("ui", "*.py"), ("pages", "*.py"), ("static/live", "*.js"), ("docs", "*.md"),
        (".", "*.md"), ("assets/sweeps", "*.toml"), ("tests", "*.py"),
    ):  # fmt: skip
        yield from (ROOT / folder).glob(pattern) if folder == "." else (ROOT / folder).rglob(pattern)


def test_every_command_in_a_text_exists():
    commands, found = all_commands(), {}
    for path in texts():
        for words in re.findall(r"(?:python -m vae_core|\blatent-lab)((?: [a-z][a-z-]*)+)", path.read_text("utf-8")):
            found.setdefault(tuple(words.split()), path)
    for words, path in found.items():
        groups = {command[:1] for command in commands if len(command) == 2}
        named = words[:2] if words[:1] in groups else words[:1]
        assert named in commands, f"{path} names `{' '.join(words)}`"
    assert len(found) > 8


def test_commands_that_are_printed_run():
    """Each as it stands in the app's and the package's sources goes through the parser: its arguments and options
    exist, and what it names does. Those that only look run for real."""
    found = {}
    for folder, pattern in (("ui", "*.py"), ("pages", "*.py"), ("static/live", "*.js"), ("vae_core", "*.py")):
        for path in (ROOT / folder).rglob(pattern):
            for words in re.findall(r'[`"]python -m vae_core ([a-z][^`"\n]+)[`"]', path.read_text("utf-8")):
                found.setdefault(re.sub(r"\{[^}]*name[^}]*\}", "mnist", words), path)
    assert len(found) >= 5
    known = set(recipes.RECIPES)
    for line, path in found.items():
        words = line.split()
        command, context = typer.main.get_command(cli.app), None
        while hasattr(command, "commands"):
            name, *words = words
            context, command = typer.Context(command, parent=context), command.commands[name]
        try:
            command.make_context(name, list(words), parent=context)
        except Exception as error:
            raise AssertionError(f"{path} prints `{line}`, which is refused: {error}") from error
        if line.startswith("zoo build"):
            assert set(words) <= known, f"{path} prints `{line}`, which builds nothing that is known"
    assert CliRunner().invoke(cli.app, ["zoo", "list"]).exit_code == 0


def test_version(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["latent-lab", "--version"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 0 and capsys.readouterr().out == f"latent-lab {vae_core.__version__}\n"
