"""Whether predicted probabilities come true: by groups, as a smooth curve, and as the Brier score."""
