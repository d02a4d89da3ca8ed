"""How much, and how it is taken: a measured quantity, and a FHIR ``Dosage`` in its parts."""

import msgspec


class Quantity(msgspec.Struct, frozen=True, omit_defaults=True):
    """A FHIR ``Quantity``. ``value`` stays text (7.0 is not shown as 7); ``unit`` is for people, ``code`` is UCUM."""

    value: str
    unit: str = ""
    code: str = ""
    comparator: str = ""


class Dose(msgspec.Struct, frozen=True, omit_defaults=True):
    """One FHIR ``Dosage`` in its parts, each as the source says it; ``repeat`` is ``Timing.repeat`` in FHIR's codes."""

    text: str = ""  # the clinician's words
    patient: str = ""  # the words for the patient
    additional: tuple[str, ...] = ()  # warnings and the like
    amount: Quantity | None = None  # of a range its lower end
    amount_high: Quantity | None = None
    amounts: tuple[Quantity, ...] = ()  # where it states several, all of them as they are read: 1 capsule, 10 mg
    rate: str = ""
    route: str = ""
    site: str = ""
    method: str = ""
    repeat: dict[str, str] = {}  # frequency, period, periodUnit, count, boundsDuration …
    days: tuple[str, ...] = ()  # mon, tue …
    when: tuple[str, ...] = ()  # HS, AC, MORN …
    times: tuple[str, ...] = ()  # 08:00
    code: str = ""  # Timing.code, else its words
    as_needed: bool = False
    as_needed_for: str = ""
    maximum: str = ""
    start: str | None = None
    end: str | None = None
