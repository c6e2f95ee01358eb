"""Batch correction against sva and limma (r8)."""

from __future__ import annotations

from radgen_assets_tests.science.agreements.row import Row

COMBAT = "R sva ComBat({}) (r8_batch)"
REMOVAL = "R limma removeBatchEffect({}) (r8_batch)"


def _row(function: str, quantity: str, reference: str, library: str = "own", note: str = "") -> Row:
    return Row(f"expression.{function}", quantity, reference, 1e-8, "absolute", library=library, note=note)


ROWS: tuple[Row, ...] = (
    *(
        _row("fit_combat", quantity, COMBAT.format(call), library)
        for quantity, call, library in (
            ("parametric", "", "own"),
            ("parametric, group", "mod = ~ group", "own"),
            ("parametric, group and age", "mod = ~ group + age", "own"),
            ("parametric, reference A", 'ref.batch = "A"', "own"),
            ("parametric, reference B, group", 'ref.batch = "B", mod = ~ group', "own"),
            ("non-parametric", "par.prior = FALSE", "own, numba"),
            ("non-parametric, group", "par.prior = FALSE, mod = ~ group", "own, numba"),
            ("means only", "mean.only = TRUE", "own"),
        )
    ),
    _row("combat_as_published", "parametric, group", COMBAT.format("mod = ~ group")),
    *(
        _row("remove_batch_effect", quantity, REMOVAL.format(call))
        for quantity, call in (
            ("batch", ""),
            ("batch, group kept", "design = ~ group"),
            ("batch and age, group kept", "covariates = age, design = ~ group"),
        )
    ),
)
