"""What notes of a health issue answer with yes or no, and who reads only the other note would do otherwise."""

# ruff: noqa: E501, ISC004 (tables are read line by line)

import re
from collections.abc import Sequence

from portal.merge.notes.asserted import clause_texts

_QUESTIONS = tuple(
    (name, re.compile(yes, re.IGNORECASE), re.compile(no, re.IGNORECASE))
    for name, yes, no in (
        (
            "driving",
            r"\b(?:may|can|puede|ok(?:ay)? to|(?:cleared|allowed|fit|safe|able) to|ok for) (?:drive|driving|conducir|manejar)\b",
            r"\b(?:(?:do|may|must|should|can) ?not|don'?t|can'?t|never|no) (?:drive|driving)\b"
            r"|\bnot (?:yet )?(?:cleared|allowed|fit|safe|able|ok) to drive\b|\bno (?:puede|debe) (?:conducir|manejar)\b",
        ),
        (
            "seizures",
            r"(?<!no )(?<!without )\b(?:breakthrough|recurrent|ongoing|frequent|daily|weekly|monthly) seizures?\b"
            r"|^seizures? (?:continue|persist|daily|weekly|monthly)\b",
            r"\bseizure[- ]free\b|\bno (?:further |more |recent |breakthrough )*seizures?\b"
            r"|\b(?:without|denies) (?:any )?seizures?\b|\blast seizure (?:was )?(?:in )?(?:19|20)\d\d\b",
        ),
        (
            "dysplasia",
            r"(?<!no )(?<!without )(?<!for )\b(?:high|low)[- ]grade dysplasia\b|\bwith dysplasia\b",
            r"\b(?:no|without|negative for) (?:(?:high|low)[- ]grade )?dysplasia\b",
        ),
    )
)
_LEFT_OPEN = re.compile(
    r"\b(?:if|when|once|unless|until|ask|asked|asks|wants|discuss\w*|risk|aura|whether|could|history|hx|prior|si|cuando)\b|\?",
    re.IGNORECASE,
)
"""What makes an answer none, or one of another time."""
Answers = tuple[tuple[str, str], ...]


def answers_of(notes: Sequence[str]) -> tuple[Answers, str]:
    """Return the questions that notes answer in one way only, each with "yes" or "no", and the words that do."""
    told: dict[str, dict[str, str]] = {}
    for clause in (clause for note in notes for clause in clause_texts(note)):
        for name, yes, no in _QUESTIONS:
            answer = "no" if no.search(clause) else "yes" if yes.search(clause) else ""
            if answer and not _LEFT_OPEN.search(clause):
                told.setdefault(name, {}).setdefault(answer, clause)
    single = {name: answers for name, answers in told.items() if len(answers) == 1}
    shown = dict.fromkeys(clause for answers in single.values() for clause in answers.values())
    return tuple((name, next(iter(answers))) for name, answers in single.items()), "; ".join(shown)


def findings_of(notes: Sequence[str]) -> str:
    """Return what notes tell beside such answers and beside what is of another time: that is compared as findings are."""
    clauses = (clause for note in notes for clause in clause_texts(note))
    answering = [pattern for _name, *patterns in _QUESTIONS for pattern in patterns]
    return "; ".join(
        clause
        for clause in clauses
        if not _LEFT_OPEN.search(clause) and not any(pattern.search(clause) for pattern in answering)
    )


def agree(left: Answers, right: Answers) -> bool:
    """Tell whether no question is answered in two ways; who leaves it unsaid contradicts nobody."""
    other = dict(right)
    return all(other.get(name, answer) == answer for name, answer in left)
