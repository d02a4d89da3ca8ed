"""Medicines and their orders: what is in a product, how it is taken, whether it is taken still."""
