"""Picture files without what is not their pixels: text, colour profiles and thumbnails never cost a picture.

Only the structure is walked, nothing is decompressed; a file whose structure is broken is left as it is.
"""

import re
import struct
import zlib
from dataclasses import dataclass

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
PNG_KEPT_WHOLE = {b"tRNS", b"eXIf"}  # only if their checksums are right: without them there still is a picture
MOST_EXIF = 65_536  # bytes
NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # in a scan: neither a stuffed byte nor a restart
ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without contents
SCAN, END, COMMENT = 0xDA, 0xD9, 0xFE
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}


@dataclass(frozen=True)
class Contents:
    """A picture file's pixels, and what its structure tells of them."""

    data: bytes
    moving: bool = False  # a PNG of several frames
    scans: int = 1  # passes over all of a JPEG's pixels
    kept: int = 0  # bytes that a JPEG of several scans keeps in memory until the last of them
    size: tuple[int, int] | None = None  # of a WebP, which Pillow would make room for before anyone could ask


def pixels_alone(data: bytes) -> Contents:
    """The file without its text, profiles and thumbnails, if it is a PNG or JPEG; Exif stays."""
    try:
        if data.startswith(PNG):
            return png(data)
        if data.startswith(JPEG):
            return jpeg(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return Contents(data, size=webp_size(data))
    except (struct.error, IndexError, ValueError, ZeroDivisionError):
        pass
    return Contents(data)


def png(data: bytes) -> Contents:
    """The chunks that make the picture: of an animation, its first frame or what stands for it."""
    view, moving, position = memoryview(data), False, len(PNG)
    kept: list[bytes | memoryview] = [PNG]
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if kind in PNG_KEPT:
            kept.append(view[position:end])
        elif kind in PNG_KEPT_WHOLE and length <= MOST_EXIF and end <= len(data):
            checksum = struct.unpack_from(">I", data, end - 4)[0]
            kept += [view[position:end]] * (zlib.crc32(view[position + 4 : end - 4]) == checksum)
        moving = moving or kind == b"acTL"
        if kind == b"IEND":
            break
        position = end
    return Contents(b"".join(kept), moving)


def jpeg(data: bytes) -> Contents:
    """The segments that make the picture, without colour profile, comments, XMP and further pictures."""
    view, position = memoryview(data), 2
    kept: list[bytes | memoryview] = [data[:2]]
    scans, progressive, size = 0, False, 0
    while position + 2 <= len(data):
        if data[position] != 0xFF:
            return Contents(data)
        while data[position + 1] == 0xFF:
            position += 1
        marker = data[position + 1]
        if marker in ALONE or marker == END:
            kept.append(view[position : position + 2])
            if marker == END:
                break
            position += 2
            continue
        end = position + 2 + struct.unpack_from(">H", data, position + 2)[0]
        exif = marker == 0xE1 and data[position + 4 : position + 10] == b"Exif\0\0"
        dropped = marker == COMMENT or (0xE1 <= marker <= 0xEF and marker != 0xEE and not exif)
        if marker in FRAMES:
            progressive, size = marker in PROGRESSIVE, coefficients(data, position + 4)
        if marker == SCAN:
            scans += 1
            following = NEXT_MARKER.search(data, end)
            end = following.start() if following else len(data)
        if not dropped:
            kept.append(view[position:end])
        position = end
    return Contents(b"".join(kept), scans=scans, kept=size if progressive or scans > 1 else 0)


def webp_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a WebP, of all three kinds; None where there is no such header."""
    kind, numbers = data[12:16], data[20:30]
    if kind == b"VP8X":
        return 1 + int.from_bytes(numbers[4:7], "little"), 1 + int.from_bytes(numbers[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(numbers[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", numbers, 6)
        return width & 0x3FFF, height & 0x3FFF
    return None


def coefficients(data: bytes, start: int) -> int:
    """Bytes of all coefficients of the frame that a JPEG's frame header describes, two each."""
    height, width, count = struct.unpack_from(">xHHB", data, start)
    sampling = [data[start + 7 + 3 * part] for part in range(count)]
    areas = [(factors >> 4) * (factors & 15) for factors in sampling]
    widest, highest = max(f >> 4 for f in sampling), max(f & 15 for f in sampling)
    return 2 * width * height * sum(areas) // (widest * highest)
