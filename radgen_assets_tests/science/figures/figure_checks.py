"""What must hold for every figure: its text lies inside it, and no two texts lie on one another."""

from __future__ import annotations

from itertools import combinations

from matplotlib.figure import Figure
from matplotlib.text import Text


def shown_texts(figure: Figure) -> list[Text]:
    """Every text that a reader sees."""
    figure.canvas.draw()
    beyond = {
        id(label)
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick, label in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)
        if not axes.axison or not min(axis.get_view_interval()) - 1e-9 <= tick <= max(axis.get_view_interval()) + 1e-9
    }  # matplotlib keeps labels of hidden axes and of ticks beyond an axis, and does not draw them
    texts = figure.findobj(Text)
    return [text for text in texts if text.get_visible() and text.get_text().strip() and id(text) not in beyond]


def words(figure: Figure) -> list[str]:
    """The words of every text."""
    return [text.get_text() for text in shown_texts(figure)]


def assert_readable(figure: Figure) -> None:
    """Fail when a text leaves the figure or covers another by more than a pixel."""
    renderer = figure.canvas.get_renderer()
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in shown_texts(figure)]
    frame = figure.bbox
    for text, box in boxes:
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= frame.x1 + 1 and box.y1 <= frame.y1 + 1
        assert inside, f"{text!r} leaves the figure"
    for (text, box), (other, other_box) in combinations(boxes, 2):
        across = min(box.x1, other_box.x1) - max(box.x0, other_box.x0)
        up = min(box.y1, other_box.y1) - max(box.y0, other_box.y0)
        assert across <= 1 or up <= 2.5, f"{text!r} covers {other!r}"
