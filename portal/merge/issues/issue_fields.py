"""The severity and the stages of a health issue, from its fields and its title, made comparable."""

import re

from portal.domain.entry import HealthIssue
from portal.merge.allergies.allergy_reactions import DEGREES, GRAVEST_FIRST
from portal.merge.words.concepts import read_concept
from portal.merge.words.text import plain

_UNSAYING = re.compile(r"\b(?:severity|modifier|qualifier value|snomed ct)\b")
"""Words of a severity that say nothing of how severe it is."""
_SEVERITY_CODES = {"24484000": "severe", "255604002": "mild", "6736007": "moderate"}
_PATTERNS = frozenset({"persistent", "intermittent"})


def severity_of(text: str) -> tuple[str, str]:
    """Return how severe it is, and the pattern that charts name with it ("mild persistent")."""
    words = _UNSAYING.sub("", plain(text)).split()
    grave = " ".join(_SEVERITY_CODES.get(word, DEGREES.get(word, word)) for word in words if word not in _PATTERNS)
    return grave, " ".join(word for word in words if word in _PATTERNS)


def stage_of(text: str) -> str:
    """Return a stage by its number, whatever kind of stage it is: "Clinical stage: IIA" and "stage 2A" are one."""
    told = re.sub(r"\b[cpy]+(?=stage\b)", "", text.rpartition(": ")[2], flags=re.IGNORECASE)
    told = _SPANISH.sub(lambda match: {"estadio": "stage", "grado": "grade"}[match[0].casefold()], told)
    if _BARE_STAGE.fullmatch(told.strip()):
        told = f"stage {told.strip()}"
    if match := _BARE_GRADE.fullmatch(told.strip()):
        told = f"grade {match[1]}"
    return " ".join(stage.replace(" ", "") for stage in read_concept(told).stages) or plain(told)


def stage_or_grade(text: str) -> str:
    """Return a stage as ``stage_of``, a grade as that: of a tumor they are two measures."""
    return f"grade of {stage_of(text)}" if _GRADE.search(text) else stage_of(text)


_GRADE = re.compile(r"\bgrad[eo]\b|^\s*[gG][1-5][ab]?\s*$", re.IGNORECASE)
_SPANISH = re.compile(r"\b(?:estadio|grado)\b", re.IGNORECASE)
_BARE_STAGE = re.compile(r"(?:[cpyr]{1,2}\s?)?(?:[iI]{1,3}[vV]?|[iI]?[vV]|[0-4])\s*-?[a-cA-C]?")
_BARE_GRADE = re.compile(r"[gG]([1-5][ab]?)")


def severity_in_title(title: str) -> str:
    """Return "severe" of "Severe asthma"; empty where the title says none."""
    stages = read_concept(title).stages
    return next((degree for degree in GRAVEST_FIRST if degree in stages), "")


def told_stages(detail: HealthIssue) -> tuple[str, ...]:
    """Return what the fields say of severity and stage, as the words of a title would ("severe", "stage2a")."""
    return (severity_of(detail.severity)[0], *map(stage_of, detail.stages))
