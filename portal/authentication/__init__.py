"""Who signs in, with what, and how they get in again: rules that only compute, and services over the store."""
