"""Text from outside on the screen: shown as it is, never read as Markdown, HTML, a symbol or an address."""

import html
import re

from vae_core.outside import shown

OUR_OWN = re.compile(r"(`python -m vae_core [^`]*`|`metrics\.json`)")  # commands and files that our sentences name
JOINER = "\u2060"  # it is not seen, and keeps apart what is replaced in text after Markdown was read
REPLACED = re.compile(
    r"""(?ix)
    :(?=\S)  # :material/home: :smile: ::directive http://
    | www(?=\.) | (?<=\S)(?=@)
    | (?<![^\s\ufeff])[-<>~](?=(?:->|[-=>])(?![^\s\ufeff]))  # -- -> <- <-> >= <= ~= alone become dashes, arrows, signs
    """
)
MARKS = re.compile(r"([\\`*_\[\]<>~$]|:(?=\S)|&(?=#?\w+;))")
BEGINNING = re.compile(r"^(?:(?=[-+#=])|(\d+)(?=[.)]))")  # of a list, a heading or a line across


def plain(sentence: str) -> str:
    """A sentence in Markdown that reads as the sentence itself, whatever it quotes; the commands that our own sentences
    name stay set as code."""
    parts = OUR_OWN.split(" ".join(sentence.split()))
    return "".join(part if OUR_OWN.fullmatch(part) else escaped(part) for part in parts)


def escaped(text: str) -> str:
    """Text of which Markdown makes nothing else: no emphasis, picture, link, symbol, colour, formula, list or HTML."""
    marked = MARKS.sub(r"\\\1", REPLACED.sub(lambda found: found[0] + JOINER, text))
    return BEGINNING.sub(r"\1\\", marked)


def for_plotly(text: str) -> str:
    """A text from outside as names, labels and hovers of a Plotly figure show it, shortened: Plotly reads <b>, <a> and
    &lt; there."""
    return html.escape(shown(text), quote=False)
