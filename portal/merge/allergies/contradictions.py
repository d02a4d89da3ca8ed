"""Which documented absence denies which entry: "no known drug allergies" and an allergy to penicillin.

Source: clinical-truth.md §4. What nobody asked, or knows, denies nothing; what is over, ruled out or recorded by
mistake is denied by nothing.
"""

from collections.abc import Mapping

from portal.domain.entry import Absence, Allergy, Entry, Status
from portal.domain.listing import documents_absence
from portal.merge.allergies.read_allergies import substances_of, verification_of
from portal.merge.words.text import plain, word_set


def contradicts(absence: Entry, entry: Entry) -> bool:
    """Tell whether something that holds now lies within what a documented absence of its section denies."""
    return (
        absence.section is entry.section
        and _denies(absence)
        and not documents_absence(entry)
        and not entry.unsafe
        and entry.status not in (Status.PAST, Status.ENTERED_IN_ERROR)
        and not _ruled_out(entry)
        and any(_within(scope, entry) for scope in (absence.scope or "all").split())
    )


def _denies(absence: Entry) -> bool:
    stands = absence.status not in (Status.PAST, Status.ENTERED_IN_ERROR) and not absence.unsafe
    return stands and documents_absence(absence) and absence.absence in (None, Absence.NONE)


def _ruled_out(entry: Entry) -> bool:
    if isinstance(entry.detail, Allergy):
        return verification_of(entry, entry.detail) == "refuted"
    return getattr(entry.detail, "verification", "") == "refuted"


_FOOD = word_set("""
peanut nut nuts walnut almond cashew pecan pistachio hazelnut macadamia egg milk lactose shellfish crustaceans shrimp
lobster crab mollusks clam oyster scallop fish salmon tuna wheat gluten soy sesame strawberry pineapple banana avocado
tomato corn chocolate peach apple citrus kiwi mango melon celery mustard pork beef chicken food
""")
_ENVIRONMENT = word_set("""
pollen ragweed grass tree trees mold dust mite mites dander cat dog cockroach hay bee wasp hornet yellow jacket ant
insect venom latex nickel perfume smoke seasonal environmental
""")
_WORDS: Mapping[str, frozenset[str]] = {
    "food": _FOOD,
    "environment": _ENVIRONMENT,
    "latex": word_set("latex rubber"),
    "contrast": word_set(
        "contrast iodinated iodine iohexol iopamidol iodixanol iopromide ioversol gadolinium omnipaque isovue visipaque"
    ),
    "animal": word_set("cat dog horse animal dander hamster rabbit feather feathers fur pet"),
    "insect": word_set("bee wasp hornet jacket ant insect mosquito venom sting hymenoptera"),
}
"""Words by which an allergen is of a kind, for charts that give no category."""

_CATEGORY = {"drug": frozenset({"medication", "biologic"}), "food": {"food"}, "environment": {"environment"}}


def _within(scope: str, entry: Entry) -> bool:
    if scope == "all" or not isinstance(entry.detail, Allergy):
        return True
    named = " ".join((entry.title, *(code.display for code in entry.codes), *substances_of(entry)))
    words = {word.removesuffix("s") for word in plain(named).split()} | set(plain(named).split())
    categories = set(entry.detail.category)
    if categories and scope in _CATEGORY:
        return not categories.isdisjoint(_CATEGORY[scope])
    if scope == "drug":
        return words.isdisjoint(_FOOD | _ENVIRONMENT)
    return not words.isdisjoint(_WORDS.get(scope, {scope}))
