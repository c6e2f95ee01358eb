"""The phantom's studies as declarations: what images and expression say, and which genes differ in tumours."""

from __future__ import annotations

from collections.abc import Mapping

from radgen_assets.contracts.study import (
    ClinicalBlock,
    ContrastDeclaration,
    DeepBlock,
    FitDeclaration,
    PathwayBlock,
    RadiomicsBlock,
    Role,
    Study,
)

STUDY_NAME, GENES_NAME = "phantom_first", "phantom_genes"
_FEW = 20  # patients at the training site
_MAX_FEATURES = 20  # half as many as the demo has patients to learn from
_TUMOURS, _NORMALS, _FEWEST = "sequencing_expression", "normal_tissue", 5


def studies_of(sizes: Mapping[str, int]) -> tuple[Study, ...]:
    """The studies for which a phantom of these cohort sizes has patients enough."""
    first = (study_declaration(sizes),) if sizes.get("training_site") else ()
    enough = min(sizes.get(_TUMOURS, 0), sizes.get(_NORMALS, 0)) >= _FEWEST
    return (*first, *((genes_declaration(),) if enough else ()))


def genes_declaration() -> Study:
    """Tumours against normal tissue, two sources sequenced alike: what was planted differs, and nothing else."""
    return Study(
        name=GENES_NAME,
        title="Phantom: genes of tumours and of normal tissue",
        question="Which genes and gene sets do tumours have more or less of than normal tissue?",
        roles={Role.train: (_TUMOURS,), Role.normal: (_NORMALS,)},
        contrasts=(
            ContrastDeclaration(
                name="tumour",
                title="Tumour against normal tissue",
                column="cohort",
                level=_TUMOURS,
                reference=_NORMALS,
                methods=("limma_trend",),
                allow_confounded_with_cohort=True,
            ),
        ),
    )


def study_declaration(sizes: Mapping[str, int]) -> Study:
    """The first study: IDH status and overall survival at the training site, tested at the second if it is there.

    `sizes`: patients of each cohort. A small training site gets two folds, so that every fold holds both outcomes.
    """
    few = sizes["training_site"] < _FEW
    folds = {"outer_folds": 2, "inner_folds": 2, "bootstraps": 50, "repeats": 1} if few else {}
    roles = {Role.train: ("training_site",)}
    if sizes.get("second_site"):
        roles[Role.external] = ("second_site",)
    features = ("radiomics", "deep_features", "pathway_activity")
    return Study(
        name=STUDY_NAME,
        title="Phantom: IDH status and overall survival",
        question="Do radiomics, deep features and pathway activity say more than the clinic on IDH and survival?",
        roles=roles,
        blocks={
            "before_surgery": ClinicalBlock(kind="clinical", columns=("age_years", "sex", "kps")),
            "clinical": ClinicalBlock(kind="clinical", columns=("age_years", "sex", "kps", "grade", "idh_status")),
            "radiomics": RadiomicsBlock(kind="radiomics"),
            "deep_features": DeepBlock(kind="deep_features"),
            "pathway_activity": PathwayBlock(kind="pathway_activity"),
        },
        fits=(
            FitDeclaration(
                name="idh_status",
                kind="classification",
                outcome="idh_status",
                positive="wildtype",
                baseline="before_surgery",
                blocks=("before_surgery", *features),
                max_features=_MAX_FEATURES,
                **folds,
            ),
            FitDeclaration(
                name="overall_survival",
                kind="survival",
                outcome="overall_survival",
                baseline="clinical",
                blocks=("clinical", *features),
                max_features=_MAX_FEATURES,
                **folds,
            ),
        ),
    )
