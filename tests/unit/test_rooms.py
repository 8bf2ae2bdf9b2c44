"""The rooms of the house: what lies where, and who may import whom."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("beta_sweep", "explore", "inpaint", "interpolate", "learning", "models", "reconstruct")
CORE = (  # of vae_core, from the ground up: a room imports from its own and from those before it
    {"home", "names", "outside", "rounding", "__init__"},
    {"data"},
    {"intake", "models"},
    {"analysis", "learning"},
    {"zoo"},
    {"server", "studies"},
    {"tables"},
    {"terminal"},
    {"cli"},
    {"__main__"},
)
LIVE = ({"math"}, {"kit"}, {"engine"}, {"parts"}, set(PAGES))
MOST_LINES = 35  # of a page


def imported(path: Path) -> Iterator[str]:
    """Modules that a Python file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floor_of(room: str, floors: tuple[set[str], ...]) -> int:
    (floor,) = (number for number, rooms in enumerate(floors) if room in rooms)
    return floor


def test_no_arrow_runs_up_in_vae_core():
    core = ROOT / "vae_core"
    for path in core.rglob("*.py"):
        room = path.relative_to(core).parts[0].removesuffix(".py")
        for module in imported(path):
            package, _, rest = module.partition(".")
            assert package not in ("ui", "pages", "streamlit"), f"{path} imports {module}"
            other = rest.split(".")[0]
            if package != "vae_core" or not ((core / other).is_dir() or (core / f"{other}.py").exists()) or not other:
                continue
            assert other == room or floor_of(other, CORE) < floor_of(room, CORE), f"{path} imports {module}"


def test_no_page_imports_a_page():
    for path in [*(ROOT / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]:
        inside = path.relative_to(ROOT).parts
        own = path.stem if inside[0] == "pages" else inside[1] if len(inside) > 2 else None
        pages = {module.split(".")[1] for module in imported(path) if module.startswith("ui.")} & set(PAGES)
        if path.name == "prepare.py":  # publishes for all of them
            continue
        assert pages <= {own}, f"{path} imports {pages - {own}}"
        assert not any(module.startswith("pages.") for module in imported(path)), path


def test_modules_of_the_browser_import_from_their_own_room_and_those_before():
    live = ROOT / "static" / "live"
    assert {path.name for path in live.iterdir()} == set().union(*LIVE), "every file is in a room"
    for path in live.rglob("*.js"):
        room = path.relative_to(live).parts[0]
        for address in re.findall(r"""(?:from|import\()\s*["']([^"']+)["']""", path.read_text("utf-8")):
            if not address.startswith("."):
                continue
            other = (path.parent / address).resolve().relative_to(live).parts[0]
            assert other == room or floor_of(other, LIVE) < floor_of(room, LIVE), f"{path} imports {address}"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_one_name_everywhere(page):
    screen = (ROOT / "pages" / f"{page}.py").read_text("utf-8")
    assert len(screen.splitlines()) <= MOST_LINES
    for folder in ("ui", "static/live", "tests/browser"):
        assert (ROOT / folder / page).is_dir()
    assert (ROOT / "tests" / "app" / f"test_{page}.py").exists()
    assert f'"{page}"' in screen and f"pages/{page}.py" in (ROOT / "app.py").read_text("utf-8")
    live = "".join(path.read_text("utf-8") for path in (ROOT / "static" / "live" / page).glob("*.js"))
    assert re.search(rf"""data-live="{page}"|dataset\.live = "{page}\"""", live)


def test_every_page_is_in_these_tests():
    assert sorted(path.stem for path in (ROOT / "pages").glob("*.py")) == sorted(PAGES)
