"""Small files that cost a decoder much, made when they are asked for: by name, the bytes."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import numpy as np
from PIL import Image


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    content = BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, *extra: bytes, colour: int = 2, bits: int = 8, pixels: bytes | None = None) -> bytes:
    """A black PNG with chunks between its header and its pixels."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    if pixels is None:
        row = bytes(1 + (width * channels * bits + 7) // 8)
        packer = zlib.compressobj(9)
        pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def zeros(megabytes: int) -> bytes:
    return zlib.compress(bytes(megabytes * 1_000_000), 9)


def webp(width: int, height: int) -> bytes:
    return encoded(Image.new("RGB", (width, height)), "WEBP", quality=1, method=0)


def webp_canvas(width: int, height: int) -> bytes:
    """A WebP of a moving picture whose canvas is far larger than its frames."""
    frames = encoded(
        Image.new("RGB", (16, 16)), "WEBP", save_all=True, append_images=[Image.new("RGB", (16, 16), "red")]
    )
    at = frames.index(b"VP8X") + 12
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    return frames[:at] + size + frames[at + 6 :]


def tiff(pages: int, width: int = 8, height: int = 8) -> bytes:
    """A TIFF of so many pages that all show the same pixels."""
    pixels = bytes(width * height)
    tags = [(256, 3, 1, width), (257, 3, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8)]
    tags += [(277, 3, 1, 1), (278, 3, 1, height), (279, 4, 1, len(pixels))]
    size = 2 + 12 * len(tags) + 4
    entries = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *each) for each in tags)
    start = 8 + len(pixels)
    directories = [
        entries + struct.pack("<I", 0 if page == pages - 1 else start + (page + 1) * size) for page in range(pages)
    ]
    return b"II*\0" + struct.pack("<I", start) + pixels + b"".join(directories)


def tiff_in_a_circle() -> bytes:
    once = tiff(2)
    return once[:-4] + struct.pack("<I", 72)


def tiff_of_shared_tags(count: int, size: int) -> bytes:
    """A TIFF with many tags that all hold the same megabytes."""
    entries = [(256, 3, 1, 8), (257, 3, 1, 8), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8)]
    entries += [(277, 3, 1, 1), (278, 3, 1, 8), (279, 4, 1, 64)]
    start = 8 + 64
    end = start + 2 + 12 * (len(entries) + count) + 4
    entries += [(40_000 + number, 7, size, end) for number in range(count)]
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *each) for each in entries)
    return b"II*\0" + struct.pack("<I", start) + bytes(64) + directory + bytes(4) + bytes(size)


def jpeg_scans(side: int, scans: int) -> bytes:
    """A progressive JPEG whose last scan is repeated."""
    whole = encoded(Image.new("L", (side, side), 99), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * scans + whole[-2:]


def jpeg_progressive(side: int) -> bytes:
    return encoded(Image.new("RGB", (side, side), 99), "JPEG", progressive=True, subsampling=0)


def jpeg_of_many_thumbnails(count: int) -> bytes:
    whole = encoded(Image.new("RGB", (64, 64), 99), "JPEG")
    segment = b"\xff\xe2" + struct.pack(">H", 65_535) + b"ICC_PROFILE\0\1\1" + bytes(65_535 - 2 - 14)
    return whole[:2] + segment * count + whole[2:]


def bmp_runs(width: int, height: int, runs: int) -> bytes:
    """A BMP of runs of one pixel each."""
    data = b"\x01\x05" * runs
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(data), 0, 0, 256, 0)
    start = 14 + len(header) + 1024
    return b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + header + bytes(1024) + data


def bmp_size(width: int, height: int) -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, 4, 0, 0, 256, 0)
    return b"BM" + struct.pack("<IHHI", 1082, 0, 0, 1078) + header + bytes(1024) + b"\0\1\0\1"


def gif(width: int, height: int, frames: int = 1) -> bytes:
    """A GIF with a large canvas and frames of one pixel."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return head + frame * frames + b";"


def apng(frames: int) -> bytes:
    pixels = zlib.compress(bytes(9 * 25))
    control = struct.pack(">IIIIIHHBB", 0, 8, 8, 0, 0, 1, 10, 0, 0)
    parts = [chunk(b"acTL", struct.pack(">II", frames, 0)), chunk(b"fcTL", control)]
    later = b"".join(
        chunk(b"fcTL", struct.pack(">I", 2 * n + 1) + control[4:])
        + chunk(b"fdAT", struct.pack(">I", 2 * n + 2) + pixels)
        for n in range(frames - 1)
    )
    whole = png(8, 8, *parts)
    return whole[:-12] + later + whole[-12:]


def avif(width: int, height: int) -> bytes:
    return encoded(Image.new("RGB", (width, height)), "AVIF", quality=1, speed=10)


def noise(kind: str, size: tuple[int, int], **options) -> bytes:
    """An honest picture of the largest size that is taken, which compresses badly."""
    random = np.random.default_rng(0).integers(0, 256, (*size[::-1], 3), dtype=np.uint8) // 4 * 4
    return encoded(Image.fromarray(random), kind, **options)


TAKEN = 50_000_000
BOMBS: dict[str, Callable[[], bytes]] = {
    "PNG 50 MP, colour": lambda: png(7071, 7071),
    "PNG 50 MP, transparent": lambda: png(7071, 7071, colour=6),
    "PNG 50 MP, 16 bits of grey": lambda: png(7071, 7071, colour=0, bits=16),
    "PNG 50 MP, 16 bits of colour": lambda: png(7071, 7071, colour=6, bits=16),
    "PNG 50 MP, 1 bit": lambda: png(7071, 7071, colour=0, bits=1),
    "PNG 50 MP, palette": lambda: png(7071, 7071, chunk(b"PLTE", bytes(768)), chunk(b"tRNS", bytes(256)), colour=3),
    "PNG 4 x 12.5 million": lambda: png(4, 12_500_000, colour=0, pixels=zeros(50)),
    "PNG of 18 MB, 8 MP": lambda: noise("PNG", (3400, 2400)),
    "PNG, 1 GB of pixels too many": lambda: png(64, 64, pixels=zeros(1000)),
    "PNG, profile of 1 GB": lambda: png(64, 64, chunk(b"iCCP", b"p\0\0" + zeros(1000))),
    "PNG, 200 texts of 100 MB": lambda: png(64, 64, chunk(b"zTXt", b"k\0\0" + zeros(100)) * 200),
    "PNG, text of 1 GB": lambda: png(64, 64, chunk(b"iTXt", b"k\0\1\0\0\0" + zeros(1000))),
    "PNG, 2 million empty chunks": lambda: png(8, 8, chunk(b"IDAT", b"") * 2_000_000),
    "APNG of 20,000 frames": lambda: apng(20_000),
    "WebP 16383 x 1500": lambda: webp(16383, 1500),
    "WebP 12.4 MP": lambda: webp(3500, 3500),
    "WebP 8 MP, lossless": lambda: noise("WEBP", (3400, 2400), lossless=True, quality=0, method=0),
    "WebP, canvas 16383 x 3000": lambda: webp_canvas(16383, 3000),
    "WebP, canvas 3500 x 3500": lambda: webp_canvas(3500, 3500),
    "AVIF 16 MP": lambda: avif(4000, 4000),
    "AVIF 12.3 MP": lambda: avif(3504, 3504),
    "TIFF of 20,000 pages": lambda: tiff(20_000),
    "TIFF of 200,000 pages": lambda: tiff(200_000),
    "TIFF in a circle": tiff_in_a_circle,
    "TIFF, 5,000 tags of the same 20 MB": lambda: tiff_of_shared_tags(5_000, 20_000_000),
    "TIFF 50 MP, packed": lambda: encoded(Image.new("RGB", (7071, 7071)), "TIFF", compression="tiff_adobe_deflate"),
    "TIFF 50 MP, floats": lambda: encoded(Image.new("F", (7071, 7071)), "TIFF", compression="tiff_adobe_deflate"),
    "TIFF 50 MP, CMYK": lambda: encoded(Image.new("CMYK", (7071, 7071)), "TIFF", compression="tiff_adobe_deflate"),
    "TIFF 24 MP, one strip": lambda: tiff(1, 4990, 4990),
    "JPEG 50 MP": lambda: encoded(Image.new("RGB", (7071, 7071)), "JPEG"),
    "JPEG of 3,000 scans": lambda: jpeg_scans(2000, 3000),
    "JPEG of 60 scans, 50 MP": lambda: jpeg_scans(7071, 58),
    "JPEG 50 MP, progressive": lambda: jpeg_progressive(7071),
    "JPEG 33 MP, progressive": lambda: jpeg_progressive(5700),
    "JPEG, profiles of 20 MB": lambda: jpeg_of_many_thumbnails(300),
    "BMP of 12 million runs": lambda: bmp_runs(4000, 4000, 12_000_000),
    "BMP 50 MP in 1,082 bytes": lambda: bmp_size(7071, 7071),
    "GIF, canvas 50 MP": lambda: gif(7071, 7071),
    "GIF, canvas 65535 x 65535": lambda: gif(65535, 65535),
    "GIF of 500,000 frames": lambda: gif(700, 700, 500_000),
}
