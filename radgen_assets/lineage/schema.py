"""The ledger's tables. Nothing outside lineage/ names them.

Hashes are lower-case hex, times ISO 8601 in UTC with microseconds (sortable as text), JSON is canonical text: both
databases hold the same bytes, and a person with a SQL prompt can read them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

FORMAT = 1  # raised with every change that an older radgen could not read

metadata = sa.MetaData()


class UtcTime(sa.types.TypeDecorator[datetime]):
    """A moment, aware of its zone in Python, ISO 8601 text in UTC in the database."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:
        """Moment to text."""
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:
        """Text to moment."""
        return None if value is None else datetime.fromisoformat(value)


def _text(name: str, **options: Any) -> sa.Column[str]:
    options.setdefault("nullable", False)
    return sa.Column(name, sa.Text, **options)


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, UtcTime, nullable=nullable)


about = sa.Table("about", metadata, _text("name", primary_key=True), _text("value"))

patients = sa.Table(
    "patients",
    metadata,
    _text("key", primary_key=True),  # <cohort>.<patient>
    _text("cohort"),
    _text("patient"),
    _text("person"),
    _text("state"),  # present, gone
    _text("reason"),
    _time("first_seen"),
    _time("last_seen"),
    sa.Index("patients_by_cohort", "cohort"),
    sa.Index("patients_by_person", "person"),
)

aliases = sa.Table(
    "aliases",
    metadata,
    _text("cohort", primary_key=True),
    _text("alias", primary_key=True),  # the source's own id
    _text("key"),
    sa.Index("aliases_by_key", "key"),
)

sources = sa.Table(
    "sources",
    metadata,
    _text("cohort", primary_key=True),
    _text("path", primary_key=True),  # relative to the cohort's root
    _text("key"),  # the patient's, or the cohort's name for a sheet
    _text("role"),  # scan:t1ce, mask:expert, sheet, ...
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("mtime_ns", sa.BigInteger, nullable=False),
    # inode numbers are unsigned 64 bit in some file systems: kept as text, since neither database has that type
    _text("inode"),
    _text("sha256"),
    _time("first_seen"),
    _time("last_seen"),
    sa.Column("gone", sa.Boolean, nullable=False),
    sa.Index("sources_by_key", "key"),
    sa.Index("sources_by_sha256", "sha256"),
)

recipes = sa.Table(
    "recipes",
    metadata,
    _text("recipe_hash", primary_key=True),
    _text("asset"),
    _text("code_version"),
    _text("settings"),  # canonical JSON
    _time("first_seen"),
)

artifacts = sa.Table(
    "artifacts",
    metadata,
    # the number of the journal row that tells of it: unique for ever, also when rows are removed
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    _text("asset"),
    _text("key"),
    _text("recipe_hash"),
    _text("inputs_hash"),
    _text("content_hash"),
    _text("path"),  # relative to the lake
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    _text("state"),
    _text("reason"),
    _text("files"),  # JSON: [[name, sha256, bytes], ...]
    _text("warnings"),  # JSON: [sentence, ...]
    _text("facts"),  # JSON: {name: number or word}
    _text("run_id"),
    _text("pass_id"),
    _time("made_at"),
    sa.Index("artifacts_by_inputs", "asset", "key", "inputs_hash"),
    sa.Index("artifacts_by_key", "key"),
    sa.Index("artifacts_by_pass", "pass_id"),
)

inputs = sa.Table(
    "inputs",
    metadata,
    sa.Column("artifact_id", sa.ForeignKey("artifacts.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),  # in the order they were given
    _text("name"),
    _text("kind"),  # artifact, source, fit, model
    _text("reference"),
    _text("content_hash"),
    sa.Index("inputs_by_reference", "reference"),
    sqlite_with_rowid=False,
)

current = sa.Table(
    "current",
    metadata,
    _text("asset", primary_key=True),
    _text("key", primary_key=True),
    sa.Column("artifact_id", sa.ForeignKey("artifacts.id"), nullable=False),
    _text("state"),  # of that artifact, so that counting needs no join
    sa.Index("current_by_state", "asset", "state"),
    sa.Index("current_by_artifact", "artifact_id"),
    sqlite_with_rowid=False,
)

fits = sa.Table(
    "fits",
    metadata,
    _text("fit_id", primary_key=True),
    _text("asset"),
    _text("inputs_hash"),
    _text("content_hash"),
    _text("mlflow_run_id"),
    _text("taint"),  # why it must be refitted; empty: nothing is known against it
    _time("made_at"),
    sa.Index("fits_by_asset", "asset"),
)

fit_persons = sa.Table(
    "fit_persons",
    metadata,
    sa.Column("fit_id", sa.ForeignKey("fits.fit_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("fold", sa.Integer, primary_key=True, autoincrement=False),  # -1: the final fit on all
    _text("role", primary_key=True),
    _text("key", primary_key=True),
    _text("person"),
    sa.Index("fit_persons_by_person", "person"),
    sqlite_with_rowid=False,
)

claims = sa.Table(
    "claims",
    metadata,
    _text("scope", primary_key=True),
    _text("key", primary_key=True),
    _text("owner"),  # host:pid:uuid
    _time("claimed_at"),
    _time("expires_at"),
    sa.Index("claims_by_owner", "owner"),
)

passes = sa.Table(
    "passes",
    metadata,
    _text("pass_id", primary_key=True),
    _text("trigger"),  # cli, sensor, nightly, weekly_refit, gpu_nightly, ui
    _time("started_at"),
    _time("ended_at", nullable=True),
    _text("state"),  # running, done, failed, abandoned
    _text("summary"),  # JSON
)

runs = sa.Table(
    "runs",
    metadata,
    _text("run_id", primary_key=True),
    _text("pass_id"),
    _text("link"),  # which part of the pass: sources, patients, gpu, cohorts, tables, studies, reports
    _time("started_at"),
    _time("ended_at", nullable=True),
    _text("state"),
    sa.Index("runs_by_pass", "pass_id"),
)

fingerprints = sa.Table(
    "fingerprints",
    metadata,
    _text("kind", primary_key=True),  # image, expression
    _text("key", primary_key=True),
    _text("name", primary_key=True),  # sequence, say
    _text("value"),
    sa.Index("fingerprints_by_value", "kind", "value"),
    sqlite_with_rowid=False,
)

suspicions = sa.Table(
    "suspicions",
    metadata,
    _text("suspicion_id", primary_key=True),
    _text("kind"),
    _text("keys"),  # JSON: the patients that look the same, sorted
    _text("persons"),  # JSON: their persons when last looked at, sorted
    _text("evidence"),  # JSON: {name: fingerprint}
    _text("state"),  # open, declared, withdrawn
    _text("reason"),
    _time("first_seen"),
    _time("last_seen"),
)

forgotten = sa.Table(
    "forgotten",
    metadata,
    _text("fingerprint", primary_key=True),  # keyed: the home's secret is needed to recognise a person by it
    _time("forgotten_at"),
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    _time("at"),
    _text("kind"),
    # subject, payload and salt go when a person is forgotten; the digest over them stays
    _text("subject", nullable=True),
    _text("payload", nullable=True),
    _text("salt", nullable=True),
    _text("payload_digest"),
    _text("previous"),
    _text("digest"),
    sa.Index("journal_by_subject", "subject"),
)

# Rows of the journal are added and blanked (all three of subject, payload, salt at once), never changed or removed:
# the database itself refuses it, whoever asks.
_CHAINED = ("seq", "at", "kind", "payload_digest", "previous", "digest")
_BLANKED = ("subject", "payload", "salt")
_REFUSAL = "the journal is append-only"


def _refuse_changes_of_journal() -> None:
    for dialect, statements in {"sqlite": _sqlite_triggers(), "postgresql": _postgres_triggers()}.items():
        for statement in statements:
            sa.event.listen(journal, "after_create", sa.DDL(statement).execute_if(dialect=dialect))


def _sqlite_triggers() -> list[str]:
    changed = [f"new.{name} is not old.{name}" for name in _CHAINED] + [f"new.{name} is not null" for name in _BLANKED]
    refuse = f"begin select raise(abort, '{_REFUSAL}'); end"
    return [
        f"create trigger journal_keeps_rows before delete on journal {refuse}",
        f"create trigger journal_keeps_words before update on journal when {' or '.join(changed)} {refuse}",
    ]


def _postgres_triggers() -> list[str]:
    kept = [f"new.{name} = old.{name}" for name in _CHAINED] + [f"new.{name} is null" for name in _BLANKED]
    return [
        f"""create function journal_append_only() returns trigger language plpgsql as $$ begin
            if tg_op = 'UPDATE' and {" and ".join(kept)} then return new; end if;
            raise exception '{_REFUSAL}';
        end $$""",
        """create trigger journal_keeps_rows before update or delete on journal
            for each row execute function journal_append_only()""",
    ]


_refuse_changes_of_journal()
