"""Commands that this version does not have yet; each says so, and what it will do."""

from __future__ import annotations

from collections.abc import Callable

from radgen_assets.contracts.errors import UsedWrongly

COMMANDS = {
    "forget": "removes a person and leaves a certificate",
    "prune": "removes artifacts that nothing current is made from",
    "backup": "copies the home's ledger, lake and settings",
    "restore": "brings a backup back",
}
AUDITS = {
    "trace": "follows a number back to patients, files, code and settings",
    "verify": "hashes sources and artifacts again",
    "leakage": "looks for persons that a model must not have seen",
    "diff": "says what differs between two passes",
    "export": "writes lineage as PROV, RO-Crate or OpenLineage",
}


def command(name: str, group: str = "") -> Callable[[], None]:
    """A command that says it is not in this version (exit code 2)."""
    deed = (AUDITS if group else COMMANDS)[name]

    def not_yet() -> None:
        raise UsedWrongly(f"radgen {group + ' ' if group else ''}{name} is not in this version. It {deed}.")

    not_yet.__doc__ = f"(Not in this version.) {deed[0].upper()}{deed[1:]}."
    return not_yet
