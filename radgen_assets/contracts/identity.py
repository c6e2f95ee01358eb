"""Names of cohorts, patients and persons, and who is the same human being."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from radgen_assets.contracts.errors import BadInput

COHORT_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
PATIENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, order=True)
class PatientKey:
    """A patient of one cohort; `str()` gives the Dagster partition ``<cohort>.<patient>``."""

    cohort: str
    patient: str

    def __str__(self) -> str:
        return f"{self.cohort}.{self.patient}"

    @classmethod
    def parse(cls, key: str) -> PatientKey:
        """Split ``<cohort>.<patient>``; raises BadInput when it is not such a key."""
        cohort, _, patient = key.partition(".")
        check_cohort_name(cohort, "patient key", key)
        check_patient_id(patient, "patient key", key)
        return cls(cohort, patient)


def check_cohort_name(name: str, file: str, field: str) -> str:
    """Return `name` if it is a cohort name, else raise BadInput."""
    if not COHORT_NAME.fullmatch(name):
        raise BadInput(file, field, repr(name), "a cohort name: a-z, then a-z 0-9 _ (at most 32)", "Rename the cohort.")
    return name


def check_patient_id(patient: str, file: str, field: str) -> str:
    """Return `patient` if it is a patient id, else raise BadInput."""
    if not PATIENT_ID.fullmatch(patient):
        raise BadInput(
            file,
            field,
            repr(patient),
            "a patient id: a letter or digit, then letters, digits, _ or - (at most 64)",
            "Declare patient_id_pattern in the cohort's TOML to map it.",
        )
    return patient


@dataclass(frozen=True)
class IdentityRow:
    """One line of identity.csv: this patient of this cohort is this person."""

    person: str
    cohort: str
    patient: str
    source_id: str = ""


@dataclass(frozen=True)
class Persons:
    """Who is the same person, from declared rows and each cohort's rule.

    `declared` maps patient keys to persons; `rules` maps a cohort to the number of leading characters of
    an id that name a person (TCGA barcode: 12). The id is the patient's own, or, in cohorts of `tabled`, the one that
    the cohort's table gives in `person_ids`; who has none there is a person of their own.
    """

    declared: dict[str, str]
    rules: dict[str, int]
    person_ids: dict[str, str]  # patient key -> id that the rule is applied to (a barcode, say)
    tabled: frozenset[str] = frozenset()

    def person_of(self, key: PatientKey) -> str:
        """The person behind `key`: declared, by the cohort's table or rule, or the patient alone."""
        if str(key) in self.declared:
            return self.declared[str(key)]
        length = self.rules.get(key.cohort)
        if key.cohort in self.tabled:
            person_id = self.person_ids.get(str(key), "")
        else:
            person_id = key.patient if length is not None else ""
        return person_id[:length] or str(key)


def person_pseudonym(secret: bytes, person: str) -> str:
    """Keyed pseudonym of a person: the first 16 hex digits of HMAC-SHA256 with the home's secret."""
    return hmac.new(secret, person.encode(), hashlib.sha256).hexdigest()[:16]
