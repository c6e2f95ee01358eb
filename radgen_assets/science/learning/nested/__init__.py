"""Nested cross-validation: predictors as a matrix, what is learnt again in every fold, models as plain numbers."""
