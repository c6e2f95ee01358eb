"""A source's ids as patient ids: by a stated pattern, or as they are; never silently changed."""

from __future__ import annotations

import re

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.identity import check_patient_id


class PatientIds:
    """Maps ids of a source to patient ids.

    Parameters
    ----------
    pattern : str or None
        Regular expression with one group, searched in the source's id; the group is the patient's id. An id in which
        it is not found belongs to nobody (a follow-up scan, say) and is set aside by the caller, who says so.
        None: the source's id is the patient's.
    file, field : str
        Where the pattern stands, for messages.

    Raises
    ------
    BadInput
        The pattern is no regular expression, or has not exactly one group.
    """

    def __init__(self, pattern: str | None, file: str, field: str) -> None:
        self.pattern = pattern
        self._regex = None if pattern is None else one_group(pattern, file, field, "the patient's id")

    def patient(self, source_id: str, file: str, field: str) -> str | None:
        """The patient behind `source_id`; None when the pattern is not found in it.

        Raises BadInput when what comes out is no patient id.
        """
        if self._regex is None:
            return check_patient_id(source_id, file, field)
        found = self._regex.search(source_id)
        return None if found is None else check_patient_id(found.group(1) or "", file, field)


def one_group(pattern: str, file: str, field: str, what: str) -> re.Pattern[str]:
    """A regular expression whose one group holds `what`; raises BadInput for any other."""
    remedy = rf"Write one pair of brackets around what is {what}, as in '^(TCGA-\w\w-\w{{4}})'."
    try:
        regex = re.compile(pattern)
    except re.error as error:
        found = f"{pattern!r} ({error})"
        raise BadInput(file, field, found, "a regular expression with one group", remedy) from error
    if regex.groups != 1:
        raise BadInput(file, field, f"{pattern!r} with {regex.groups} groups", "exactly one group", remedy)
    return regex
