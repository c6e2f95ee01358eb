"""Units that travel with data, and the conversions that are allowed."""

from __future__ import annotations

from enum import StrEnum

from radgen_assets.contracts.errors import UnitRefused

DAYS_PER_MONTH = 30.4375


class ExpressionUnit(StrEnum):
    """What an expression value is."""

    counts = "counts"
    tpm = "tpm"
    fpkm = "fpkm"
    log2 = "log2"
    zscore = "zscore"


class TimeUnit(StrEnum):
    """Unit of a survival time in a source; inside radgen it is always months."""

    days = "days"
    weeks = "weeks"
    months = "months"
    years = "years"


MONTHS_PER = {
    TimeUnit.days: 1 / DAYS_PER_MONTH,
    TimeUnit.weeks: 7 / DAYS_PER_MONTH,
    TimeUnit.months: 1.0,
    TimeUnit.years: 12.0,
}


def require_unit(unit: ExpressionUnit, allowed: tuple[ExpressionUnit, ...], operation: str, data: str) -> None:
    """Raise UnitRefused, naming operation and units, unless `unit` is one of `allowed`."""
    if unit not in allowed:
        raise UnitRefused(
            data,
            "unit",
            unit.value,
            f"{' or '.join(u.value for u in allowed)} for {operation}",
            "Use another operation, or data of that unit.",
        )
