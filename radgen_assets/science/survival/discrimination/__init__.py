"""Whether a higher risk dies earlier: concordance and the time-dependent ROC curve, with standard errors."""
