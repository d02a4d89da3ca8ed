"""Identity, what keeps apart and what may disagree, section by section, as data that a clinician can review.

``docs/merge-rules.md`` is made from these tables. A property *keeps apart* when both sides state it differently, or,
where ``stated`` is set, when one side states it and the other is silent. ``marked`` properties leave two rows that name
each other when nothing else keeps them apart; any other difference makes two rows that have nothing to do with each
other. What keeps apart wins over every shared code. Source: clinical-truth.md §2.
"""

# ruff: noqa: E501 (tables are read line by line)

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class Method(StrEnum):
    """How the values of a property are compared (``portal.merge.comparing``)."""

    EQUAL = "equal"  # all values, as text
    OVERLAP = "overlap"  # one value in common
    CODES = "codes"  # where both use one code system, one code in common
    WORDS = "words"  # the same words in any order; one side's among the other's counts as unsaid
    AMOUNTS = "amounts"  # numbers of one dimension, equal within half a percent (rounding of a percentage)
    MEASURED = "measured"  # a value, after exact conversion, within rounding of the coarser one
    MOMENT = "moment"  # an instant; a date covers its day
    DAY = "day"  # a calendar day as written
    THERAPY = "therapy"  # two periods, at most 90 days between them
    EPISODE = "episode"  # two periods of what comes and goes: they overlap
    PEOPLE = "people"  # one name in common; an initial fits a given name
    AFFIRMED = "affirmed"  # equal, and not "refuted"
    EACH = "each"  # "label|value": of each label that both have, the same values
    UNLESS_NUMBERED = "unless numbered"  # as text, unless another number of the card agrees
    UNLESS_NOTED = (
        "unless noted"  # all values, as text; what one side has in its words and the other in a note is equal
    )
    WORDS_OR_CODE = "words or code"  # as words, unless both are told by one code
    TYPES = "types"  # as text, unless the code of the silent side says it; complications that one denies are no type
    UNLESS_TOLD = "unless told"  # all values, as text; what one side has in its words and the other in a field is equal
    UNLESS_IDENTIFIED = "unless identified"  # all values, as text, unless both have one national identifier
    BY_CODE = "by code"  # stated on one side keeps apart only where no code is shared
    BY_ACCESSION = "by accession"  # stated on one side keeps apart only where no accession number is shared
    BY_IDENTIFIER = "by identifier"  # stated on one side keeps apart only where no national identifier is shared


class Property(msgspec.Struct, frozen=True):
    """One property of a section. ``field`` is the name under which a difference is shown."""

    name: str
    by: Method = Method.EQUAL
    stated: bool = False
    marked: bool = True
    field: str = ""
    about: str = ""

    @property
    def shown(self) -> str:
        return self.field or self.name


class Rules(msgspec.Struct, frozen=True):
    """The rules of one kind of entry. ``same`` says in words what must be shared; ``disagree`` is shown in the row."""

    title: str
    same: str
    apart: tuple[Property, ...]
    disagree: tuple[str, ...]
    lone: bool = False  # rows that share only a neighbourhood, and no identity, are marked too
    proof: tuple[str, ...] = ("name",)  # what would prove them one, shown where nothing else differs


def _p(
    name: str, by: Method = Method.EQUAL, about: str = "", *, stated: bool = False, marked: bool = True, field: str = ""
) -> Property:
    return Property(name, by, stated, marked, field, about)


_MOMENT = "an instant to the minute; a date without a time covers its day; a month, a year or no date cannot be placed"

RULES: Mapping[str, Rules] = {
    "medication": Rules(
        "Medications",
        "the same set of ingredients, read from the words, from RxNorm's clinical drug names and from brand names; "
        "ingredient, class, brand and package codes never join by themselves. A code of RxNorm without a word is what the same "
        "code is called on the other side; any other code of RxNorm or NDC that both have lets the two name each other. What a pharmacy handed out is read as an order "
        "with the words of its label; beside an order of its own organization it stays a row of its own. Beside an order without any date that was "
        "stopped or cancelled, what was handed out is shown without saying which came first. "
        'A day that is named for something else than taking (a refill, a call, "do not skip Monday") is no day of taking',
        (
            _p("parts", Method.WORDS, "ingredients of two combinations, each with one that the other lacks", marked=False, field="name"),
            _p("key salt", about="salts that are not interchangeable: metoprolol succinate and tartrate, esters of depots", stated=True, field="salt"),
            _p("salt", about="other salts, where both name one"),
            _p("strength", Method.AMOUNTS, "of each ingredient, in one dimension: mass, mass per volume (1 % is 10 mg/mL), units, per hour, per actuation", stated=True),
            _p("form", about="tablet and caplet; capsule; chewable; disintegrating; oral liquid; cream; ointment; patch; inhaler; pen and auto-injector; syringe; vial …"),
            _p("release", about="extended or delayed (enteric coated); a tablet or capsule without a word is immediate", stated=True),
            _p("hours", about="12 or 24 hours of an extended release", field="release"),
            _p("route", Method.OVERLAP, "by mouth, eye, ear, nose, lungs, skin, injected (under the skin or into a muscle), vein, rectum, vagina, under the tongue", field="route"),
            _p("single dose", Method.AMOUNTS, "the amount of a single-dose syringe, auto-injector or vial", stated=True, field="strength"),
            _p("package", Method.AMOUNTS, "the volume of a vial", field="strength"),
            _p("wear", about="a weekly against a twice-weekly patch, a monthly against a three-monthly depot"),
            _p("product", about="words in brackets that are not understood, where both have some"),
            _p("brand", about="brands of one ingredient that do not stand for each other (Ozempic, Wegovy; Mirena, Skyla), and kinds of one brand, also where one side does not say which (Advair; metformin ER)", field="product"),
            _p("intent", about="order (and its kinds), plan, proposal, option"),
            _p("do not perform", about="an order not to give it", field="doNotPerform"),
            _p("therapy", Method.THERAPY, "from start to end, active until now; without an end until the supply is used up; what was stopped nobody says when is marked to what begins within a year and 90 days", marked=False, field="period"),
        ),
        ("dose", "route", "frequency", "prn", "maximum", "repeat", "site", "instructions", "start", "end", "handed out", "on hold", "stopped", "status", "prescriber"),
        lone=True,
    ),
    "health issue": Rules(
        "Health issues",
        "the same words in any order, after abbreviations, lay words and spelling; or the same code where one side has no words. "
        "Names that a clinician takes for one (a code's \"cerebral infarction\" and stroke, letters and the words whose initials they are) are marked. "
        "ICD against SNOMED by equal words only. ICD's residual categories (other, unspecified) by equal words only. "
        "Equal words are the names of one code of ICD-10-CM, too: its title and the inclusion terms that are synonyms of it, not those that it "
        "merely counts (`portal/merge/issues/icd_names.py`); who has not that code must not say less than who has it",
        (
            _p("words", Method.WORDS_OR_CODE, "the words of the thing itself and of its place in the body, without side, type and the like; unless both have one code with one display, and words that say no more than it, or are names of one code", stated=True, field="name"),
            _p("codes", Method.CODES, "where both have codes of one system", field="code"),
            _p("context", about="family history, screening, exposure, carrier state: another statement", marked=False),
            _p("past", about="a history of it, a status after it, against what is there now", field="status"),
            _p("side", Method.UNLESS_NOTED, "right, left, both: words, abbreviations, body site, extensions, the digit of an ICD-10-CM code", stated=True),
            _p("noted side", about="the side, where it is in a note alone, and notes name only one", field="side"),
            _p("noted place", Method.OVERLAP, "a lobe, a quadrant, a finger, a toe or levels of the spine, where notes of both name them", field="body site"),
            _p("type", Method.TYPES, "type 1 or 2, with or without, in remission, with reduced ejection fraction …", stated=True),
            _p("stage", Method.UNLESS_TOLD, "stage, grade, class, degree, ejection fraction, how well controlled, inside the code or the words", stated=True),
            _p("course", about="acute, subacute, chronic, recurrent, exacerbation", stated=True),
            _p("episode", Method.EPISODE, "infections, fractures, pregnancies, infarctions and the like: an undated one joins only a current one", stated=True, field="onset"),
            _p("period", Method.THERAPY, "from beginning to end, where both say when it began and one that it ended before", field="onset"),
            _p("assertion", Method.AFFIRMED, "refuted or ruled out: never joined; suspected in the words", field="verification"),
        ),
        ("status", "onset", "end", "severity", "verification", "stage", "note"),
        lone=True,
    ),
    "allergy": Rules(
        "Allergies",
        "the same substance: its substance, finding and ingredient codes and its names and brands count as one; a class is not its members. "
        "Words of the name that say a sign, that it is over, doubted or denied are read as such, where no structure says it. "
        "A documented absence (no known drug allergies) is no row of an allergy; one within its scope contradicts it, which the section says",
        (
            _p("assertion", about="refuted, or denied in words, against present", field="verification"),
            _p("group", about="environmental against drug", field="category"),
        ),
        ("reaction", "severity", "criticality", "status", "verification", "type", "tolerance", "course", "onset", "category"),
        lone=True,
    ),
    "result": Rules(
        "Results and vital signs",
        "the same test, by LOINC code, or by words and dimension of the unit. A laboratory's own name that says what LOINC's does, "
        "with one number at one minute, and a part beside its panel are marked",
        (
            _p("codes", Method.CODES, "where both have LOINC codes; where LOINC names the system, LOINC decides", field="test"),
            _p("moment", Method.MOMENT, _MOMENT, stated=True, marked=False),
            _p("qualities", Method.BY_CODE, "fasting, timed, free, ionized, standing …, in the words; what is free and all of it have nothing to do with each other where two codes say so", field="test"),
            _p("method", Method.BY_CODE, "where it changes the meaning: point of care, estimated, stated, invasive …"),
            _p("setting", about="at home, or by a device worn for a day: in the words or a note", stated=True, field="method"),
            _p("system", Method.BY_CODE, "the specimen, where it changes the test and no code says it", marked=False, field="specimen"),
            _p("coded system", about="blood or another fluid, as LOINC's names say, where both have codes", marked=False, field="specimen"),
            _p("site", Method.WORDS, "body site", field="body site"),
            _p("side", about="right, left, both; where no field says it, in a note that names only one"),
            _p("focus", about="a fetus, a donor", stated=True),
            _p("value", Method.MEASURED, "after exact conversion, within rounding of the coarser value", stated=True),
        ),
        ("flag", "range", "status", "method", "time"),
        proof=("test",),
    ),
    "report": Rules(
        "Reports",
        "an accession or business identifier within a month; the same content; or the same title (without its side, in any order of words), moment, author and the same results or conclusion",
        (
            _p("codes", Method.CODES, "where both have LOINC codes", field="test", marked=False),
            _p("side", Method.BY_ACCESSION, "in the title"),
            _p("accession", Method.CODES, "numbers of one laboratory, where both have one", marked=False, field="number"),
            _p("near", Method.THERAPY, "identifiers are used again: not more than a month apart", marked=False, field="date"),
        ),
        ("status", "conclusion", "results"),
        lone=True,
    ),
    "document": Rules(
        "Documents",
        "a business identifier; the same content; or the same title, moment and author and no other content",
        (
            _p("side", about="in the title", stated=True),
            _p("near", Method.THERAPY, "identifiers are used again: not more than a month apart", marked=False, field="date"),
        ),
        ("status", "content"),
    ),
    "immunization": Rules(
        "Immunizations",
        "the same vaccine (CVX, with leading zeros; an unspecified formulation and a member of its group) or the same words",
        (
            _p("codes", Method.CODES, "two CVX codes, neither the unspecified one of its group", marked=False, field="vaccine"),
            _p("day", Method.DAY, "the local day as written; less precise than a day cannot be placed", stated=True, marked=False),
            _p("given", about="not done against done", field="status"),
            _p("lot", about="where both give one"),
        ),
        ("site", "maker", "dose", "reason", "reaction"),
    ),
    "procedure": Rules(
        "Procedures",
        "the same words in any order, or the same code where one side has no words. Names that are near each other are marked on one day",
        (
            _p("words", Method.WORDS_OR_CODE, "the words of the thing itself and of its place in the body; unless both have one code of CPT, CDT (of no tooth), HCPCS or ICD-10-PCS and one place", stated=True, field="name"),
            _p("codes", Method.CODES, "where both have codes of one system", field="code"),
            _p("day", Method.DAY, "the day as written; an instant where both have one", stated=True, marked=False),
            _p("side", Method.UNLESS_NOTED, "right, left, both: words, site, words of the code", stated=True),
            _p("noted side", about="the side, where it is in a note alone, and notes name only one", field="side"),
            _p("noted level", about="levels of the spine, a lobe, a quadrant, a finger or a toe, in the words or in a note", field="body site"),
            _p("approach", about="laparoscopic, open, robotic, vaginal …", stated=True),
            _p("purpose", about="screening against diagnostic, where both say it", field="name"),
            _p("state", about="done, stopped, planned, in progress, not done", field="status"),
            _p("place", about="where both give one", marked=False),
        ),
        ("performer", "outcome", "complication", "note", "time", "status"),
        lone=True,
    ),
    "implant": Rules(
        "Implants",
        "UDI device identifier and serial; device identifier and lot only with equal side and date",
        (
            _p("serial", about="where both give one", marked=False),
            _p("side", about="right, left, both, in any name, in a note, or where a statement of its use says it is"),
        ),
        ("status", "model", "site", "start", "end", "reason"),
        lone=True,
        proof=("serial", "lot", "device"),
    ),
    "visit": Rules(
        "Visits",
        "the same place, start to the minute with a real time of day, and class",
        (
            _p("moment", Method.MOMENT, "a midnight without a time cannot be placed", stated=True, marked=False),
            _p("class", Method.OVERLAP, "office, emergency, hospital, virtual, home …, by the code or the words", marked=False),
            _p("unclear class", about="the class, where the code says an emergency or a stay and the words an office visit, or the other way round", stated=True, field="class"),
            _p("place", about="as written, without case and punctuation", stated=True),
            _p("organization", about="where both name one", marked=False),
            _p("people", Method.PEOPLE, "different clinicians, where both name some", marked=False),
            _p("service", Method.OVERLAP, "what an appointment is for, where both say it and nobody is named", marked=False),
        ),
        ("status", "reason", "end"),
    ),
    "insurance": Rules(
        "Insurance",
        "the member's number on both sides, and the same payer; payer, group or plan alone are marked",
        (
            _p("member", stated=True, marked=False, about="number, without blanks, dashes, leading zeros and a Blue Cross prefix"),
            _p("prefix", marked=False, field="member", about="three letters before the number (Blue Cross and Blue Shield), where both give them"),
            _p("group", about="number, where both give one"),
            _p("plan", Method.OVERLAP, "number or name, where both give one"),
            _p("plan number", Method.EQUAL, "with a digit, where both give one, whatever the name", field="plan"),
            _p("card", Method.EACH, "pharmacy numbers, subgroup, class and the like, each where both give it", field="plan"),
            _p("cover", about="medical, dental, vision, drugs, Part A, B, C, D, supplement", field="kind"),
            _p("special", about="dental, vision, drugs, a supplement and the like on one side only: without a word it is medical", field="kind"),
            _p("network", about="HMO, PPO, EPO, POS", field="kind"),
            _p("dependent", about="without leading zeros, where both give one"),
            _p("relationship", about="to the main insured person, where both give it"),
            _p("period", Method.THERAPY, "not more than 31 days between the two"),
            _p("payer number", Method.OVERLAP, "where both have one", field="payer"),
            _p("payer", Method.UNLESS_NUMBERED, "its words, where neither its number nor group or plan agree (of two unlike names only long ones)"),
        ),
        ("payer", "period", "order", "status"),
        lone=True,
    ),
    "message": Rules(
        "Messages",
        "nothing: each has its author, its label and its conversation. One sender, second and text at two organizations "
        "(sent to both, or passed on) are two rows that name each other",
        (),
        (),
        lone=True,
        proof=("organization",),
    ),
    "care team": Rules(
        "Care team",
        "the national identifiers, or the names, roles and organizations, of all members",
        (
            _p("numbers", about="national identifiers, where both have them", marked=False),
            _p("middle", Method.UNLESS_IDENTIFIED, "middle initials, where both have one and no national identifier is shared", marked=False),
            _p("generation", Method.UNLESS_IDENTIFIED, "Jr., Sr., II, III, where both have one and no national identifier is shared", marked=False),
            _p("profession", Method.EACH, "of each name, where both give one: nurse practitioner, social worker …", marked=False),
            _p("roles", Method.BY_IDENTIFIER, "of the members; of one national identifier two roles are marked", marked=False),
            _p("team", about="the name of the team, where both have one of their own", marked=False),
        ),
        ("status", "period", "contact"),
        lone=True,
    ),
}  # fmt: skip
