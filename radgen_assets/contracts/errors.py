"""Every error that radgen raises on purpose.

RadgenError
|-- BadInput            something from outside is not what was declared: file, field, found, expected, what to do
|   |-- UnknownKey      a TOML file holds a key that nobody reads; the nearest known one is named
|   |-- BadVolume       an image cannot be used: truncated, wrong dimensions, NaN, all zeros
|   |-- MaskOffGrid     a mask does not lie on the grid of its image
|   |-- BadMask         a mask is empty or holds a label that its convention does not know
|   `-- UnitRefused     an operation does not suit the unit of its data
|-- MissingByRight      an input is absent and may be: the artifact is skipped, with the reason
|-- NotReady            something that must be made first has not been made
`-- UsedWrongly         a command or function was asked for what it cannot do
    `-- Confounded      a batch and what is compared cannot be told apart in these samples
"""

from __future__ import annotations


class RadgenError(Exception):
    """Base of the family: its text is meant for the person at the keyboard."""


class BadInput(RadgenError):
    """A file from outside is not what was declared.

    Renders as ``file: field: found X, expected Y. What to do.``

    Parameters
    ----------
    file : str
        Name of the file, relative to its source where possible.
    field : str
        Row, column, key or property at fault.
    found, expected : str
        What stands there and what should.
    remedy : str
        What the person can do about it, a full sentence.
    """

    def __init__(self, file: str, field: str, found: str, expected: str, remedy: str) -> None:
        self.file, self.field, self.found, self.expected, self.remedy = file, field, found, expected, remedy
        super().__init__(f"{file}: {field}: found {found}, expected {expected}. {remedy}")

    def __reduce__(self) -> tuple[type[BadInput], tuple[str, str, str, str, str]]:  # crosses process borders
        return (type(self), (self.file, self.field, self.found, self.expected, self.remedy))


class UnknownKey(BadInput):
    """A TOML file holds a key that nobody reads."""


class BadVolume(BadInput):
    """An image is truncated, has the wrong number of dimensions, holds NaN or is all zeros."""


class MaskOffGrid(BadInput):
    """A mask does not lie on the grid of the image it was drawn on."""


class BadMask(BadInput):
    """A mask is empty or holds an unknown label."""


class UnitRefused(BadInput):
    """An operation does not suit the unit of its data."""


class MissingByRight(RadgenError):
    """An input is absent and may be (no such sequence, say); the artifact is skipped with this reason."""


class NotReady(RadgenError):
    """Something that must be made first has not been made; the text names the command that makes it."""


class UsedWrongly(RadgenError):
    """A command or a function was asked for what it cannot do (exit code 2)."""


class Confounded(UsedWrongly):
    """A batch and what is compared, or adjusted for, cannot be told apart in these samples; the text names both."""
