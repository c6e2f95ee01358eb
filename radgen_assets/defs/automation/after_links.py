"""What follows a link before the next is planned: twins after the patients, members after gathering.

The command line's pass and the daemon's chain of runs both call it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from radgen_assets.defs.automation.links import Link

if TYPE_CHECKING:
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.home import Home

VOXELS, SAMPLE = (
    "voxels_",
    "sample_",
)  # of the facts that are fingerprints: of a patient's images, of a cohort's samples


def after_link(home: Home, ledger: Ledger, link: Link) -> None:
    """Write down what the link's artifacts tell about persons and members."""
    if link is Link.patients:
        look_for_image_twins(ledger)
    if link is Link.gather:
        from radgen_assets.stewardship.register import register_members

        register_members(home, ledger)
        look_for_expression_twins(ledger)  # after the members: a person may have expression alone


def look_for_image_twins(ledger: Ledger) -> None:
    """Raise suspicions where equal voxels stand under two persons."""
    by_key = {
        key: {name: str(fact) for name, fact in record.facts.items() if name.startswith(VOXELS)}
        if record.state == "done"
        else {}
        for key, record in ledger.current("imaging/volumes").items()
    }
    ledger.register_fingerprints("image", by_key)


def look_for_expression_twins(ledger: Ledger) -> None:
    """Raise suspicions where equal expression values stand under two persons."""
    by_key = {
        f"{cohort}.{name.removeprefix(SAMPLE)}": {"values": str(fact)}
        for cohort, record in ledger.current("raw/expression").items()
        for name, fact in record.facts.items()
        if name.startswith(SAMPLE) and record.state == "done"
    }
    ledger.register_fingerprints("expression", by_key)
