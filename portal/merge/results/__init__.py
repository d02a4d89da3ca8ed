"""Measurements: which test, which value in which unit, and what comments say of them."""
