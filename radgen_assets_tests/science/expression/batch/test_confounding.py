"""Confounding of batch and contrast: measured, named, refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats.contingency import association

from radgen_assets.contracts.errors import Confounded, UsedWrongly
from radgen_assets.science.expression import check_confounding, refuse_confounded


def pair(batch, contrast, names=("cohort", "tissue")):
    index = [f"s{i}" for i in range(len(batch))]
    return pd.Series(list(batch), index, name=names[0]), pd.Series(list(contrast), index, name=names[1])


def test_normals_of_one_source_and_tumours_of_others_are_confounded_and_named():
    batch, tissue = pair(["gtex"] * 4 + ["tcga"] * 5 + ["cgga"] * 5, ["normal"] * 4 + ["tumour"] * 10)
    found = check_confounding(batch, tissue)
    assert found.confounded
    assert found.culprits == ("cohort",)
    assert found.cramers_v == pytest.approx(1)
    assert found.empty_cells == (("cgga", "normal"), ("gtex", "tumour"), ("tcga", "normal"))
    assert found.told() == (
        "'tissue' cannot be told apart from 'cohort' in these 14 samples: "
        "'cohort' has normal in gtex alone, tumour in cgga, tcga alone."
    )
    with pytest.raises(Confounded, match=r"'tissue' cannot be told apart from 'cohort'.*normals of the same study"):
        refuse_confounded(batch, tissue)


def test_one_mixed_source_is_enough_to_tell_apart_and_the_silent_ones_are_counted():
    batch, tissue = pair("aaaabbbcc", "nntttttnn")
    found = refuse_confounded(batch, tissue)
    assert not found.confounded
    assert found.culprits == ()
    assert found.columns[0].n_silent == 5
    assert found.told() == (
        f"'tissue' can be told apart from 'cohort' (Cramer's V {found.cramers_v:.2f}), but 2 of 3 levels of it, with "
        "5 of 9 samples, hold one level of the contrast only and tell nothing."
    )


def test_cramers_v_is_that_of_scipy():
    rng = np.random.default_rng(0)
    batch, grade = pair(rng.choice(list("abcd"), 80), rng.choice(["2", "3", "4"], 80))
    found = check_confounding(batch, grade)
    assert found.cramers_v == pytest.approx(association(pd.crosstab(batch, grade).to_numpy(), method="cramer"))
    assert found.columns[0].apart == (("2", "3", "4"),)
    assert found.told().endswith(f"(Cramer's V {found.cramers_v:.2f}).")


def test_one_level_of_three_that_shares_no_source_confounds():
    batch, kind = pair("aabbcccc", ["lgg", "gbm", "lgg", "gbm", *["normal"] * 4])
    found = check_confounding(batch, kind)
    assert found.confounded
    assert found.columns[0].apart == (("gbm", "lgg"), ("normal",))
    assert not check_confounding(batch[:4], kind[:4]).confounded


def test_levels_are_linked_through_a_third():
    """normal and gbm share no source, but both share one with lgg."""
    batch, kind = pair("aabb", ["normal", "lgg", "lgg", "gbm"])
    assert not check_confounding(batch, kind).confounded


def test_each_further_column_that_confounds_is_named():
    batch, kind = pair(["cptac"] * 4 + ["tcga"] * 4, ["GBM"] * 4 + ["LGG"] * 4, ("project", "diagnosis"))
    more = pd.DataFrame(
        {"pipeline": ["star"] * 4 + ["htseq"] * 4, "grade": list("44442323"), "sex": list("fmfmfmfm")},
        index=batch.index,
    )
    found = check_confounding(batch, kind, more=more)
    assert found.culprits == ("project", "pipeline", "grade")
    assert "'diagnosis' cannot be told apart from 'project' and 'pipeline' and 'grade' in these 8" in found.told()


def test_two_columns_that_confound_only_together_are_named_as_such():
    batch, kind = pair("aabb", "xyyx", ("site", "kind"))
    more = pd.DataFrame({"lane": [0.0, 1.0, 0.0, 1.0]}, index=batch.index).astype({"lane": str})
    assert not check_confounding(batch, kind, more=more).confounded
    more["run"] = list("pqqp")
    assert check_confounding(batch, kind, more=more).culprits == ("run",)
    batch, kind = pair("aabbb", "xyxyy", ("site", "kind"))
    told = check_confounding(batch, kind, more=pd.DataFrame({"depth": [1.0, 2, 5, 6, 6]}, index=batch.index))
    assert told.confounded
    assert told.culprits == ("site", "depth")
    assert "from 'site' and 'depth' together in these 5 samples." in told.told()


def test_a_number_is_confounded_when_it_is_one_value_in_every_batch():
    batch, age = pair("aabb", [1.0, 1.0, 2.0, 2.0], ("site", "age"))
    found = check_confounding(batch, age)
    assert found.confounded
    assert found.cramers_v == pytest.approx(1)
    batch, age = pair("aabb", [1.0, 3.0, 2.0, 4.0], ("site", "age"))
    found = refuse_confounded(batch, age)
    assert found.cramers_v == pytest.approx(np.sqrt(1 / 5))  # between 1, within 4
    assert "correlation ratio 0.45" in found.told()


def test_one_batch_confounds_nothing():
    batch, kind = pair("aaaa", "xyxy")
    found = refuse_confounded(batch, kind)
    assert found.cramers_v == 0


def test_samples_without_a_value_are_left_out_and_counted():
    batch, kind = pair(["a", "a", None, "b", "b"], ["x", "y", "x", "x", "y"])
    found = check_confounding(batch, kind)
    assert (found.n, found.n_missing) == (4, 1)
    assert found.told().endswith("1 samples without a value were left out.")


def test_what_cannot_be_asked_is_refused():
    batch, kind = pair("abab", "xxxx")
    with pytest.raises(UsedWrongly, match="contrast 'tissue': found one value in 4 samples"):
        check_confounding(batch, kind)
    with pytest.raises(UsedWrongly, match="found 'cohort' twice among batches and contrast"):
        check_confounding(batch, kind.rename("cohort"))
    with pytest.raises(UsedWrongly, match="cohort: found no row for 1 of 4 samples"):
        check_confounding(batch[:3], kind)
    with pytest.raises(UsedWrongly, match="found no sample that has cohort, tissue"):
        check_confounding(batch.where(batch == "z"), kind)
