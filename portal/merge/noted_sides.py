"""The side or the levels of the spine that notes give: "Left knee", "L4-S1"; not "Left message"."""

import re
from collections.abc import Iterable

from portal.domain.entry import Entry
from portal.merge.concepts import read_concept
from portal.merge.noted import whole_affirmations
from portal.merge.text import word_set

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
""")
"""Words beside a side that name no other thing."""


def noted_sides(notes: Iterable[str], own: Iterable[str]) -> set[str]:
    """Return the sides of clauses that state one of the thing itself. ``own``: the words of its concept."""
    own = frozenset(own)
    other_parts = frozenset() if own & _PARTS else _PARTS
    concepts = map(read_concept, whole_affirmations(notes))
    return {concept.side for concept in concepts if concept.side and own | _THING | other_parts >= set(concept.words)}


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
