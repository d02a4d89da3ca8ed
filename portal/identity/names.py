"""The names of a person as they compare: folded, suffixes apart, fillers away, one in one piece taken apart. Pure."""

import re
from dataclasses import dataclass, replace
from datetime import date

from portal.domain.people import HumanName, Person
from portal.identity import suffixes
from portal.identity.folding import words

_MOST_NAMES = 20  # every name is compared with every other
_MOST_WORDS = 10
_NOBODYS = frozenset({"anonymous", "temp"})
_FORMER = frozenset({"old", "maiden", "nickname"})

_FILLER_WORDS = (
    "fnu lnu nfn nln nmn nmi unk unkn unknown none null nil noname anonymous unidentified undefined "
    "notgiven xxx xx desconocido desconocida"
)
_FILLERS = frozenset(_FILLER_WORDS.split())
_PHRASES = re.compile(
    r"\s*(?:n/a|n\.a\.|no (?:first |last |middle |given |family )?name|not (?:given|known)|sin nombre)\s*"
)
_NEWBORN = re.compile(
    r"(?:boy|girl|baby|newborn|infant|nb|bb|bg)(?: (?:[a-d]|[1-4]|one|two|of .*))?|(?:twin|triplet) ?[a-d1-4]"
    r"|.*\b(?:baby|newborn|infant|nb) ?(?:boy|girl|male|female)\b.*"
)
_TEST = re.compile(r"z{2,}.*|test|testpatient|testing|patient")
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sr", "sra", "srta", "rev"})

_PARTICLE_WORDS = "de del la las los el da das do dos di du des van von der den ter ten zu y e al bin ibn"
PARTICLES = frozenset(_PARTICLE_WORDS.split())
"""Words inside family names that are left out as often as they are written."""

_SPELLINGS = {"saint": "st", "sainte": "st", "santo": "st"}


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name in folded words. ``is_sure``: its parts came as parts, or could be told apart without doubt."""

    family: tuple[str, ...]
    given_names: tuple[str, ...]
    generation: str = ""
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Names:
    """What somebody is called today, and what they declare besides: former names, nicknames."""

    current: tuple[NameParts, ...]
    declared: tuple[NameParts, ...]

    @property
    def generations(self) -> frozenset[str]:
        return frozenset(name.generation for name in self.current if name.generation)


def names_of(person: Person, *, today: date) -> Names:
    """Return the names that identify a person; anonymous and temporary ones do not."""
    current: list[NameParts] = []
    declared: list[NameParts] = []
    for name in person.names[:_MOST_NAMES]:
        if name.use not in _NOBODYS:
            is_former = name.use in _FORMER or bool(name.end and name.end < today.isoformat())
            (declared if is_former else current).extend(parts_of(name))
    family = next((name.family for name in current if name.family), ())
    given_names = next((name.given_names for name in current if name.given_names), ())
    return Names(
        current=tuple(current),
        declared=tuple(  # of a maiden name often only the family name is told, of a nickname only the given name
            replace(name, family=name.family or family, given_names=name.given_names or given_names)
            for name in declared
        ),
    )


def parts_of(name: HumanName) -> tuple[NameParts, ...]:
    """Return the readings of a name: one, several where a text can be read in several ways, none for a filler."""
    if not name.family and not name.given:
        return _readings(name.text)
    family, of_family = suffixes.split(_family(name.family))
    given_names, of_given = suffixes.split(_given_names(name.given))
    generation = suffixes.generation(name.suffix) or of_family or of_given
    return (NameParts(family, given_names, generation),) if family or given_names else ()


def _readings(text: str) -> tuple[NameParts, ...]:
    """Take a name in one piece apart: "Last, First Middle[, Suffix]", or "First Middle Last[, Suffix]"."""
    pieces = [piece for piece in text.split(",") if words(piece)]
    generation = ""
    while len(pieces) > 1 and suffixes.is_suffix(pieces[-1]):
        generation = suffixes.generation((pieces.pop(),)) or generation
    if not pieces or len(pieces) > 2:
        return ()
    if len(pieces) == 2:
        parts = parts_of(HumanName(family=pieces[0], given=(pieces[1],)))
        return tuple(NameParts(name.family, name.given_names, name.generation or generation) for name in parts)
    whole, last = suffixes.split(_given_names((pieces[0],)))
    while len(whole) > 1 and whole[0] in _TITLES:
        whole = whole[1:]
    generation = generation or last
    if len(whole) > _MOST_WORDS:
        return ()
    if len(whole) < 2:
        return (NameParts((), whole, generation, is_sure=False),) if whole else ()
    # Two words are given and family name; of more, the family name may be several, unless those between are initials.
    is_sure = all(len(word) == 1 for word in whole[1:-1])
    cuts = (len(whole) - 1,) if is_sure else range(1, len(whole))
    return tuple(NameParts(whole[cut:], whole[:cut], generation, is_sure) for cut in cuts)


def _family(text: str) -> tuple[str, ...]:
    folded = words(text)
    if _PHRASES.fullmatch(text.lower()) or _TEST.fullmatch("".join(folded)):
        return ()
    return tuple(_SPELLINGS.get(word, word) for word in folded if word not in _FILLERS)


def _given_names(texts: tuple[str, ...]) -> tuple[str, ...]:
    folded = tuple(word for text in texts if not _PHRASES.fullmatch(text.lower()) for word in words(text))
    folded = tuple(word for word in folded if word not in _FILLERS)
    whole = " ".join(folded)
    return () if _NEWBORN.fullmatch(whole) or _TEST.fullmatch(whole) else folded
