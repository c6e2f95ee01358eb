"""The ledger: what was made from what. One method a question or deed; the rows behind it are the topic modules'.

Every deed is one transaction and ends with its rows in the journal. All methods may be called from several threads
and processes at once; writers wait for each other (database.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from radgen_assets.contracts.errors import NotReady, UsedWrongly
from radgen_assets.lineage import (
    artifacts,
    claims,
    fits,
    forgetting,
    journal,
    passes,
    patients,
    snapshots,
    sources,
    suspicions,
)
from radgen_assets.lineage.database import POSTGRES_SCHEMA, Database, upsert
from radgen_assets.lineage.fingerprints import recipe_hash
from radgen_assets.lineage.plan import Snapshot
from radgen_assets.lineage.records import (
    ArtifactRecord,
    Changes,
    ClaimRow,
    FitPerson,
    FitRecord,
    PassRow,
    PatientRow,
    Recipe,
    RunRow,
    SourceRow,
    State,
    Suspicion,
)
from radgen_assets.lineage.schema import FORMAT, about, metadata


class Ledger:
    """The ledger of one home, at a database URL (sqlite:///... or postgresql://...)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- opening -------------------------------------------------------------------------------------------------

    @classmethod
    def open(cls, url: str, *, read_only: bool = False) -> Ledger:
        """The ledger at `url`; make its tables with `create` when it is new.

        Raises
        ------
        NotReady
            when it is to be read and there is none.
        UsedWrongly
            when it was written in a format that this radgen does not know, or the URL is of another database.
        """
        ledger = cls(Database(url, read_only=read_only))
        found = ledger._format() if ledger._exists() else None
        if found is None and read_only:
            ledger.close()
            raise NotReady(f"There is no ledger at {ledger.url}. Make one with: radgen init")
        if found not in (None, FORMAT):
            ledger.close()
            raise UsedWrongly(
                f"The ledger at {ledger.url} has format {found}; this radgen reads format {FORMAT}. "
                "Use the radgen that wrote it, or a newer one."
            )
        return ledger

    def create(self) -> Ledger:
        """Make the tables where they are not there yet."""
        if self._database.is_sqlite:
            Path(self._database.url.database or "").parent.mkdir(parents=True, exist_ok=True)
            self._database.use_wal()
        with self._database.write() as connection:
            if not self._database.is_sqlite:
                connection.execute(sa.text(f"create schema if not exists {POSTGRES_SCHEMA}"))
            metadata.create_all(connection)
            upsert(connection, about, [{"name": "format", "value": str(FORMAT)}], update=())
        return self

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Where the ledger is, without a password."""
        return self._database.url.render_as_string(hide_password=True)

    # -- artifacts -----------------------------------------------------------------------------------------------

    def snapshot(
        self, assets: Sequence[str], keys: Sequence[str] | None = None, lake_root: Path | None = None
    ) -> Snapshot:
        """What a plan needs to know about `assets` for `keys` (None: all); lake_root None trusts that files stand."""
        with self._database.read() as connection:
            known = snapshots.read_known(connection, assets, keys)
        return snapshots.with_standing(known, lake_root)  # looking at files takes longer: no transaction meanwhile

    def record(self, records: Sequence[ArtifactRecord], recipes: Iterable[Recipe] = ()) -> int:
        """Write artifacts down, make them current; a skipped or blocked one that repeats the current is passed over."""
        now = _now()
        with self._database.write() as connection:
            artifacts.register_recipes(connection, [(recipe_hash(each), each) for each in recipes], now)
            return artifacts.record(connection, records, now)

    def make_current(self, records: Sequence[ArtifactRecord]) -> int:
        """Let artifacts that are reused be the current ones where others are (a setting was put back); how many."""
        with self._database.write() as connection:
            return artifacts.make_current(connection, records, _now())

    def current(self, asset: str, keys: Collection[str] | str | None = None) -> dict[str, ArtifactRecord]:
        """The last try for each key of `asset`, by key."""
        with self._database.read() as connection:
            return artifacts.read_current(connection, asset, [keys] if isinstance(keys, str) else keys)

    def history(self, asset: str, key: str) -> tuple[ArtifactRecord, ...]:
        """Every try for one (asset, key), the oldest first."""
        with self._database.read() as connection:
            return artifacts.history(connection, asset, key)

    def used_by(self, references: Collection[str]) -> tuple[ArtifactRecord, ...]:
        """Every artifact made from one of `references` (see InputRef)."""
        with self._database.read() as connection:
            return artifacts.used_by(connection, references)

    def counts(self, cohort: str | None = None) -> dict[tuple[str, State], int]:
        """How many keys of each asset stand in which state."""
        with self._database.read() as connection:
            return artifacts.counts(connection, cohort)

    def recipe(self, hashed: str) -> Recipe | None:
        """What a recipe's hash stands for, if it was registered with `record`."""
        with self._database.read() as connection:
            return artifacts.recipe(connection, hashed)

    # -- patients, persons, sources ------------------------------------------------------------------------------

    def upsert_patients(self, rows: Sequence[PatientRow], *, whole_cohort: str | None = None) -> Changes:
        """Write patients down as found now; `whole_cohort`: those of it that are not among `rows` are gone."""
        with self._database.write() as connection:
            return patients.upsert_patients(connection, rows, whole_cohort, _now())

    def patients(self, cohort: str | None = None) -> tuple[PatientRow, ...]:
        """Patients of one cohort or of all, those gone too, sorted by key."""
        with self._database.read() as connection:
            return patients.read_patients(connection, cohort)

    def set_aliases(self, cohort: str, keys: Mapping[str, str]) -> None:
        """Replace the aliases of a cohort: the source's own id -> patient key."""
        with self._database.write() as connection:
            patients.set_aliases(connection, cohort, keys, _now())

    def aliases(self, cohort: str) -> dict[str, str]:
        """The source's own id -> patient key."""
        with self._database.read() as connection:
            return patients.read_aliases(connection, cohort)

    def register_sources(self, rows: Sequence[SourceRow], *, whole_cohort: str | None = None) -> Changes:
        """Write source files down as found now; `whole_cohort`: files of it that are not among `rows` are gone."""
        with self._database.write() as connection:
            return sources.register_sources(connection, rows, whole_cohort, _now())

    def sources(self, cohort: str | None = None, *, key: str | None = None) -> tuple[SourceRow, ...]:
        """Source files, those gone too, sorted by cohort and path."""
        with self._database.read() as connection:
            return sources.read_sources(connection, cohort, key)

    def register_fingerprints(self, kind: str, by_key: Mapping[str, Mapping[str, str]]) -> tuple[Suspicion, ...]:
        """Replace patients' fingerprints (key -> name -> fingerprint); the suspicions then open."""
        with self._database.write() as connection:
            return suspicions.register_fingerprints(connection, kind, by_key, _now())

    def review_suspicions(self) -> tuple[Suspicion, ...]:
        """Look again whether persons share fingerprints, as after a change of identity.csv; the open ones."""
        with self._database.write() as connection:
            return suspicions.review(connection, _now())

    def declare_suspicion(self, suspicion_id: str, reason: str) -> None:
        """Settle a suspicion by stating why the patients are different persons all the same."""
        with self._database.write() as connection:
            suspicions.declare(connection, suspicion_id, reason, _now())

    def suspicions(self, state: str | None = "open") -> tuple[Suspicion, ...]:
        """Suspicions in one state (None: in any); open ones block studies."""
        with self._database.read() as connection:
            return suspicions.read_suspicions(connection, state)

    # -- fits ----------------------------------------------------------------------------------------------------

    def record_fit(self, fit: FitRecord) -> None:
        """Write a fit and its persons down; one of the same id is replaced."""
        with self._database.write() as connection:
            fits.record_fit(connection, fit, _now())

    def fits(self, asset: str | None = None) -> tuple[FitRecord, ...]:
        """Fits of one asset or of all, the oldest first, without their persons."""
        with self._database.read() as connection:
            return fits.read_fits(connection, asset)

    def persons_of_fit(self, fit_id: str) -> tuple[FitPerson, ...]:
        """Who a fit learnt from or was tried on."""
        with self._database.read() as connection:
            return fits.persons_of_fit(connection, fit_id)

    def fits_of_persons(self, persons: Collection[str]) -> tuple[FitPerson, ...]:
        """Every place of `persons` in every fit."""
        with self._database.read() as connection:
            return fits.fits_of_persons(connection, persons)

    def taint_fits(self, fit_ids: Collection[str], reason: str) -> None:
        """Say that fits must be refitted, and why."""
        with self._database.write() as connection:
            fits.taint_fits(connection, fit_ids, reason, _now())

    def tainted_fits(self) -> dict[str, str]:
        """Fits that must be refitted, with the reason."""
        with self._database.read() as connection:
            return fits.tainted_fits(connection)

    # -- claims --------------------------------------------------------------------------------------------------

    def claim(self, keys: Iterable[str], owner: str, seconds: float, *, scope: str = "patients") -> list[str]:
        """Claim what nobody else holds; the keys obtained, in the order asked for."""
        with self._database.write() as connection:
            return claims.claim(connection, keys, owner, seconds, scope)

    def heartbeat(self, owner: str, seconds: float) -> int:
        """Extend all claims of `owner`; how many it still holds."""
        with self._database.write() as connection:
            return claims.heartbeat(connection, owner, seconds)

    def release(self, owner: str, keys: Collection[str] | None = None, *, scope: str | None = None) -> int:
        """Give claims up (keys None: all of the owner's); how many."""
        with self._database.write() as connection:
            return claims.release(connection, owner, keys, scope)

    def reap_claims(self, alive: Callable[[str], bool] | None = None) -> list[ClaimRow]:
        """Remove claims that expired or whose owner is dead (None: ask this host's processes); those removed."""
        with self._database.write() as connection:
            return claims.reap(connection, alive or claims.owner_is_alive)

    def claims(self) -> tuple[ClaimRow, ...]:
        """All claims, expired ones too."""
        with self._database.read() as connection:
            return claims.read_claims(connection)

    # -- passes and runs -----------------------------------------------------------------------------------------

    def begin_pass(self, trigger: str, *, pass_id: str | None = None) -> str:
        """Open a pass (trigger: cli, sensor, nightly, ...); its id."""
        with self._database.write() as connection:
            return passes.begin_pass(connection, trigger, pass_id, _now())

    def end_pass(self, pass_id: str, summary: Mapping[str, Any], *, state: str = "done") -> None:
        """Close a pass with its summary (plain JSON values)."""
        with self._database.write() as connection:
            passes.end_pass(connection, pass_id, summary, state, _now())

    def passes(self, limit: int | None = None) -> tuple[PassRow, ...]:
        """Passes, the newest first."""
        with self._database.read() as connection:
            return passes.read_passes(connection, limit)

    def begin_run(self, run_id: str, pass_id: str, link: str) -> None:
        """Write down that a run works on one link of a pass."""
        with self._database.write() as connection:
            passes.begin_run(connection, run_id, pass_id, link, _now())

    def end_run(self, run_id: str, *, state: str = "done") -> None:
        """Write down how a run ended."""
        with self._database.write() as connection:
            passes.end_run(connection, run_id, state, _now())

    def runs(self, pass_id: str | None = None) -> tuple[RunRow, ...]:
        """Runs of one pass or of all, the oldest first."""
        with self._database.read() as connection:
            return passes.read_runs(connection, pass_id)

    # -- forgetting and the journal ------------------------------------------------------------------------------

    def forget(self, keys: Collection[str], fingerprint: str) -> dict[str, int]:
        """Remove every row about a person's patients; refuse the person by keyed fingerprint from now on."""
        with self._database.write() as connection:
            return forgetting.forget(connection, keys, fingerprint, _now())

    def forgotten(self) -> frozenset[str]:
        """Keyed fingerprints of the persons that must not come back."""
        with self._database.read() as connection:
            return forgetting.read_forgotten(connection)

    def journal_verify(self) -> journal.BrokenRow | None:
        """The first row at which the journal's chain does not hold, or None."""
        with self._database.read() as connection:
            return journal.verify(connection)

    def journal_head(self) -> journal.Head:
        """The journal's last row: write it down elsewhere, and rows cut off at the end will be noticed."""
        with self._database.read() as connection:
            return journal.head(connection)

    # -- format --------------------------------------------------------------------------------------------------

    def _exists(self) -> bool:
        if self._database.is_sqlite:
            return Path(self._database.url.database or "").is_file()
        return True

    def _format(self) -> int | None:
        """The format that the ledger was written in; None when there are no tables."""
        with self._database.read() as connection:
            if not sa.inspect(connection).has_table(about.name):
                return None
            return int(connection.scalars(sa.select(about.c.value).where(about.c.name == "format")).one())


def _now() -> datetime:
    return datetime.now(UTC)
