"""features/radiomics' check: the engine that makes the features gives IBSI's published values."""

from __future__ import annotations

import dagster as dg

from radgen_assets.defs.features.radiomics import radiomics
from radgen_assets.factories.chain_checks import ChainCheck

MOST_NAMED = 20


def conformance() -> dg.AssetCheckResult:
    """Every standardised feature of IBSI's digital phantom, computed anew, beside its published value."""
    from radgen_assets.science.radiomics.ibsi.conformance import check_digital_phantom

    compared = check_digital_phantom()
    wrong = [each for each in compared if not each.passes]
    named = "; ".join(
        f"{each.reference.tag} {each.found} instead of {each.reference.value}" for each in wrong[:MOST_NAMED]
    )
    met = f"{len(compared) - len(wrong)} of {len(compared)} published values of IBSI's digital phantom are met"
    return dg.AssetCheckResult(
        passed=not wrong,
        description=f"{met}. {named}".strip(),
        metadata={"values": len(compared), "met": len(compared) - len(wrong)},
    )


radiomics_conforms_to_ibsi = ChainCheck(radiomics, "radiomics_conforms_to_ibsi", conformance)
