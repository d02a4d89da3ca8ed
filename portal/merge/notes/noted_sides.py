"""The side, the place or the levels of the spine that notes give: "Left knee", "RUL 6 mm"; not "Left message"."""

import re
from collections.abc import Iterable

from portal.domain.entry import Entry
from portal.merge.notes.noted import whole_affirmations
from portal.merge.words.concepts import read_noted
from portal.merge.words.text import word_set

_PARTS = word_set("""
ankle arm breast chest ear elbow eye face finger flank foot forearm groin hand hip hemithorax jaw kidney knee leg
limb lung neck ovary pelvis shoulder testicle testis thigh thumb toe wrist calf heel eyelid cheek temple axilla
quadrant extremity tobillo brazo mama pecho oido codo ojo cara dedo pie antebrazo ingle mano cadera rinon rodilla
pierna pulmon ovario hombro testiculo muslo muneca seno
""")
_THING = word_set("""
tumor mass lesion cancer side sided lado affected involved involves worse only located site implant implanted device
placed prosthesis pain upper lower lateral medial quadrant symptom symptomatic afectado afectada dolor colocado
procedure done performed surgery operated it was on affect involve dx diagnosis tear fracture
lump idc ilc dcis er pr her2 triple positive stair stairs walking standing severe moderate mild xr xray imaging mri ct
show shows showed shown on at oclock outer inner since years yrs months x in the of is with degenerative arthritis oa
changes great big little index middle ring primarily mostly mainly primary
path pathology specimen biopsy proven stage grade
""")
"""Words beside a side that name no other thing."""


def noted_sides(notes: Iterable[str], own: Iterable[str]) -> set[str]:
    """Return the sides of clauses that state one of the thing itself. ``own``: the words of its concept."""
    own = frozenset(own)
    other_parts = frozenset() if own & _PARTS else _PARTS
    concepts = map(read_noted, whole_affirmations(notes))
    return {
        concept.side for concept in concepts if concept.side and own | _THING | other_parts >= _nouns(concept.words)
    }


def _nouns(words: Iterable[str]) -> set[str]:
    return {word for word in words if not any(map(str.isdigit, word))}


_ORDINALS = ("2nd|second", "3rd|third", "4th|fourth", "5th|fifth|little|small")
_PLACES = tuple(
    (re.compile(pattern), place)
    for pattern, place in (
        (r"\brul\b|\bright upper lobe\b|\bl[oó]bulo superior derecho\b", "right upper lobe"),
        (r"\brml\b|\bright middle lobe\b|\bl[oó]bulo medio\b", "right middle lobe"),
        (r"\brll\b|\bright lower lobe\b|\bl[oó]bulo inferior derecho\b", "right lower lobe"),
        (r"\blul\b|\bleft upper lobe\b|\blingula\b|\bl[oó]bulo superior izquierdo\b", "left upper lobe"),
        (r"\blll\b|\bleft lower lobe\b|\bl[oó]bulo inferior izquierdo\b", "left lower lobe"),
        (r"\bruq\b|\bright upper quadrant\b", "right upper quadrant"),
        (r"\brlq\b|\bright lower quadrant\b", "right lower quadrant"),
        (r"\bluq\b|\bleft upper quadrant\b", "left upper quadrant"),
        (r"\bllq\b|\bleft lower quadrant\b", "left lower quadrant"),
        (r"\buoq\b|\bupper outer quadrant\b", "upper outer quadrant"),
        (r"\buiq\b|\bupper inner quadrant\b", "upper inner quadrant"),
        (r"\bloq\b|\blower outer quadrant\b", "lower outer quadrant"),
        (r"\bliq\b|\blower inner quadrant\b", "lower inner quadrant"),
        (r"\b(?:great|big|1st|first) toe\b|\bhallux\b|\bdedo gordo\b", "great toe"),
        *((rf"\b(?:{ordinal}) toe\b", f"{ordinal[:3]} toe") for ordinal in _ORDINALS),
        (r"\bthumb\b|\bpulgar\b", "thumb"),
        (r"\bindex (?:finger)?\b|\b2nd finger\b", "index finger"),
        (r"\b(?:middle|long|3rd) finger\b", "middle finger"),
        (r"\b(?:ring|4th) finger\b", "ring finger"),
        (r"\b(?:little|small|5th) finger\b|\bpinky\b", "little finger"),
    )
)
_BESIDE = word_set("""
right left r l rt lt derecho izquierdo amputated amputation only
in the of at en el la nodule size stable unchanged solid measuring approx about mm cm x now
""")


def noted_places(notes: Iterable[str], own: Iterable[str]) -> set[str]:
    """Return the lobes and quadrants of clauses that give one of the thing itself: "RUL 6 mm".

    ``own``: the words of its concept.
    """
    usual = frozenset(own) | _THING | _BESIDE
    return {
        place
        for part in map(str.casefold, whole_affirmations(notes))
        for pattern, place in _PLACES
        if pattern.search(part) and usual.issuperset(re.findall(r"[^\W\d_]+", pattern.sub(" ", part)))
    }


_LEVELS = re.compile(r"\b([CTLS])(\d{1,2})\s*(?:-|/|to)\s*([CTLS])?(\d{1,2})\b")


def noted_levels(entry: Entry) -> tuple[str, ...]:
    """Return the levels of the spine that the title names, or else what notes say and nothing besides ("L4-S1")."""
    texts = (entry.title, *(part for part in whole_affirmations(entry.notes, 3)))
    levels = (match for text in texts for match in _LEVELS.finditer(text.upper()))
    return tuple(
        dict.fromkeys(
            f"{start}{number}-{end or start}{last}" for start, number, end, last in (m.groups() for m in levels)
        )
    )
