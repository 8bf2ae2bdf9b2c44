"""Text from outside reads in the browser letter by letter, after everything that Streamlit and Plotly make of text."""

import html
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from screen import Screen
from server import UNPREPARED, Server
from test_text import HOSTILE

from vae_core.outside import shown

TEXTS = [*HOSTILE, "a : b", "x:y", "5 $ and 6 $", "$$x$$", "&lt;b&gt; &copy;", "| a | b |", "[^1] [ ] [x]", "![[x]]"]
ELEMENTS = ":is([data-testid=stMarkdownContainer], [data-testid=stCaptionContainer])"


@pytest.fixture(scope="module")
def server_of_texts(tmp_path_factory) -> Iterator[Server]:
    app = Path(__file__).with_name("texts_app.py")
    folder = tmp_path_factory.mktemp("texts")
    with Server(
        folder / "log", {"TEXTS": json.dumps(TEXTS), "PYTHONPATH": str(app.parents[2])}, app, UNPREPARED
    ) as running:
        yield running


def test_texts_read_as_they_are(server_of_texts, visitor):
    with Screen(visitor, server_of_texts) as screen:
        page = screen.visit().page
        last = page.locator(f".st-key-plot_{len(TEXTS) - 1} .xtick text")
        last.wait_for()
        for number, text in enumerate(TEXTS):
            line = " ".join(text.split()).replace(
                "`python -m vae_core zoo list # heading `", "python -m vae_core zoo list # heading "
            )
            said = page.locator(f".st-key-text_{number} {ELEMENTS}").evaluate_all(
                "(found) => found.map((element) => element.textContent)"
            )
            assert [words_of(one) for one in said] == [words_of(line)] * 4, text
            inside = page.locator(f".st-key-inside_{number} {ELEMENTS}").text_content()
            assert words_of(inside) == words_of(f"{line}: {line} is {line}"), text
            assert page.locator(f".st-key-text_{number} :is(a, img, ul, ol, h1, blockquote, em, .katex)").count() == 0
            label = page.locator(f".st-key-plot_{number} .xtick text")
            assert words_of(label.text_content()) == words_of(shown(text)), text
            assert label.locator("a, tspan").count() == 0
            assert html.unescape(label.get_attribute("data-unformatted")) == shown(text)


def words_of(text: str) -> list[str]:
    """The words of a text as they are seen."""
    return text.replace("\u2060", "").split()
