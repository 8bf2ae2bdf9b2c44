"""Depths of grey: in whatever container, black comes out black and white white; and metadata cost no picture."""

import struct
import time
import zlib
from io import BytesIO

import numpy as np
import pytest
from bombs import chunk, encoded, png
from PIL import Image, ImageCms, ImageOps

from vae_core.data.containers import pixels_alone
from vae_core.data.decoding import eight_bit, open_image, orientation, upright
from vae_core.data.images import read_image
from vae_core.intake.files import open_picture
from vae_core.intake.worker import decode

SHARES = np.tile(np.linspace(0, 1, 16), (16, 1))  # black on the left, white on the right
EXPECTED = (SHARES * 255).round().astype(int)


def tiff(
    pixels: bytes, bits: int, sample_format: int = 1, photometric: int = 1, order: str = "<", most: int = 0
) -> bytes:
    """An uncompressed grey TIFF of 16 x 16 pixels."""
    tags = [(256, 16), (257, 16), (258, bits), (259, 1), (262, photometric), (273, 8), (277, 1), (278, 16)]
    tags += [(279, len(pixels)), *([(281, most)] if most else []), (339, sample_format)]
    directory = struct.pack(order + "H", len(tags))
    directory += b"".join(struct.pack(order + "HHII", tag, 4, 1, value) for tag, value in tags) + bytes(4)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(order + "I", 8 + len(pixels)) + pixels + directory


def whole(most: int, kind: str, least: int = 0) -> bytes:
    return (least + SHARES * (most - least)).round().astype(kind).tobytes()


def packed_12() -> bytes:
    values = (SHARES * 4095).round().astype(int).reshape(-1, 2)
    return b"".join(bytes([a >> 4, (a & 15) << 4 | b >> 8, b & 255]) for a, b in values.tolist())


GREYS = {
    "8 bits": tiff(whole(255, "u1"), 8),
    "8 bits, white is zero": tiff(whole(0, "u1", 255), 8, photometric=0),
    "8 bits, signed": tiff(whole(127, "i1", -128), 8, 2),
    "8 bits, signed but not below 0": tiff(whole(127, "i1"), 8, 2),
    "12 bits packed": tiff(packed_12(), 12),
    "10 bits in 16": tiff(whole(1023, "<u2"), 16),
    "12 bits in 16": tiff(whole(4095, "<u2"), 16),
    "14 bits in 16": tiff(whole(16_383, "<u2"), 16),
    "8 bits in 16": tiff(whole(255, "<u2"), 16),
    "4 bits in 16": tiff(whole(15, "<u2"), 16),
    "16 bits": tiff(whole(65_535, "<u2"), 16),
    "16 bits, the other end first": tiff(whole(65_535, ">u2"), 16, order=">"),
    "16 bits, white is zero": tiff(whole(0, "<u2", 65_535), 16, photometric=0),
    "12 bits in 16, white is zero": tiff(whole(0, "<u2", 4095), 16, photometric=0),
    "16 bits, the file says 3,000": tiff(whole(3000, "<u2"), 16, most=3000),
    "16 bits, signed": tiff(whole(32_767, "<i2", -32_768), 16, 2),
    "32 bits": tiff(whole(2**32 - 1, "<u4"), 32),
    "32 bits, signed": tiff(whole(2**31 - 1, "<i4", -(2**31)), 32, 2),
    "16 bits in 32": tiff(whole(65_535, "<u4"), 32),
    "floats up to 1": tiff(SHARES.astype("<f4").tobytes(), 32, 3),
    "floats up to 1, white is zero": tiff((1 - SHARES).astype("<f4").tobytes(), 32, 3, 0),
    "floats up to 255": tiff((SHARES * 255).astype("<f4").tobytes(), 32, 3),
    "floats up to 65,535": tiff((SHARES * 65_535).round().astype("<f4").tobytes(), 32, 3),
    "floats from -3 to 7": tiff((SHARES * 10 - 3).astype("<f4").tobytes(), 32, 3),
    "floats up to a millionth": tiff((SHARES * 1e-6).astype("<f4").tobytes(), 32, 3),
    "floats up to 1.5": tiff((SHARES * 1.5).astype("<f4").tobytes(), 32, 3),
    "floats up to 1e30": tiff((SHARES * 1e30).astype("<f4").tobytes(), 32, 3),
    "PNG of 16 bits": encoded(Image.fromarray((SHARES * 65_535).round().astype(np.uint16)), "PNG"),
    "PNG of 12 bits in 16": encoded(Image.fromarray((SHARES * 4095).round().astype(np.uint16)), "PNG"),
    "PNG of grey and transparency": encoded(Image.fromarray(EXPECTED.astype(np.uint8)).convert("LA"), "PNG"),
    "TIFF of lab": encoded(
        ImageCms.profileToProfile(
            Image.fromarray(EXPECTED.astype(np.uint8)).convert("RGB"),
            ImageCms.createProfile("sRGB"),
            ImageCms.createProfile("LAB"),
            outputMode="LAB",
        ),
        "TIFF",
    ),
    "TIFF of YCbCr": encoded(Image.fromarray(EXPECTED.astype(np.uint8)).convert("RGB").convert("YCbCr"), "TIFF"),
    "TIFF of CMYK": encoded(Image.fromarray(EXPECTED.astype(np.uint8)).convert("RGB").convert("CMYK"), "TIFF"),
    "JPEG of CMYK": encoded(
        Image.fromarray(EXPECTED.astype(np.uint8)).convert("RGB").convert("CMYK"), "JPEG", quality=99
    ),
    "palette": encoded(Image.fromarray(EXPECTED.astype(np.uint8)).quantize(256), "PNG"),
}


@pytest.mark.parametrize("data", GREYS.values(), ids=GREYS.keys())
def test_black_is_black_and_white_is_white(data, tmp_path):
    image, turned, _ = decode(data, 1000)
    grey = np.asarray(image.convert("L"), dtype=int)
    assert turned == 1 and np.abs(grey - EXPECTED).max() <= 3
    (tmp_path / "picture").write_bytes(data)
    assert np.abs(read_image(tmp_path / "picture", 16, 1)[0].astype(int) - EXPECTED).max() <= 3  # in folders, too


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (GREYS["16 bits"], "16 bits of grey are reduced to 8"),
        (GREYS["10 bits in 16"], "10 bits of grey are read, as they reach 1,023 and no more"),
        (GREYS["floats from -3 to 7"], "values from -3 to 7 are stretched from black to white"),
        (GREYS["32 bits"], "values from 0 to 4.295e+09 are stretched"),
        (GREYS["16 bits, the file says 3,000"], "greys from 0 to 3,000 are reduced to 256"),
        (GREYS["8 bits, signed"], "values from -128 to 127 are stretched"),
        (tiff(np.where(SHARES == 0, np.nan, SHARES).astype("<f4").tobytes(), 32, 3), "no number (NaN) are black"),
    ],
    ids=range(7),
)
def test_what_was_guessed_is_said(data, note):
    (said,) = decode(data, 1000)[2]
    assert note in said


def test_numbers_that_are_none_change_no_others():
    values = SHARES.astype("<f4")
    values[0, :4] = np.nan, np.inf, -np.inf, np.nan
    grey = np.asarray(decode(tiff(values.tobytes(), 32, 3), 1000)[0], dtype=int)
    assert grey[0, :4].tolist() == [0, 255, 0, 0] and (grey[1:] == EXPECTED[1:]).all()


@pytest.mark.parametrize(("value", "level"), [(0, 0), (65_535, 255), (4095, 255), (255, 255)])
def test_a_picture_of_one_value_is_black_or_white(value, level):
    assert np.asarray(decode(tiff(whole(value, "<u2", value), 16), 1000)[0]).max() == level
    assert np.asarray(decode(tiff(whole(value, "<f4", value), 32, 3), 1000)[0]).max() == level


def test_dark_colours_of_16_bits_are_no_silent_black():
    dark = b"".join(struct.pack(">HHH", 4095 * x // 15, 4095 * x // 15, 0) for x in range(16))
    data = png(16, 1, colour=2, bits=16, pixels=zlib.compress(b"\0" + dark))
    with open_image(pixels_alone(data)) as image:
        bright, notes = eight_bit(image)
    assert bright.getextrema() == ((0, 255), (0, 255), (0, 0)) and "brighter" in notes[0]


@pytest.mark.parametrize(
    ("bits", "kind", "order"), [(10, 1, "<"), (16, 3, "<"), (24, 1, "<"), (32, 1, ">"), (64, 3, "<"), (64, 1, "<")]
)
def test_what_is_not_read_is_said_and_never_black(bits, kind, order):
    with pytest.raises(ValueError, match=r"rare kind \(10 bits, half or double precision\): save it as a PNG\.$"):
        open_picture(tiff(bytes(16 * 16 * bits // 8), bits, kind, order=order))


RAMP = Image.fromarray(EXPECTED.astype(np.uint8)).convert("RGB")
BROKEN_EXIF = b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xff" * 50


def with_chunks(*chunks: bytes) -> bytes:
    whole_png = encoded(RAMP, "PNG")
    return whole_png[:33] + b"".join(chunks) + whole_png[33:]


def with_segments(*segments: tuple[int, bytes]) -> bytes:
    whole_jpeg = encoded(RAMP, "JPEG", quality=99)
    parts = [bytes([0xFF, kind]) + struct.pack(">H", len(content) + 2) + content for kind, content in segments]
    return whole_jpeg[:2] + b"".join(parts) + whole_jpeg[2:]


def bad(whole_chunk: bytes) -> bytes:
    return whole_chunk[:-1] + bytes([whole_chunk[-1] ^ 255])


METADATA = {
    "PNG, text of nonsense": with_chunks(
        chunk(b"zTXt", b"k\0\0nonsense"), chunk(b"iTXt", b"\xff\xff"), chunk(b"tEXt", b"")
    ),
    "PNG, text of a wrong checksum": with_chunks(bad(chunk(b"tEXt", b"k\0text"))),
    "PNG, profile of nonsense": with_chunks(chunk(b"iCCP", b"\0\0nonsense"), chunk(b"iCCP", b"x")),
    "PNG, Exif of nonsense": with_chunks(chunk(b"eXIf", b"nonsense"), bad(chunk(b"eXIf", b"MM"))),
    "PNG, other chunks of nonsense": with_chunks(
        *(chunk(k, b"") for k in (b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"acTL"))
    ),
    "JPEG, Exif of nonsense": with_segments((0xE1, BROKEN_EXIF)),
    "JPEG, Exif cut short": with_segments((0xE1, b"Exif\0\0"), (0xE1, b"Exif\0\0MM")),
    "JPEG, profile of nonsense": with_segments((0xE2, b"ICC_PROFILE\0\7\1x"), (0xE2, b"ICC_PROFILE\0")),
    "JPEG, several pictures of nonsense": with_segments((0xE2, b"MPF\0II*\0\xff\xff\xff\xff")),
    "JPEG, XMP of nonsense": with_segments(
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta tiff:Orientation='99999999'")
    ),
    "JPEG, Photoshop's block of nonsense": with_segments((0xED, b"Photoshop 3.0\x008BIM\xff\xff\xff\xff\xff\xff")),
    "JPEG, comments of nonsense": with_segments((0xFE, b"\xff\xd9\xff\xda" * 99)),
    "WebP, Exif of nonsense": encoded(RAMP, "WEBP", lossless=True, exif=BROKEN_EXIF),
    "WebP, profile and XMP of nonsense": encoded(RAMP, "WEBP", lossless=True, icc_profile=b"x", xmp=b"<<<"),
    "TIFF, Exif and profile of nonsense": encoded(RAMP, "TIFF", tiffinfo={34675: b"nonsense", 700: b"<<<", 274: 77}),
    "AVIF, Exif of nonsense": encoded(RAMP, "AVIF", quality=100, exif=BROKEN_EXIF, xmp=b"<<<"),
}


@pytest.mark.parametrize("data", METADATA.values(), ids=METADATA.keys())
def test_metadata_cost_no_picture(data, tmp_path):
    image, turned, _ = decode(data, 1000)
    assert turned == 1 and np.abs(np.asarray(image.convert("L"), dtype=int) - EXPECTED).max() <= 6
    (tmp_path / "picture").write_bytes(data)
    assert np.abs(read_image(tmp_path / "picture", 16, 1)[0].astype(int) - EXPECTED).max() <= 6


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_what_is_left_away_changes_no_pixel(kind):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8))
    options = {"progressive": True} if kind == "JPEG" else {"pnginfo": None}
    data = encoded(
        noise, kind, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), **options
    )
    slim = pixels_alone(data).data
    assert len(slim) < len(data)
    assert Image.open(BytesIO(slim)).tobytes() == Image.open(BytesIO(data)).tobytes()
    assert pixels_alone(slim).data == slim


@pytest.mark.parametrize("turned", range(1, 9))
def test_every_way_of_holding_a_camera_is_set_right(turned):
    exif = Image.Exif()
    exif[0x0112] = turned
    data = encoded(RAMP.crop((0, 0, 16, 9)), "PNG", exif=exif)
    with open_image(pixels_alone(data)) as image:
        assert orientation(image) == turned
        assert upright(image, turned).tobytes() == ImageOps.exif_transpose(Image.open(BytesIO(data))).tobytes()


def test_a_large_picture_is_averaged_a_band_at_a_time():
    values = np.random.default_rng(0).integers(0, 256, (2500, 1301, 3), dtype=np.uint8)
    small, _ = eight_bit(Image.fromarray(values), 500)
    assert small.size == (261, 500)
    means = values[:, :1300].reshape(500, 5, 260, 5, 3).mean((1, 3))
    assert np.abs(np.asarray(small)[:, :260] - means).max() <= 1


def test_a_card_that_was_half_erased_is_walked_in_no_time():
    """Runs of 0xFF in a scan: a search that begins anew at each of them would take hours."""
    start = bytes.fromhex("ffd8ffda000c03010002110311003f00")
    began = time.perf_counter()
    pixels_alone(start + 4_000_000 * b"\xff")
    assert time.perf_counter() - began < 5
    filled = pixels_alone(start + b"\x12\xff\xff\xff\xd9")
    assert filled.data.endswith(b"\xff\xd9") and filled.scans == 1
