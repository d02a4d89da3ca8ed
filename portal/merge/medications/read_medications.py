"""A medication's facts: the product by its words and codes, and the order or statement."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from portal.domain.entry import Dose, Entry, Medication, Status
from portal.domain.plans import Dispense
from portal.merge.allergies.allergen_spelling import one_letter_off, recognised
from portal.merge.comparing import DAYS_BETWEEN_THERAPIES, DAYS_OF_A_PRESCRIPTION, near
from portal.merge.facts import Bond, Notebook
from portal.merge.medications.brand_ends import end_of
from portal.merge.medications.dosing import Dosing, read_doses
from portal.merge.medications.dosing_amounts import BUT
from portal.merge.medications.dosing_patterns import release_in_words
from portal.merge.medications.drug_names import BASES, UNITS_PER_MICROGRAM
from portal.merge.medications.medicines import Product, decimal_text, key_salts, read_product
from portal.merge.medications.order_notes import held_when, noted_status
from portal.merge.medications.strengths import Strength
from portal.merge.notes.asserted import clause_texts
from portal.merge.words.codes import displays, shared_codes
from portal.merge.words.moments import local_day
from portal.merge.words.text import plain

_ROUTE_FAMILIES = {"under the skin": "injected", "muscle": "injected", "feeding tube": "mouth"}
"""Routes of one family, which may disagree: what is swallowed or runs through a tube into the stomach is one."""
_INTENTS = {"plan": "plan", "proposal": "proposal", "option": "option"}
_OPEN = "9999-12-31"
_INTO_TISSUE = frozenset({"under the skin", "muscle", "vein"})
_INJECTED = frozenset({"syringe", "pen", "injection"})
_CODE_NAME = re.compile(r"(?:rxnorm|ndc|snomed ct) \S+", re.IGNORECASE)
"""What is shown of a code without words."""


def medication(entry: Entry, notebook: Notebook) -> None:
    detail = entry.detail
    if not isinstance(detail, Medication):
        return
    product = product_of(entry)
    ingredients = [name for name in product.ingredients if not _CODE_NAME.fullmatch(name)]
    notebook.is_("ingredients", "+".join(ingredients))
    if len(ingredients) > 1 and all(map(recognised, ingredients)):
        notebook.say("parts", *ingredients)
    _meet_by_code(entry, notebook, ingredients)
    for name in ingredients:
        notebook.meet("ingredient", name)
        for right in one_letter_off(name):
            notebook.meet("ingredient", right)
        first = name.split(" ")[0]
        if first != name and len(first) > 4:
            # "insulin" meets every insulin, lispro not glargine; salts of one metal all meet.
            notebook.meet("ingredient", first, bond=Bond.SEEK if first in BASES else Bond.MEET)
    key, other = key_salts(product)
    notebook.say("key salt", *key)
    notebook.say("salt", *other)
    strengths = (*product.strengths, *_contradicting(entry, product))
    notebook.say_in_order("strength", *(_amount(place, strength) for place, strength in enumerate(strengths)))
    release, hours = (product.release, product.hours) if product.release else _release_told(detail, product)
    notebook.say("release", release)
    notebook.say("hours", hours)
    notebook.say("wear", product.wear)
    notebook.say("product", *product.remarks)
    notebook.say("brand", end_of(" ".join((entry.title, *displays(entry.codes, "rxnorm", "ndc"))), product))
    notebook.say_in_order("single dose", *single_dose(product))
    if product.volume and not notebook.says.get("single dose"):
        notebook.say_in_order("package", f"0 {decimal_text(product.volume)} ml")
    doses = dosing_of(entry, product)
    routes = {route for dose in doses for route in dose.route.split(BUT) if route} or product.routes
    injected = product.form == "liquid" and not _INTO_TISSUE.isdisjoint(routes)  # an oil or a solution
    notebook.say("form", "injection" if injected else product.form)
    notebook.say("route", *(_ROUTE_FAMILIES.get(route, route) for route in routes))
    notebook.say("intent", _INTENTS.get(detail.intent, "order"))
    # Not taken, as somebody says, is a status; an order not to give it is another order.
    notebook.say("do not perform", "yes" if detail.do_not_perform and not detail.statement else "no")
    notebook.say_in_order("therapy", *_therapy(entry, detail))
    state = "past" if entry.status is Status.PAST else "current"
    source = "statement" if detail.statement else "order"
    noted = f"{_noted_instructions(entry)}{noted_status(entry.notes, entry.title)[0]}"
    notebook.repeat = f"{state}|{source} {instructions_key(doses)}{noted}"


def _meet_by_code(entry: Entry, notebook: Notebook, ingredients: Sequence[str]) -> None:
    """Meet what has the same code, whatever the words: they name each other, as a code may be of less than a product.

    A code of RxNorm without a word is what the same code is called elsewhere, if that is a product, or is as bare.
    """
    for each in entry.codes:
        for system, code in shared_codes([each]):
            if system not in ("rxnorm", "ndc") or not code.strip("0"):
                continue
            notebook.meet("code", system, code)
            product = read_product(each.display)
            whole = bool(product.strengths and product.form) and set(ingredients) == set(product.ingredients)
            if system == "rxnorm" and (whole or not ingredients):
                notebook.is_("rxnorm", code)


def _noted_instructions(entry: Entry) -> str:
    """Return the clauses of notes that say how to take it: an order with another instruction is no repeat."""
    return "".join(
        f";{plain(clause)}"
        for note in entry.notes
        for clause in clause_texts(note)
        if _INSTRUCTS.search(clause) or _SCHEDULES.search(clause) or held_when((clause,), entry.title)
    )


_INSTRUCTS = re.compile(
    r"\b(?:takes?|taking|use|give|inject|inhale|apply|(?:in|de)crease|reduce|double|tom[ae]r?|aument[ae]r?|reduzca)\b"
    r"(?: \w+){0,2} (?:\d|half\b|one\b|two\b|three\b|media\b|una\b|dos\b)",
    re.IGNORECASE,
)


_SCHEDULES = re.compile(
    r"\b(?:tap(?:er|ering|ered)|titrat\w+)\b.*\d"
    r"|\d ?(?:tab|cap|pill|puff|drop|gtt|mg\b|mcg\b|ml\b|units?\b|pastilla|c[a\u00e1]psula).*"
    r"(?:\b[x\u00d7] ?\d+ ?(?:d|days?|wks?|weeks?)\b|\b(?:bid|tid|qid|q\d+h|qd|qam|qpm|qhs|prn|daily|nightly|weekly)\b"
    r"|\b(?:for|por|durante) \d+ (?:more )?(?:d[i\u00ed]as?|days?|weeks?|semanas?)\b|\b(?:every|cada)\b"
    r"|\b(?:a|per|al) d(?:ay|[i\u00ed]a)\b)",
    re.IGNORECASE,
)
"""A taper, or an amount with how often or how long it is taken."""


def _release_told(detail: Medication, product: Product) -> tuple[str, str]:
    """Return the release that only the instructions name, and its hours: "Give the 12-hour (XR) tablets"."""
    if product.form not in ("tablet", "capsule", ""):
        return "", ""
    doses = (text for dose in detail.doses for text in (dose.text, dose.patient, *dose.additional))
    told = (release_in_words(text) for text in (*detail.instructions, *doses))
    return next((release for release in told if release[0]), ("", ""))


HANDED_OUT = "handed out"


def dispense(entry: Entry, notebook: Notebook) -> None:
    """Read what a pharmacy handed out as what was ordered: by the same product, until its supply is used up."""
    as_order = as_medication(entry)
    if as_order is None:
        return
    medication(as_order, notebook)
    notebook.say("stage", HANDED_OUT)
    notebook.repeat = f"{HANDED_OUT}|{instructions_key(dosing_of(as_order))}"


def as_medication(entry: Entry) -> Entry | None:
    """Return what was handed out with the words of its label as the instructions of a medication."""
    detail = entry.detail
    if not isinstance(detail, Dispense):
        return None
    end = entry.end or _used_up(local_day(entry.start), detail.supply)
    return msgspec.structs.replace(entry, end=end or None, detail=Medication(instructions=detail.instructions))


def _used_up(day: str, supply: str) -> str:
    days = re.match(r"(\d{1,3})\b", supply)
    try:
        return (date.fromisoformat(day) + timedelta(days=int(days[1]))).isoformat() if days else ""
    except (ValueError, OverflowError):  # a day that no calendar has, also after the supply
        return ""


def product_of(entry: Entry) -> Product:
    """Return the product that the title says; what it leaves out is from RxNorm's names of the same ingredients."""
    detail = entry.detail
    product = read_product("" if _CODE_NAME.fullmatch(entry.title) else entry.title)
    if isinstance(detail, Medication) and entry.title.casefold() == ", ".join(_named_parts(detail)).casefold():
        product = read_product(" / ".join(_named_parts(detail)))
    for name in displays(entry.codes, "rxnorm", "ndc", "snomed"):
        coded = read_product(name)
        if _is_slip(product.ingredients, coded.ingredients):
            product = msgspec.structs.replace(product, ingredients=coded.ingredients)
        product = _completed(product, coded)
    if isinstance(detail, Medication):
        if detail.form and not product.form:
            product = _completed(product, read_product(f"{' '.join(product.ingredients)} {detail.form}"))
        if detail.ingredients and not product.strengths:
            written = " / ".join(f"{part.name} {part.strength}" for part in detail.ingredients)
            product = _completed(product, read_product(written))
    return product


def _named_parts(detail: Medication) -> tuple[str, ...]:
    return tuple(part.name for part in detail.ingredients)


def _contradicting(entry: Entry, product: Product) -> tuple[Strength, ...]:
    """Return the strengths by a code's name or of the ingredients that are other than those of the words."""
    detail = entry.detail
    names = displays(entry.codes, "rxnorm", "ndc", "snomed")
    if isinstance(detail, Medication) and len(detail.ingredients) == 1:
        names += [f"{part.name} {part.strength}" for part in detail.ingredients]
    for name in names:
        coded = read_product(name)
        if set(coded.ingredients) == set(product.ingredients) and len(coded.strengths) == len(product.strengths) == 1:
            (written,), (other,) = product.strengths, coded.strengths
            if written.dimension == other.dimension and not near(str(written.number), str(other.number)):
                return coded.strengths
    return ()


_SHORTEST_SLIP = 6


def _is_slip(written: tuple[str, ...], coded: tuple[str, ...]) -> bool:
    """Tell whether a name that no table has is that of the code beside it but for a letter, or for two that swapped."""
    if len(written) != 1 or len(coded) != 1 or recognised(written[0]):
        return False
    (name,), (right,) = written, coded
    if right in one_letter_off(name):
        return True
    return len(name) >= _SHORTEST_SLIP and any(
        name[:place] + name[place + 1] + name[place] + name[place + 2 :] == right for place in range(len(name) - 1)
    )


def _completed(product: Product, other: Product) -> Product:
    if set(product.ingredients) != set(other.ingredients):
        return product
    return Product(
        ingredients=product.ingredients,
        salts=product.salts or other.salts,
        strengths=product.strengths or other.strengths,
        form=product.form or other.form,
        release=product.release or other.release,
        hours=product.hours or other.hours,
        routes=product.routes or other.routes,
        volume=product.volume or other.volume,
        wear=product.wear or other.wear,
        remarks=product.remarks,
    )


_HOURS_A_DAY = 24


def _amount(place: int, strength: Strength) -> str:
    """Return "place number dimension"; what a patch gives in a day per hour, as RxNorm has it (21 mg/24 hr)."""
    number, dimension = strength.number, strength.dimension
    if dimension.endswith("/day"):
        number, dimension = number / _HOURS_A_DAY, f"{dimension.removesuffix('/day')}/hr"
    return f"{place} {decimal_text(number)} {dimension}"


_SPOONFUL = Decimal(5)


def single_dose(product: Product) -> tuple[str, ...]:
    """Return the amount of a single-dose syringe, pen or vial: "40 mg/0.4 mL", "0.3 ML epinephrine 1 MG/ML"."""
    if product.form not in (*_INJECTED, "") or len(product.strengths) != 1 or product.ingredients[:1] == ("insulin",):
        return ()
    (strength,) = product.strengths
    if any(name.startswith("insulin") for name in product.ingredients):
        return ()
    volume = strength.volume or (product.volume if product.form != "injection" else Decimal(0))
    if not volume or not strength.dimension.endswith("/ml") or volume == 1:
        return ()
    if not product.form and volume >= _SPOONFUL:
        return ()  # an oral liquid is written per spoonful
    return (f"0 {decimal_text(strength.number * volume)} {strength.dimension.removesuffix('/ml')}",)


def dosing_of(entry: Entry, product: Product | None = None) -> tuple[Dosing, ...]:
    """Return how it is to be taken, in parts; from the words alone where an older normaliser kept no more."""
    detail = entry.detail
    if not isinstance(detail, Medication):
        return ()
    product = product or product_of(entry)
    written = tuple(Dose(text=text) for text in detail.instructions or (detail.dose,) if text)
    strengths = _in_a_cap(product) or _in_one(product)
    return read_doses(detail.doses or written, strengths=strengths, eyes="eye" in product.routes)


def _whole(product: Product) -> tuple[str, ...]:
    """Return by what a whole single dose is called: 40 mg in 0.4 mL are a pen."""
    return ("pen", "syringe") if product.strengths[0].volume and single_dose(product) else ()


_MICROGRAMS_IN_A_CAP = Decimal(17_000_000)


def _in_a_cap(product: Product) -> dict[str, Decimal]:
    """Return how much polyethylene glycol a cap of its powder holds (label of MiraLAX); those of others vary."""
    powder = product.ingredients == ("polyethylene glycol",) and product.form in ("powder", "")
    return {"capful": _MICROGRAMS_IN_A_CAP} if powder else {}


def _in_one(product: Product) -> dict[str, Decimal]:
    """Return how much is in one tablet, capsule, mL or packet: mass in mcg, or units by the name of the unit."""
    strengths: dict[str, Decimal] = {}
    if len(product.strengths) != 1:
        return strengths
    (strength,) = product.strengths
    if strength.dimension == "mcg" and product.form in ("tablet", "capsule", "chewable", "odt"):
        strengths = dict.fromkeys(("tablet", "capsule", ""), strength.number)
    elif strength.dimension == "mcg" and not product.form:
        strengths = dict.fromkeys(("tablet", "capsule"), strength.number)  # the words tell the form
    elif strength.dimension == "mcg/ml":
        strengths = {"ml": strength.number, **dict.fromkeys(_whole(product), strength.number * strength.volume)}
        if product.form in ("liquid", "nebule"):
            strengths[""] = strength.number
    elif strength.dimension == "unt/ml":
        strengths = {"units in 1 mL": strength.number}
    elif strength.dimension in ("meq", "unt") and product.form in ("tablet", "capsule", "chewable"):
        strengths = {f"{strength.dimension} in 1": strength.number}
    elif strength.dimension == "mcg" and product.form == "granules":
        strengths = {"packet": strength.number}
    if strengths and product.ingredients and product.ingredients[0] in UNITS_PER_MICROGRAM:
        strengths["unt"] = 1 / Decimal(UNITS_PER_MICROGRAM[product.ingredients[0]])
    return strengths


def instructions_key(doses: tuple[Dosing, ...]) -> str:
    """Return a text that is equal for equal whole instructions."""
    return ";".join("~".join(_parts_of_a_dose(dose)) for dose in doses)


def _parts_of_a_dose(dose: Dosing) -> tuple[str, ...]:
    needed = f"{dose.as_needed}{' too' if dose.at_times_too else ''}"
    when = (dose.frequency, needed, dose.reason, dose.duration)
    return (
        dose.amount,
        " ".join(dose.others),
        dose.route,
        dose.site,
        dose.maximum,
        dose.repeat,
        dose.words,
        *when,
        *dose.times,
    )


def _therapy(entry: Entry, detail: Medication) -> tuple[str, ...]:
    """(first day, last day, days that may lie between); an end is the order's own, else when its supply is used up."""
    starts = [dose.start for dose in detail.doses if dose.start]
    ends = [dose.end for dose in detail.doses if dose.end]
    first = local_day(min(starts) if starts else entry.start or entry.recorded)
    last = local_day(max(ends) if ends else entry.end)
    first = first or last
    if not first:
        return ()
    if entry.status in (Status.ACTIVE, Status.UPCOMING) or (entry.status is Status.UNKNOWN and not last):
        last = _OPEN
    stopped = detail.fhir_status == "stopped" and not last
    return (first, last or first, str(DAYS_OF_A_PRESCRIPTION if stopped else DAYS_BETWEEN_THERAPIES))
