"""What others wrote, made harmless: as text on a screen, as the name of a file, as the cells of a table."""

import csv
import hashlib
import re
import reprlib
import unicodedata
from collections.abc import Iterable, Mapping
from io import StringIO

MOST_SHOWN = 40  # letters of a text from outside that are shown
MOST_STEM = 80  # letters of a file name before its ending
HASH_LENGTH = 8
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # on Windows, with any ending
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # Unicode's categories of what controls text and is not seen itself
FORMULA = tuple("=+-@\t\uff1d\uff0b\uff0d\uff20")  # what spreadsheets compute, in East Asian widths, too

SHORT = reprlib.Repr()
SHORT.maxlevel, SHORT.maxstring, SHORT.maxother, SHORT.maxlong = 3, MOST_SHOWN, MOST_SHOWN, MOST_SHOWN
NUMBERS_TOO_LONG = 10**MOST_SHOWN


def shown(value: object, most: int = MOST_SHOWN) -> str:
    """A value from outside for a sentence: on one line, without control characters, at most `most` letters long.

    Text stays text, without quotation marks; other values are written as Python writes them.
    """
    if isinstance(value, str):
        text = value[: 100 * most]
    elif isinstance(value, int) and abs(value) >= NUMBERS_TOO_LONG:
        text = f"a number of more than {MOST_SHOWN} digits"
    else:
        text = SHORT.repr(value)
    seen = "".join(" " if unicodedata.category(letter) in UNSEEN else letter for letter in text)
    line = " ".join(seen.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def has_controls(text: str) -> bool:
    """Whether a text holds control characters, half characters, or characters that turn the direction of writing."""
    return any(unicodedata.category(c) in ("Cc", "Cs") or unicodedata.bidirectional(c) in TURNING for c in text)


TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def file_stem(name: str) -> str:
    """A name as that of a file without its ending: safe on every system, in a folder and in an address alike.

    Small letters a to z, digits, "-", "_" and "." stay. A name that has anything else, or is too long, or means a
    device on Windows, ends in a short hash of itself, so that different names stay different.
    """
    stem = re.sub(r"[^a-z0-9._-]+|\.{2,}", "-", name.lower()).strip(".-") or "unnamed"
    if len(stem) > MOST_STEM:
        stem = stem[: MOST_STEM - HASH_LENGTH - 1].rstrip(".-")
    if RESERVED.fullmatch(stem):
        stem = f"unnamed-{stem}"
    if stem == name:
        return stem
    return f"{stem}-{hashlib.sha256(name.encode(errors='surrogatepass')).hexdigest()[:HASH_LENGTH]}"


def csv_text(rows: Iterable[Mapping[str, object]], columns: Iterable[str] | None = None) -> str:
    """Rows as CSV under a line of `columns` (those of all rows in the order of their first use, unless given), empty
    where a row has None or nothing. Numbers stay numbers; text that a spreadsheet would compute begins with '."""
    rows = list(rows)
    columns = list(dict.fromkeys(key for row in rows for key in row)) if columns is None else list(columns)
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_cell(column) for column in columns])
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    if value is None or isinstance(value, int | float):
        return value
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.lstrip(" \n\v\f\xa0\ufeff").startswith(FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return (
        re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(inf|nan)", text, re.IGNORECASE | re.ASCII) is not None
    )
