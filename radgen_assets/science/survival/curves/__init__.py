"""Curves of survival and of censoring, and what is read from them: medians, the restricted mean, the log-rank test."""
