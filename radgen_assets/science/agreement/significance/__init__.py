"""Tests of significance, each as R gives it by default, with one kind of result."""
