"""A number as a paper prints it: its value, what rounding leaves open, and P values told as "< 0.001"."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import numpy as np

from radgen_assets.contracts.errors import BadInput

Printed = float | int | str
REMEDY = "Copy the number as the paper prints it."


@dataclass(frozen=True)
class PrintedNumber:
    """A printed number; what was rounded to it lies between `low` and `high`.

    is_bound : True for "< 0.001": `value` is the bound, `low` 0 and `high` the bound
    """

    value: float
    low: float
    high: float
    is_bound: bool = False


def read_printed(field: str, printed: Printed) -> PrintedNumber:
    """The number with half a unit of its last digit on both sides.

    A float is taken in its shortest decimal form, so that 8.340 is 8.34 +- 0.005; text ("8.340") keeps its last zeros.

    Raises
    ------
    BadInput
        When it is not a finite number.
    """
    try:
        decimal = Decimal(printed.strip() if isinstance(printed, str) else _shortest(printed))
    except InvalidOperation as error:
        raise BadInput("published numbers", field, f"'{printed}'", "a number", REMEDY) from error
    exponent = decimal.as_tuple().exponent
    if not isinstance(exponent, int):  # NaN and infinity
        raise BadInput("published numbers", field, f"'{printed}'", "a finite number", REMEDY)
    half = 0.5 * 10.0 ** min(exponent, 0)
    value = float(decimal)
    return PrintedNumber(value, value - half, value + half)


def read_printed_p(printed: Printed) -> PrintedNumber:
    """A P value: a number in 0 .. 1, or text such as "< 0.001" or "P = 0.03".

    Raises
    ------
    BadInput
        When it is neither.
    """
    text = printed.strip().lstrip("pP").lstrip("= ") if isinstance(printed, str) else ""
    if text.startswith(("<", "≤")):
        bound = read_printed("p", text.lstrip("<≤= ")).value
        found = PrintedNumber(bound, 0.0, bound, is_bound=True)
    else:
        number = read_printed("p", text or printed)
        found = PrintedNumber(number.value, max(number.low, 0.0), min(number.high, 1.0))
    if not 0 <= found.value <= 1:
        raise BadInput("published numbers", "p", f"{printed}", 'a number in 0 .. 1, or "< 0.001"', REMEDY)
    return found


def _shortest(number: float) -> str:
    return np.format_float_positional(number, trim="-") if isinstance(number, float | np.floating) else str(number)
