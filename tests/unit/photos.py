"""Pictures as visitors bring them, made up: writing on paper under uneven light, as a phone would take it."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

TURNED = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    """A picture as the contents of a file."""
    content = BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def figure_seven(size: int = 280, width: int = 26) -> Image.Image:
    """A seven as a mask, white on black."""
    image = Image.new("L", (size, size))
    corners = [(0.2 * size, 0.2 * size), (0.8 * size, 0.2 * size), (0.4 * size, 0.85 * size)]
    ImageDraw.Draw(image).line(corners, fill=255, width=width, joint="curve")
    return image


def on_paper(
    mask: Image.Image,
    size: tuple[int, int] = (1200, 900),
    place: tuple[float, float] = (0.3, 0.2),
    share: float = 0.55,
    ink: tuple = (45, 50, 95),
    paper: tuple = (235, 230, 215),
    shade: float = 0.5,
    noise: float = 6,
    blur: float = 2,
    table: float = 0.0,
    shadow: tuple[tuple[float, float], ...] = (),
    seed: int = 0,
) -> Image.Image:
    """What the mask shows, written on paper: `share` of the photo's height, light that falls off by `shade`, blurred,
    grainy, with a strip of dark table along two edges, and half of the light gone inside `shadow`, a polygon."""
    random = np.random.default_rng(seed)
    wide, high = size
    side = round(share * high)
    whole = Image.new("L", size)
    whole.paste(mask.resize((side, side), Image.Resampling.BICUBIC), (round(place[0] * wide), round(place[1] * high)))
    covered = np.asarray(whole, dtype=np.float32)[..., None] / 255
    scene = np.array(paper) * (1 - covered) + np.array(ink) * covered  # (H, W, 3)
    if table:
        scene[:, : round(table * wide)] = scene[high - round(table * high) :] = (70, 50, 40)
    down, across = np.mgrid[0 : 1 : high * 1j, 0 : 1 : wide * 1j]
    angle = random.uniform(0, 2 * np.pi)
    fall = down * np.sin(angle) + across * np.cos(angle)
    light = 1 - shade * (fall - fall.min()) / np.ptp(fall)
    if shadow:
        cast = Image.new("L", size)
        ImageDraw.Draw(cast).polygon([(across * wide, down * high) for across, down in shadow], fill=255)
        soft = cast.filter(ImageFilter.GaussianBlur(0.01 * wide))
        light = light * (1 - 0.5 * np.asarray(soft, dtype=np.float32) / 255)
    image = Image.fromarray((scene * light[..., None]).clip(0, 255).astype(np.uint8))
    blurred = np.asarray(image.filter(ImageFilter.GaussianBlur(blur)), dtype=np.float32)
    return Image.fromarray((blurred + random.normal(0, noise, (high, wide, 1))).clip(0, 255).astype(np.uint8))


def phone_photo(mask: Image.Image, orientation: int = 1, **options) -> bytes:
    """The same as a JPEG of a camera that was held at an angle."""
    image = on_paper(mask, **options)
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = image.transpose(TURNED[orientation]) if orientation in TURNED else image
    return encoded(turned, "JPEG", quality=85, exif=exif)
