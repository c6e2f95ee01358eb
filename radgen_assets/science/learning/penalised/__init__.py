"""The elastic net for any outcome: its path, the penalty chosen by cross-validation, logistic regression."""
