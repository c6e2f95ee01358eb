"""One picture of a patient: axial, coronal and sagittal slices through the tumour with its regions outlined."""

from __future__ import annotations

import io
from collections.abc import Iterator
from collections.abc import Sequence as ListOf
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from radgen_assets.contracts.volumes import Region, RegionMask, Sequence, Volume
from radgen_assets.science.imaging.foreground import foreground

# Okabe & Ito's colours that stand out on grey and stay apart for colour-blind eyes
COLOURS = {
    Region.whole_tumour: (240, 228, 66),
    Region.tumour_core: (86, 180, 233),
    Region.enhancing_tumour: (255, 112, 32),
}
OTHER_MAKERS = (255, 255, 255)
_SEQUENCE_NAMES = {
    Sequence.t1w: "T1",
    Sequence.t1ce: "T1 with contrast",
    Sequence.t2w: "T2",
    Sequence.flair: "FLAIR",
    Sequence.dwi: "Diffusion",
}
_REGION_NAMES = {
    Region.whole_tumour: "whole tumour",
    Region.tumour_core: "tumour core",
    Region.enhancing_tumour: "enhancing tumour",
}
_PANEL_HEIGHT = 340  # pixels of the tallest panel
_MARGIN_MM = 6.0
_GAP, _HEADER, _FOOTER = 14, 34, 34
_FINE = 3  # outlines are drawn this many times finer, then averaged
_INK, _FAINT, _PAPER = (235, 235, 235), (150, 155, 162), (14, 16, 19)


def three_plane(volume: Volume, masks: ListOf[RegionMask] = (), *, spacing_known: bool = True) -> bytes:
    """PNG of the three orthogonal slices on which the tumour is largest.

    Parameters
    ----------
    volume : Volume
        Canonical axes (RAS+).
    masks : sequence of RegionMask
        On the volume's grid. The primary maker's regions get solid outlines, the whole tumours of the other makers
        white dashed ones. Without masks the slices go through the middle of the head.
    spacing_known : bool
        False: the spacing is nominal, so there is no scale to draw, and proportions between panels mean nothing.

    Returns
    -------
    bytes
        Equal input gives equal bytes. Radiological view: the patient's right is on the left of the picture.

    Notes
    -----
    Grey values run from the 1st to the 99.5th percentile of the head; all panels have one scale in mm.
    """
    head = foreground(volume.data)
    places = _largest_slices(masks, head)
    view = _View(volume, head, places)
    panels = [_panel(view, axis, masks) for axis in (2, 1, 0)]
    width = sum(panel.width for panel in panels) + _GAP * (len(panels) + 1)
    height = _HEADER + max(panel.height for panel in panels) + _FOOTER
    sheet = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(sheet)
    left = _GAP
    for panel, name in zip(panels, ("axial", "coronal", "sagittal"), strict=True):
        sheet.paste(panel, (left, _HEADER + (height - _HEADER - _FOOTER - panel.height) // 2))
        left += panel.width + _GAP
        draw.text((left - _GAP, 10), name, font=_font(13), fill=_FAINT, anchor="ra")
    draw.text((_GAP, 8), _SEQUENCE_NAMES[volume.sequence], font=_font(16), fill=_INK)
    _draw_legend(draw, masks, height)
    if spacing_known:
        _draw_scale(draw, view.pixels_per_mm, (width, height))
    else:
        draw.text((width - _GAP, height - _FOOTER // 2), "spacing unknown", font=_font(12), fill=_FAINT, anchor="rm")
    return _png(sheet)


@dataclass(frozen=True, eq=False)
class _Plane:
    """Which array axes run across and down a panel; both are mirrored for the radiological view."""

    across: int
    down: int
    letters: tuple[str, str]  # at the left and right edge


_PLANES = {2: _Plane(0, 1, ("R", "L")), 1: _Plane(0, 2, ("R", "L")), 0: _Plane(1, 2, ("A", "P"))}


class _View:
    """The slices, the box of the head, the grey window and the scale that all panels share."""

    def __init__(self, volume: Volume, head: NDArray[np.bool_], places: tuple[int, int, int]) -> None:
        self.data, self.places, self.spacing = volume.data, places, volume.spacing_mm
        inside = volume.data[head] if head.any() else volume.data.ravel()
        low, high = np.percentile(inside, [1, 99.5])
        self.low, self.high = float(low), float(high) if high > low else float(low) + 1.0
        self.box = tuple(_span(head, axis, self.spacing[axis]) for axis in range(3))
        tallest = max((self.box[axis].stop - self.box[axis].start) * self.spacing[axis] for axis in (1, 2))
        self.pixels_per_mm = _PANEL_HEIGHT / tallest

    def slice_of(self, array: NDArray, axis: int) -> NDArray:
        """The slice across `axis` as rows from top to bottom, cropped to the head."""
        cut: list[slice | int] = [self.box[0], self.box[1], self.box[2]]
        cut[axis] = self.places[axis]
        return array[tuple(cut)].T[::-1, ::-1]

    def size_of(self, axis: int) -> tuple[int, int]:
        """Width and height of the panel across `axis` in pixels."""
        plane = _PLANES[axis]
        sizes = [
            max(1, round((self.box[side].stop - self.box[side].start) * self.spacing[side] * self.pixels_per_mm))
            for side in (plane.across, plane.down)
        ]
        return (sizes[0], sizes[1])


def _largest_slices(masks: ListOf[RegionMask], head: NDArray[np.bool_]) -> tuple[int, int, int]:
    """Along each axis the slice with most of the primary whole tumour (else of any mask, else the head's middle)."""
    primary = [mask for mask in masks if mask.is_primary] or list(masks)
    if not primary:
        boxes = [_span(head, axis, spacing_mm=np.inf) for axis in range(3)]
        return (_middle(boxes[0]), _middle(boxes[1]), _middle(boxes[2]))
    largest = max(primary, key=lambda mask: int(np.count_nonzero(mask.data))).data
    areas = [np.count_nonzero(largest, axis=tuple(other for other in range(3) if other != axis)) for axis in range(3)]
    return (int(areas[0].argmax()), int(areas[1].argmax()), int(areas[2].argmax()))


def _span(head: NDArray[np.bool_], axis: int, spacing_mm: float) -> slice:
    hit = np.flatnonzero(head.any(axis=tuple(other for other in range(3) if other != axis)))
    if hit.size == 0:
        return slice(0, head.shape[axis])
    margin = int(np.ceil(_MARGIN_MM / spacing_mm))
    return slice(max(0, int(hit[0]) - margin), min(head.shape[axis], int(hit[-1]) + 1 + margin))


def _middle(span: slice) -> int:
    return (span.start + span.stop) // 2


def _panel(view: _View, axis: int, masks: ListOf[RegionMask]) -> Image.Image:
    size = view.size_of(axis)
    grey = (view.slice_of(view.data, axis) - view.low) / (view.high - view.low)
    fine = Image.fromarray(np.ascontiguousarray(grey, dtype=np.float32)).resize(size, Image.Resampling.BICUBIC)
    panel = Image.fromarray((np.clip(np.asarray(fine), 0, 1) * 255).round().astype(np.uint8)).convert("RGB")
    for mask in _drawing_order(masks):
        colour = COLOURS[mask.region] if mask.is_primary else OTHER_MAKERS
        outline = _outline(view.slice_of(mask.data, axis), size, dashed=not mask.is_primary)
        panel.paste(colour, (0, 0), outline)
    draw = ImageDraw.Draw(panel)
    left, right = _PLANES[axis].letters
    draw.text((5, size[1] // 2), left, font=_font(13), fill=_FAINT, anchor="lm")
    draw.text((size[0] - 5, size[1] // 2), right, font=_font(13), fill=_FAINT, anchor="rm")
    return panel


def _drawing_order(masks: ListOf[RegionMask]) -> list[RegionMask]:
    """Others first and only their whole tumours, then the primary regions from large to small."""
    others = [mask for mask in masks if not mask.is_primary and mask.region is Region.whole_tumour]
    order = list(COLOURS)
    return others + sorted((mask for mask in masks if mask.is_primary), key=lambda mask: order.index(mask.region))


def _outline(inside: NDArray[np.bool_], size: tuple[int, int], *, dashed: bool) -> Image.Image:
    """Transparency (0-255) of a smooth line along the edge of a region."""
    fine = (size[0] * _FINE, size[1] * _FINE)
    soft = Image.fromarray(np.ascontiguousarray(inside, dtype=np.uint8) * 255).resize(fine, Image.Resampling.BICUBIC)
    half_a_voxel = fine[1] / inside.shape[0] / 2  # rounds the steps of the voxels, moves no edge
    filled = np.asarray(soft.filter(ImageFilter.GaussianBlur(half_a_voxel))) > 127
    line = filled & ~_shrunk(filled, _FINE + 1)
    if dashed:
        rows, columns = np.indices(line.shape)
        line &= (rows + columns) // (5 * _FINE) % 2 == 0
    return Image.fromarray(line.astype(np.uint8) * 255).resize(size, Image.Resampling.BOX)


def _shrunk(filled: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """The region without its outermost `by` pixels."""
    for _ in range(by):
        padded = np.pad(filled, 1)
        filled = filled & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return filled


def _draw_legend(draw: ImageDraw.ImageDraw, masks: ListOf[RegionMask], height: int) -> None:
    left, middle = _GAP, height - _FOOTER // 2
    for text, colour, dashes in _legend(masks):
        for start, stop in dashes:
            draw.line([(left + start, middle), (left + stop, middle)], colour, 2)
        draw.text((left + 20, middle), text, font=_font(12), fill=_INK, anchor="lm")
        left += 20 + int(draw.textlength(text, font=_font(12))) + 18


def _legend(masks: ListOf[RegionMask]) -> Iterator[tuple[str, tuple[int, int, int], tuple[tuple[int, int], ...]]]:
    """Text, colour and strokes of each kind of outline; all other makers share one."""
    drawn = _drawing_order(masks)
    for mask in drawn:
        if mask.is_primary:
            yield _REGION_NAMES[mask.region], COLOURS[mask.region], ((0, 14),)
    others = list(dict.fromkeys(mask.maker for mask in drawn if not mask.is_primary))
    if others:
        yield f"whole tumour by {', '.join(others)}", OTHER_MAKERS, ((0, 5), (9, 14))


def _draw_scale(draw: ImageDraw.ImageDraw, pixels_per_mm: float, size: tuple[int, int]) -> None:
    length, middle = round(50 * pixels_per_mm), size[1] - _FOOTER // 2
    right = size[0] - _GAP
    draw.line([(right - length, middle), (right, middle)], _FAINT, 2)
    draw.text((right - length - 6, middle), "50 mm", font=_font(12), fill=_FAINT, anchor="rm")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _png(sheet: Image.Image) -> bytes:
    out = io.BytesIO()
    sheet.save(out, format="PNG", compress_level=6)  # no metadata: equal pictures are equal bytes
    return out.getvalue()
