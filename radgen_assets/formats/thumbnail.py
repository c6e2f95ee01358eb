"""Small pictures: a PNG made so small that it can stand in a table of the user interface."""

from __future__ import annotations

import io

WIDTHS = (560, 480, 400, 320, 240, 160)
COLOURS = 32  # enough for grey tissue beside coloured outlines


def thumbnail(png: bytes, *, max_bytes: int) -> bytes:
    """The picture as the widest PNG of at most `max_bytes`, in a palette of 32 colours.

    Parameters
    ----------
    png : bytes
        Any PNG; one with an alpha channel loses it.

    Returns
    -------
    bytes
        The smallest width that is tried (160 pixels) even where it is larger than `max_bytes`.
    """
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    small = b""
    for width in WIDTHS:
        if picture.width < width and width != WIDTHS[-1]:
            continue
        height = max(1, round(picture.height * width / picture.width))
        resized = picture.resize((width, height), Image.Resampling.HAMMING)
        # the octree keeps rare colours (the outlines); median cut, Pillow's default, turns them grey
        palette = resized.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        stream = io.BytesIO()
        palette.save(stream, "PNG", optimize=True)
        small = stream.getvalue()
        if len(small) <= max_bytes:
            break
    return small
