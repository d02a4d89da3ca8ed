"""Texts, codes, names and times made comparable, whatever section they are from."""
