"""Rows about fits: what was learnt across persons, and from whom, in which role and fold."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from radgen_assets.lineage import journal
from radgen_assets.lineage.database import one_of, upsert
from radgen_assets.lineage.records import FitPerson, FitRecord
from radgen_assets.lineage.schema import fit_persons, fits


def record_fit(connection: sa.Connection, fit: FitRecord, at: datetime) -> None:
    """Write a fit and its persons down; one of the same id is replaced, and its taint is gone."""
    journal.append(
        connection,
        [
            journal.Entry(
                "fit",
                fit.fit_id,
                {
                    "asset": fit.asset,
                    "inputs": fit.inputs_hash,
                    "content": fit.content_hash,
                    "mlflow_run": fit.mlflow_run_id,
                    "persons": len({row[0] for row in fit.persons}),
                },
            )
        ],
        at,
    )
    row = {
        "fit_id": fit.fit_id,
        "asset": fit.asset,
        "inputs_hash": fit.inputs_hash,
        "content_hash": fit.content_hash,
        "mlflow_run_id": fit.mlflow_run_id,
        "taint": "",
        "made_at": fit.made_at or at,
    }
    upsert(connection, fits, [row], update=tuple(name for name in row if name != "fit_id"))
    connection.execute(sa.delete(fit_persons).where(fit_persons.c.fit_id == fit.fit_id))
    persons = [
        {"fit_id": fit.fit_id, "person": person, "key": key, "role": role, "fold": fold}
        for person, key, role, fold in fit.persons
    ]
    if persons:
        connection.execute(sa.insert(fit_persons), persons)


def read_fits(connection: sa.Connection, asset: str | None) -> tuple[FitRecord, ...]:
    """Fits of one asset or of all, the oldest first, without their persons (`persons_of_fit` has them)."""
    query = sa.select(fits)
    if asset is not None:
        query = query.where(fits.c.asset == asset)
    rows = sorted(connection.execute(query).all(), key=lambda row: (row.made_at, row.fit_id))
    return tuple(
        FitRecord(row.fit_id, row.asset, row.inputs_hash, row.content_hash, row.mlflow_run_id, made_at=row.made_at)
        for row in rows
    )


def persons_of_fit(connection: sa.Connection, fit_id: str) -> tuple[FitPerson, ...]:
    """Who a fit learnt from or was tried on, in the order of fold, role and key."""
    query = sa.select(fit_persons).where(fit_persons.c.fit_id == fit_id)
    rows = [FitPerson(**row._mapping) for row in connection.execute(query)]
    return tuple(sorted(rows, key=lambda row: (row.fold, row.role, row.key)))


def fits_of_persons(connection: sa.Connection, persons: Collection[str]) -> tuple[FitPerson, ...]:
    """Every place of `persons` in every fit."""
    query = sa.select(fit_persons).where(one_of(connection, fit_persons.c.person, persons))
    rows = [FitPerson(**row._mapping) for row in connection.execute(query)]
    return tuple(sorted(rows, key=lambda row: (row.fit_id, row.fold, row.role, row.key)))


def taint_fits(connection: sa.Connection, fit_ids: Collection[str], reason: str, at: datetime) -> None:
    """Say that fits must not be used until they are refitted, and why."""
    journal.append(connection, [journal.Entry("fit tainted", each, {"reason": reason}) for each in sorted(fit_ids)], at)
    connection.execute(sa.update(fits).where(one_of(connection, fits.c.fit_id, fit_ids)).values(taint=reason))


def tainted_fits(connection: sa.Connection) -> dict[str, str]:
    """Fits that must be refitted, with the reason."""
    rows = connection.execute(sa.select(fits.c.fit_id, fits.c.taint).where(fits.c.taint != ""))
    return dict(rows.tuples().all())
