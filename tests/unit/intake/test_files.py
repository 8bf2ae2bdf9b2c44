"""Files that visitors bring: every kind of picture is read, and everything else gets one sentence."""

import resource
import struct
import time
import zlib

import numpy as np
import pytest
from photos import encoded, figure_seven, on_paper
from PIL import Image

from vae_core.intake.files import MAX_BYTES, WORKING_SIDE, PictureError, open_picture
from vae_core.intake.worker import decode

RAMP = Image.fromarray(np.tile(np.arange(64, dtype=np.uint8) * 4, (40, 1)))
COLOUR = Image.merge("RGB", [RAMP, RAMP.rotate(180), RAMP])


def sentence_for(data: bytes, **limits) -> str:
    with pytest.raises(PictureError) as caught:
        open_picture(data, **limits)
    message = str(caught.value)
    assert message[0].isupper() and message.endswith(".") and "\n" not in message and len(message) < 200
    return message


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces a size and holds next to nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    announced = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + announced + chunk(b"IDAT", zlib.compress(bytes(1000)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "BMP", "TIFF", "GIF"])
def test_every_kind_is_read(kind):
    opened = open_picture(encoded(COLOUR, kind))
    assert opened.image.mode == "RGB" and opened.image.size == (64, 40)
    assert opened.orientation == 1 and opened.notes == ()
    difference = np.abs(np.asarray(opened.image, dtype=int) - np.asarray(COLOUR, dtype=int))
    assert difference.mean() < 8


def test_what_is_no_picture_gets_a_sentence():
    assert "empty" in sentence_for(b"")
    assert "not a picture" in sentence_for(b"hello, this is a letter and not a picture at all")
    assert "not a picture" in sentence_for(bytes(5000))
    assert "SVG" in sentence_for(b'<svg xmlns="http://www.w3.org/2000/svg"></svg>')
    assert "SVG" in sentence_for(b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn -->\n<svg width="10"/>')
    assert "PDF" in sentence_for(b"%PDF-1.7 and so on")
    assert "HEIC" in sentence_for(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    assert "not a picture" in sentence_for(encoded(COLOUR, "ICO"))
    assert "not a picture" in sentence_for(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"
    )  # would start a program


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "BMP", "TIFF", "GIF"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_what_is_cut_short_gets_a_sentence(kind, share):
    data = encoded(COLOUR.resize((300, 200)), kind)
    message = sentence_for(data[: max(6, int(share * len(data)))])
    assert "damaged or cut short" in message or "not a picture" in message


KINDS = ("PNG", "JPEG", "WEBP", "AVIF", "BMP", "TIFF", "GIF")


def damaged(data: bytes, random: np.random.Generator) -> bytes:
    """A file with up to a dozen other bytes, half of them among its first hundred, where sizes and offsets stand."""
    changed = np.frombuffer(data, dtype=np.uint8).copy()
    where = random.integers(0, len(changed) if random.integers(2) else min(100, len(changed)), random.integers(1, 13))
    changed[where] = random.integers(0, 256, len(where))
    return changed.tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_damage_never_raises_anything_else(kind):
    random = np.random.default_rng(0)
    data = encoded(COLOUR, kind)
    refused = 0
    for _ in range(80):
        try:
            decode(damaged(data, random), 1_000_000)
        except PictureError as error:
            refused += 1
            assert str(error).endswith(".") and str(error).isprintable()
    assert refused >= 10


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_one_sentence_from_the_process_too(kind):
    random = np.random.default_rng(1)
    data = encoded(COLOUR, kind)
    for _ in range(4):
        try:
            assert open_picture(damaged(data, random)).image.mode in ("L", "RGB", "RGBA")
        except PictureError as error:
            assert str(error).endswith(".")


def test_sizes_are_refused_before_anything_is_decoded():
    start = time.perf_counter()
    assert "50 million" in sentence_for(png_header(20_000, 20_000))
    assert "50 million" in sentence_for(png_header(2**31 - 1, 2**31 - 1))
    assert "9,000 x 9,000" in sentence_for(png_header(9_000, 9_000))
    assert "26.0 MB" in sentence_for(b"\x89PNG" + bytes(MAX_BYTES + 1_000_000 - 4))
    assert "1 MB are" in sentence_for(bytes(1_200_000), max_bytes=1_000_000)
    assert "1,200 x 900" in sentence_for(encoded(Image.new("L", (1200, 900)), "JPEG"), max_pixels=1_000_000)
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (3, 3)])
def test_next_to_nothing_is_refused(size):
    assert "too few" in sentence_for(encoded(Image.new("L", size), "PNG"))


@pytest.mark.parametrize("size", [(100_000, 4), (4, 100_000), (4, 4), (961, 959), (4000, 3000)])
def test_large_pictures_become_small(size):
    image = open_picture(encoded(Image.new("L", size, 200), "PNG")).image
    assert max(image.size) <= WORKING_SIDE and min(image.size) >= 4
    assert np.asarray(image).min() == np.asarray(image).max() == 200


def test_a_phones_picture_opens_fast():
    data = encoded(on_paper(figure_seven(), size=(1000, 750)).resize((4000, 3000)), "JPEG", quality=85)
    start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    image = open_picture(data).image
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start < 0.6  # 0.2 s where nothing else runs
    assert image.size == (960, 720)


def test_16_bits_are_scaled():
    deep = Image.fromarray(np.tile(np.linspace(0, 65_535, 64).astype(np.uint16), (40, 1)))
    opened = open_picture(encoded(deep, "PNG"))
    assert np.abs(np.asarray(opened.image, dtype=int)[0] - np.linspace(0, 255, 64)).max() < 1
    assert "16 bits" in opened.notes[0]
    narrow = Image.fromarray(np.tile(np.linspace(0, 255, 64).astype(np.uint16), (40, 1)))  # 8 bits in a wide file
    assert np.asarray(open_picture(encoded(narrow, "PNG")).image).max() == 255
    large = open_picture(encoded(deep.resize((2000, 1250)), "TIFF"))
    assert large.image.size == (960, 600) and np.asarray(large.image).max() > 250


@pytest.mark.parametrize(("low", "high", "kind"), [(0, 1, np.float32), (-3, 5, np.float32), (0, 100_000, np.int32)])
def test_any_range_of_numbers_becomes_grey(low, high, kind):
    values = Image.fromarray(np.tile(np.linspace(low, high, 64).astype(kind), (40, 1)))
    grey = np.asarray(open_picture(encoded(values, "TIFF")).image)
    assert grey.min() == 0 and grey.max() == 255 and (np.diff(grey[0].astype(int)) >= 0).all()


def test_other_modes_become_grey_or_colour_with_what_is_transparent():
    assert open_picture(encoded(RAMP.convert("1"), "PNG")).image.mode == "L"
    assert open_picture(encoded(COLOUR.quantize(16), "PNG")).image.mode == "RGB"
    assert open_picture(encoded(COLOUR.quantize(16), "PNG", transparency=3)).image.mode == "RGBA"
    assert open_picture(encoded(RAMP, "PNG", transparency=0)).image.mode == "RGBA"
    assert open_picture(encoded(Image.merge("LA", [RAMP, RAMP]), "PNG")).image.mode == "RGBA"
    for kind in ("JPEG", "TIFF"):
        cmyk = open_picture(encoded(COLOUR.convert("CMYK"), kind))
        assert cmyk.image.mode == "RGB" and "print" in cmyk.notes[0]
        assert np.abs(np.asarray(cmyk.image, dtype=int) - np.asarray(COLOUR, dtype=int)).mean() < 8


@pytest.mark.parametrize(
    ("kind", "word"),
    [("GIF", "first frame"), ("WEBP", "first frame"), ("PNG", "first frame"), ("TIFF", "several pages")],
)
def test_the_first_of_several_is_taken(kind, word):
    others = [RAMP.rotate(180), Image.new("L", RAMP.size, 128)]
    opened = open_picture(encoded(RAMP, kind, save_all=True, append_images=others))
    assert word in opened.notes[0]
    assert np.abs(np.asarray(opened.image.convert("L"), dtype=int) - np.asarray(RAMP, dtype=int)).mean() < 8


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_cameras_angle_is_read(kind):
    exif = Image.Exif()
    for written, read in ((6, 6), (3, 3), (0, 1), (77, 1)):
        exif[0x0112] = written
        assert open_picture(encoded(COLOUR, kind, exif=exif)).orientation == read
    assert open_picture(encoded(COLOUR, "JPEG", exif=b"Exif\0\0no exif at all")).orientation == 1
