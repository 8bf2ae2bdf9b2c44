"""What others wrote: no text steers a screen, no name leaves its folder, no cell is computed."""

import csv
import re
from io import StringIO
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import quote

import pytest

from vae_core.outside import MOST_SHOWN, csv_text, file_stem, has_controls, shown

NAMES = [
    "x/../../../y",
    "/etc/passwd",
    "..",
    ".",
    "",
    " ",
    "a" * 10_000,
    "\0",
    "a\0b",
    "CON",
    "con",
    "nul.txt",
    "COM1",
    "lpt9.json",
    "a#b?c%20d e",
    "C:\\Windows\\x",
    "\\\\server\\share",
    "name.",
    "name ",
    "-rf",
    "~",
    "$(id)",
    "folder:/home/me/my pictures",
    "Ünïcode",
    "日本語",
    "\u202egnp.exe",
    "\ud800",
    "A",
    "a\nb",
    "<img src=x onerror=alert(1)>",
    "a:b",
    "a*b|c<d>e\"f'g",
    "%2e%2e%2f",
    "x" * 81,
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_any_name_becomes_one_safe_file_name(name):
    stem = file_stem(name)
    assert re.fullmatch(r"[a-z0-9_][a-z0-9._-]{0,98}[a-z0-9_]", stem) and quote(stem) == stem and ".." not in stem
    assert PurePosixPath(stem).name == PureWindowsPath(stem).name == stem
    assert not re.match(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", stem)
    assert file_stem(stem) == stem


def test_different_names_stay_different_even_where_case_is_lost():
    names = [*NAMES, "a/b", "a:b ", "a b", "a-b", "A-b", "a" * 10_001, "x" * 82, "con-x", "folder:a", "folder_a"]
    assert len({file_stem(name).lower() for name in names}) == len(set(names))


def test_plain_names_stay():
    for name in ("mnist-vae-2d", "mnist-beta0.25-10d", "sprites_colour", "decoder-frey-vae-10d", "7"):
        assert file_stem(name) == name


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("a\x1b[31mb\r\nc\td", "a [31mb c d"),
        ("\u202eabc\u2066d", "abc d"),
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 39 + "…"),
        ("\ud800", ""),
        (["a"], "['a']"),
        (None, "None"),
        (2.5, "2.5"),
        (10**5000, "a number of more than 40 digits"),
        ((64.5,), "(64.5,)"),
    ],
    ids=range(11),
)
def test_what_is_shown_is_short_and_on_one_line(value, expected):
    assert shown(value) == expected


def test_anything_can_be_shown():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    for value in (deep, {"k" * 9999: "v" * 9999}, list(range(10_000)), b"\xff" * 9999, "a\u0301" * 10_000_000):
        assert len(shown(value)) <= MOST_SHOWN
    while deep:
        deep = deep.pop()  # what is nested so deep cannot be freed in one go everywhere


def test_controls_are_found():
    assert all(map(has_controls, ("a\nb", "\0", "\x7f", "\u202e", "\u2066x", "\ud800")))
    assert not any(map(has_controls, ("", "mnist-vae-2d", "folder:/a b/ü", "日本語", "שלום", "👩\u200d🎨")))


FORMULAS = [
    "=1+1",
    "+cmd",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\n=1",
    "\xa0=1",
    "\uff1d1",
    "-",
    "--1",
    "=",
    "\ufeff=1",
]


@pytest.mark.parametrize("text", FORMULAS, ids=range(len(FORMULAS)))
def test_formulas_are_text_in_cells_and_in_the_header(text):
    header, row = csv.reader(StringIO(csv_text([{text: text}]), newline=""))
    assert header == row == ["'" + text.replace("\r", "\n")]


def test_numbers_stay_numbers_and_text_stays_text():
    values = [
        -1.5,
        -3,
        2,
        "-1.5",
        "+2",
        "-1e-05",
        "-inf",
        "nan",
        "plain",
        "a=b",
        'with "quotes", and commas',
        "two\nlines",
        True,
    ]
    columns = [f"c{number}" for number in range(len(values))]
    table = csv_text([dict(zip(columns, values, strict=True))])
    header, row = csv.reader(StringIO(table, newline=""))
    assert header == columns and row == [str(value) for value in values]


def test_columns_are_those_of_all_rows_and_what_is_missing_is_empty():
    assert csv_text([{"a": 1}, {"b": None, "c": "x"}]) == "a,b,c\n1,,\n,,x\n"
    assert csv_text([{"a": 1, "b": 2}], ["b"]) == "b\n2\n"
    assert csv_text([], ["b"]) == "b\n"
