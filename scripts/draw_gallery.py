"""Draws every figure of the house from made-up data as one page to look at: FOLDER/index.html.

python -m scripts.draw_gallery FOLDER
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

from radgen_assets.science.figures import to_svg
from radgen_assets_tests.reporting.synthetic import preview_png
from scripts.gallery.chapters import SECTIONS
from scripts.gallery.example import Example

HEAD = """\
<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Figures of radgen</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; color: #1d2733; max-width: 58rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin: 3.5rem 0 .2rem; border-top: 1px solid #c5ccd4; padding-top: 1.2rem; } h3 { margin: 2.6rem 0 .2rem; }
p { margin: .3rem 0 .8rem; } figure { margin: .8rem 0 2rem; } img { max-width: 100%; display: block; }
figcaption { color: #566271; margin-top: .6rem; }
th { text-align: left; padding: .9rem 0 .2rem; } code { font-size: .82rem; background: #eef2f6; padding: .1rem .3rem; }
pre { margin: .4rem 0; white-space: pre-wrap; } table { border-collapse: collapse; font-size: .9rem; }
td { padding: .25rem .8rem .25rem 0; vertical-align: top; border-bottom: 1px solid #eef2f6; } a { color: #0b559f; }
</style>
<h1>Figures of radgen</h1>
<p>Every figure of <code>radgen_assets.science.figures</code>, drawn from made-up data: nothing here is a finding. Each
is a vector drawing whose series differ in dash, marker or lightness as well as in colour. The value types in the calls
stand in <code>radgen_assets.science.figures.inputs</code>.</p>
"""
THREE_PLANE = Example(
    "three_plane",
    "Three planes of a tumour",
    "three_plane(volume, masks)",
    "The slices on which the tumour is largest, with its regions outlined; in science.figures.three_plane.",
    lambda: NotImplemented,  # a picture made of voxels: its bytes come ready
)


def draw(folder: Path) -> Path:
    """Write the figures and the page into `folder`; returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "three_plane.png").write_bytes(preview_png(1))
    body = []
    for heading, sentence, examples in SECTIONS:
        body.append(f"<h2>{escape(heading)}</h2>\n<p>{escape(sentence)}</p>")
        for example in examples:
            (folder / f"{example.name}.svg").write_text(to_svg(example.draw()))
            body.append(_shown(example, f"{example.name}.svg"))
    body.append("<h2>Images</h2>\n<p>One picture of a patient, made of voxels.</p>")
    body.append(_shown(THREE_PLANE, "three_plane.png"))
    page = folder / "index.html"
    page.write_text(HEAD + _index() + "\n".join(body) + "\n")
    return page


def _index() -> str:
    rows = []
    for heading, _, examples in [*SECTIONS, ("Images", "", (THREE_PLANE,))]:
        rows.append(f'<tr><th colspan="2">{escape(heading)}</th></tr>')
        rows += [
            f'<tr><td><a href="#{each.name}">{escape(each.title)}</a></td>'
            f"<td><code>{escape(each.call)}</code></td></tr>"
            for each in examples
        ]
    return "<table>\n" + "\n".join(rows) + "\n</table>\n"


def _shown(example: Example, file: str) -> str:
    return (
        f'<h3 id="{example.name}">{escape(example.title)}</h3>\n<pre><code>{escape(example.call)}</code></pre>\n'
        f'<figure><img src="{escape(file)}" alt="{escape(example.title)}">'
        f"<figcaption>{escape(example.shows)}</figcaption></figure>"
    )


if __name__ == "__main__":
    print(draw(Path(sys.argv[1])))
