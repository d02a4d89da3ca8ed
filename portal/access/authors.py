"""Whose a message is: who writes for a patient shares it with the patient and the care team alone. Pure.

Of two people who act for one patient, parents who live apart perhaps, neither sees what the other one writes, nor what
is answered to it. What the patient writes themself, and what an organization begins, is nobody's in this sense: whoever
may read the patient's messages reads it.
"""

from collections.abc import Iterable, Mapping


def author_of(chain: Iterable[str], writers: Mapping[str, str]) -> str:
    """Return whose a message is; empty: nobody's in particular.

    ``chain``: what names the message, then what names those that it answers, up to the first. ``writers``: the accounts
    of those who wrote for the patient, by such a name. Who was the first to write has the whole of it.
    """
    return next((writers[name] for name in reversed(tuple(chain)) if name in writers), "")


def may_answer(author: str, *, writer: str) -> bool:
    """Tell whether a message may be answered. ``writer``: who acts for the patient; empty for the patient."""
    return not writer or author in ("", writer)
