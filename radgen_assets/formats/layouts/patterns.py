"""File name patterns of a cohort's TOML: {patient} and the wildcards *, ** and ?."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from radgen_assets.contracts.errors import BadInput

_PARTS = re.compile(r"\{patient\}|\*\*/|\*\*|\*|\?")
_WILD = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def compile_pattern(pattern: str, file: str, field: str) -> re.Pattern[str]:
    """A pattern as a regular expression over relative paths; its group `patient` is the source's id.

    * and ? stay within a folder, ** crosses folders. {patient} must stand in it; where it stands twice both are equal.
    Raises BadInput for a pattern without {patient} and for one that leaves the cohort's folder.
    """
    remedy = "Write it relative to the cohort's root, as in 'images/{patient}/{patient}_t1.nii.gz'."
    if PurePosixPath(pattern).is_absolute() or ".." in PurePosixPath(pattern).parts or "\\" in pattern:
        raise BadInput(file, field, repr(pattern), "a pattern inside the cohort's root", remedy)
    if "{patient}" not in pattern:
        raise BadInput(file, field, repr(pattern), "a pattern with {patient}", remedy)
    regex, end = "", 0
    for part in _PARTS.finditer(pattern):
        regex += re.escape(pattern[end : part.start()]) + _regex_of(part.group(), first="(?P<patient>" not in regex)
        end = part.end()
    return re.compile(regex + re.escape(pattern[end:]))


def _regex_of(part: str, *, first: bool) -> str:
    if part == "{patient}":
        return "(?P<patient>[^/]+?)" if first else "(?P=patient)"
    return _WILD[part]
