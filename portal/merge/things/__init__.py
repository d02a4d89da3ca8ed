"""Vaccines, implants, procedures and visits: what was done, by whom, where, with which outcome."""
