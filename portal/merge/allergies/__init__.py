"""Allergies: which substance, which signs, how severe, doubted, tolerated or denied."""
