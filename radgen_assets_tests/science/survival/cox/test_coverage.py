"""95 % intervals of hazard ratios and of predicted survival hold the truth in 93 to 97 % of 1,000 simulated cohorts."""

import numpy as np
import pytest

from radgen_assets.science.survival import Outcome, fit_cox, univariate_cox

COHORTS, SIZE = 1000, 200
LOG_RATIOS = np.array([0.7, -0.4])  # of a number per standard deviation, and of a group of 30 %


def simulate(generator):
    """Exponential deaths, median about 17 months, a third censored, times rounded up to a tenth of a month: ties."""
    x = np.column_stack([generator.normal(size=SIZE), generator.random(SIZE) < 0.3])
    death = 25 * generator.exponential(size=SIZE) * np.exp(-x @ LOG_RATIOS)
    contact = generator.uniform(5, 60, SIZE)
    return Outcome(np.ceil(10 * np.minimum(death, contact)) / 10, death <= contact), x


def holds(low, high, truth):
    return (low <= truth) & (truth <= high)


@pytest.mark.slow
def test_intervals_of_hazard_ratios_and_predicted_survival_hold_the_truth():
    generator = np.random.default_rng(20260102)
    patient, times = np.array([[0.5, 1.0]]), [12.0, 24.0]
    truth = np.exp(-np.exp(patient @ LOG_RATIOS) * np.array(times) / 25)
    ratio, beside, survival = np.zeros(2), np.zeros(1), np.zeros(2)
    for _ in range(COHORTS):
        outcome, x = simulate(generator)
        fit = fit_cox(outcome, x)
        predicted = fit.predict_survival(patient, times)
        gene = univariate_cox(outcome, x[:, 0], adjust_for=x[:, 1])
        ratio += holds(fit.low, fit.high, np.exp(LOG_RATIOS))
        beside += holds(gene.low, gene.high, np.exp(LOG_RATIOS[0]))
        survival += holds(predicted.low[0], predicted.high[0], truth)
    found = {"hazard ratio": ratio, "univariate_cox, adjusted": beside, "predicted survival": survival}
    print({name: (held / COHORTS).tolist() for name, held in found.items()})  # pytest -s prints what the docs state
    assert all(((held / COHORTS >= 0.93) & (held / COHORTS <= 0.97)).all() for held in found.values()), found


@pytest.mark.slow
def test_with_several_samples_a_person_only_the_errors_over_persons_hold_the_truth():
    """Each person stands in the table three times."""
    generator = np.random.default_rng(20260103)
    over_persons = as_if_apart = 0
    for _ in range(COHORTS):
        outcome, x = simulate(generator)
        rows = np.repeat(np.arange(SIZE), 3)
        thrice = outcome.of(rows)
        fit = fit_cox(thrice, x[rows], ties="breslow", persons=rows)
        error = 1.959964 * fit.model_std_err[0]
        over_persons += holds(fit.low[0], fit.high[0], np.exp(LOG_RATIOS[0]))
        as_if_apart += abs(fit.coefficients[0] - LOG_RATIOS[0]) <= error
    print({"over persons": over_persons / COHORTS, "as if apart": as_if_apart / COHORTS})
    assert 0.93 <= over_persons / COHORTS <= 0.97
    assert as_if_apart / COHORTS < 0.80
