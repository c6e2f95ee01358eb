"""What the pages hold: commands in their code blocks, links, pictures."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])
_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Command:
    """One command line of a page."""

    page: str
    line: str

    @property
    def words(self) -> list[str]:
        """The line as a shell splits it: without variables set before it and without the folder of the program."""
        words = shlex.split(self.line, comments=True)
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
            words.pop(0)
        return [words[0].rsplit("/", 1)[-1], *words[1:]] if words else []

    @property
    def program(self) -> str:
        """What is started."""
        return self.words[0]

    def __str__(self) -> str:
        return f"{self.page}: {self.line}"


def blocks(page: Path, *languages: str) -> list[str]:
    """Texts of the code blocks of `page` in one of `languages`."""
    return [text for _, language, text in _BLOCK.findall(page.read_text()) if language in languages]


def commands() -> list[Command]:
    """Every command of every page: lines of ```sh blocks, and lines behind `$ ` of ```console blocks."""
    found = []
    for page in PAGES:
        name = str(page.relative_to(ROOT))
        lines = [line for block in blocks(page, "sh") for line in block.replace("\\\n", " ").splitlines()]
        shown = [line for block in blocks(page, "console") for line in block.splitlines()]
        lines += [line.removeprefix("$ ") for line in shown if line.startswith("$ ")]
        found += [Command(name, line.strip()) for line in lines if line.strip() and not line.strip().startswith("#")]
    return found


def links(page: Path) -> list[str]:
    """Targets of the links and pictures of `page`, code blocks left out."""
    text = _BLOCK.sub("", page.read_text())
    return re.findall(r"\]\(([^)\s]+)\)", text)


def anchors(page: Path) -> set[str]:
    """Anchors of the headings of `page`, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", _BLOCK.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
