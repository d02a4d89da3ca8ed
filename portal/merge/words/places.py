"""The places of the body that diagnoses and procedures name."""

from portal.merge.reports.conclusion_names import ANATOMY, PARTS
from portal.merge.words import concept_names
from portal.merge.words.concept_synonyms import BODY
from portal.merge.words.text import word_set

_ON_THE_SKIN = word_set("""
scalp face facial forehead temple cheek chin jaw nose nasal lip lips mouth oral tongue gum palate tooth teeth ear eyelid
eyelids eyebrow throat trunk back flank groin inguinal axilla axillae buttock buttocks perineum anus anal genital penis
scrotum testis vulva vagina vaginal labia forearm finger fingers thumb nail thigh calf shin heel sole toe toes umbilical
sacral internal external upper lower medial lateral anterior posterior proximal distal
""")


def is_place(word: str) -> bool:
    """Tell whether a word names a place in the body."""
    return word in PLACES or word.endswith("artery") or PARTS.fullmatch(word) is not None


PLACES = ANATOMY.union(
    _ON_THE_SKIN, *(meaning.split() for table in (concept_names.BODY, BODY) for meaning in table.values())
)
