"""Phrases for people, where no page is at hand: marked here for translation, translated by the page that shows them."""


def N_(phrase: str) -> str:  # noqa: N802 (gettext's usual name for "mark only")
    """Mark a phrase for the extraction of translations; return it unchanged."""
    return phrase
