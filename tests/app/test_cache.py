"""Streamlit's caches are used in one place, in three ways."""

import ast
from pathlib import Path

import pytest

from ui import cache

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for path in (ROOT / "app.py", *ROOT.glob("pages/*.py"), *ROOT.glob("ui/**/*.py")))


def caches_used(path: Path) -> set[str]:
    """The names of Streamlit's caches that a file uses, however it came by them."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("streamlit"):
            names.update(alias.name for alias in node.names)
    return names & {"cache_data", "cache_resource"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_only_the_cache_uses_the_caches_of_streamlit(path):
    assert bool(caches_used(path)) == (path == ROOT / "ui" / "cache.py"), caches_used(path)


def test_what_is_kept_is_the_very_object_until_later_ones_take_its_place():
    @cache.kept(entries=2)
    def made(number: int, _how: str) -> list[int]:
        return [number]

    first = made(1, "one way")
    assert made(1, "another way") is first
    made(2, "")
    made(3, "")
    assert made(1, "") is not first and made(1, "") == first


def test_what_is_no_longer_valid_is_made_anew():
    there = {"a"}

    @cache.kept(valid=lambda found: found[0] in there)
    def made(name: str) -> list[str]:
        return [name]

    first = made("a")
    assert made("a") is first
    there.clear()
    assert made("a") is not first


def test_a_copy_may_be_changed():
    @cache.copied(entries=2)
    def made(number: int) -> list[int]:
        return [number]

    made(1).append(2)
    assert made(1) == [1]
