"""How a medicine is to be taken, in the page's language: our sentence of its parts, then the words of who ordered it.

An entry keeps our sentence in English. On a page in another language it is composed anew of the parts of the dose,
where they are the whole of it and each has a phrase; else it stays English as it is and says so: never half of either.
What the source wrote stays as it was sent. Source: https://hl7.org/fhir/R4/dosage.html, clinical-truth.md §3.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

from portal.domain.entry import Dose, Entry, Medication
from portal.domain.plans import Dispense
from portal.normalise import dose_elements
from portal.normalise.dosage import ROUTES, Dosage, as_sentences, own_words
from portal.normalise.quantities import plain_number
from portal.normalise.timing import TIMING_CODES, WHEN, says
from portal.web import formats
from portal.web.health import dose_phrases as of
from portal.web.phrases import current_locale
from portal.web.phrases import gettext as _
from portal.web.sent import Sent, Several, sent
from portal.web.words import phrase


class _NoPhraseError(Exception):
    """A part of a dose that this portal has no phrase for."""


def instructions(entry: Entry) -> tuple[str, ...]:
    """Return a text for each dosage of an entry; none where it is no medicine or says nothing."""
    detail = entry.detail
    if not isinstance(detail, Medication | Dispense):
        return ()
    locale = current_locale()
    if locale is None or locale.language == "en":
        return detail.instructions
    since = entry.start if isinstance(detail, Medication) else None
    return tuple(_told(text, detail.doses, entry, since) for text in detail.instructions)


def part_text(field: str, value: str) -> str:
    """Return one part of how sources say that a medicine is taken; as it is where it has no phrase."""
    try:
        if field == "maximum":
            return "; ".join(map(_limit, value.split("; ")))
        if field == "duration" and (lasting := dose_elements.length(value)):
            return _span(*lasting)
        if field == "dose" and (measured := dose_elements.amount(value)):
            return _amount(*measured)
        if field == "prn":
            needed, _colon, reason = value.partition(": ")
            words = {"when needed": _("When needed"), "regularly and when needed": _("Regularly, and when needed")}
            told = words.get(needed) or _("Regularly")
            return f"{told} ({reason})" if reason else told
        return _route(value) if field == "route" else phrase(value)
    except _NoPhraseError:
        return value


def _told(text: str, doses: tuple[Dose, ...], entry: Entry, since: str | None) -> str:
    """Return one sentence of an entry in the page's language, or as it is, with the language that it is in."""
    if not doses:  # read before doses were kept: nobody knows whose words they are
        return sent(text, entry)
    wholes = ((each, dose_elements.whole_of(each, text, since)) for each in doses)
    dose, part = next(((each, part) for each, part in wholes if part is not None), (None, None))
    if dose is None or part is None:
        return Sent.of(text, "en")
    words = own_words(part.text, part.patient_text)
    written = [Sent.of(each, entry.language) for each in (*words, *part.warnings) if each]
    try:
        structure = [*_structure(dose, entry), *_dates(part)]
    except _NoPhraseError:
        as_sent = _sentences(written)
        return as_sent if as_sent == text else Sent.of(text, "en")
    if all(any(says(each, told) for each in words) for told in structure):
        structure = []
    composed = ", ".join(structure)
    return _sentences([composed[:1].upper() + composed[1:], *written])


def _sentences(pieces: Sequence[str]) -> str:
    """Return pieces as sentences, each still in its language."""
    told = [piece for piece in pieces if piece]
    marked = (
        Sent.of(text, piece.language) if isinstance(piece, Sent) else text
        for text, piece in zip(as_sentences(told), told, strict=True)
    )
    return Several.of(marked) if len(told) > 1 else next(marked, "")


def _structure(dose: Dose, entry: Entry) -> Iterator[str]:
    """Yield the phrases of a dose, in the order in which they are read."""
    yield from filter(None, (_head(dose), _site(dose, entry), _how_often(dose)))
    if dose.days:
        yield _("on %(days)s", days=formats.listing([_(of.WEEKDAYS[day]) for day in dose.days if day in of.WEEKDAYS]))
    if dose.as_needed_for:
        yield _needed_for(dose.as_needed_for, entry)
    elif dose.as_needed:
        yield _("as needed")
    if dose.maximum:
        yield _("at most %(limit)s", limit="; ".join(map(_limit, dose.maximum.split("; "))))
    if lasting := dose.repeat.get("boundsDuration", ""):
        number, unit = dose_elements.length(lasting) or _missing()
        yield _("for %(span)s", span=_span(number, unit))


def _needed_for(reason: str, entry: Entry) -> str:
    if _is_readers(entry):
        return _("as needed for %(reason)s", reason=reason)
    return _in(of.REASONS, reason)


def _is_readers(entry: Entry) -> bool:
    """Tell whether a source wrote in the language of the page."""
    locale = current_locale()
    return locale is not None and entry.language.partition("-")[0].lower() == locale.language


def _head(dose: Dose) -> str:
    """Return how much, and which way: "Take 2 tablets by mouth"."""
    amount = _amounts(dose)
    if rate := dose_elements.ratio(dose.rate):
        amount = " ".join(filter(None, (amount, _("at %(rate)s", rate=_ratio(*rate)))))
    elif dose.rate:
        raise _NoPhraseError
    route = _route(dose.route) if dose.route else ""
    how = " ".join(filter(None, (amount, route)))
    if not dose.method:
        return how
    return _in(of.METHODS, dose.method, how=how).strip()


def _amounts(dose: Dose) -> str:
    """Return how much at a time, with what else it is: "1 capsule (10 mg)"."""
    amounts, high = dose_elements.amounts(dose), dose_elements.highest(dose)
    if any(each.comparator for each in (*amounts, high) if each):
        raise _NoPhraseError
    if high is None:
        told = [_amount(each.value, each.unit) for each in amounts]
        return f"{told[0]} ({', '.join(told[1:])})" if len(told) > 1 else "".join(told)
    if len(amounts) != 1 or amounts[0].unit not in ("", high.unit, high.unit[:-1], high.unit[:-2]):
        raise _NoPhraseError
    return _amount(f"{amounts[0].value}\N{EN DASH}{high.value}", high.unit)


def _amount(number: str, unit: str) -> str:
    if unit in of.SYMBOLS:
        return number + ("" if unit == "%" else " ") + unit
    return _in(of.AMOUNTS, unit, number=number)


def _route(route: str) -> str:
    everyday = of.ROUTES.get(route.casefold(), route)
    return _(everyday) if everyday in ROUTES.values() else _missing()


def _site(dose: Dose, entry: Entry) -> str:
    if not dose.site:
        return ""
    return _("at the site: %(site)s", site=dose.site if _is_readers(entry) else _in(of.SITES, dose.site))


def _limit(text: str) -> str:
    if per := dose_elements.ratio(text):
        return _ratio(*per)
    number, unit, limit = dose_elements.limit_at_once(text) or _missing()
    return _in(of.ONCE, limit, amount=_amount(number, dose_elements.written_unit(number, unit)))


def _ratio(number: str, unit: str, span: str, time: str) -> str:
    """Return an amount for a time: "8 tablets per day"."""
    amount = _amount(number, dose_elements.written_unit(number, unit))
    one, several = of.PER.get(dose_elements.TIME_UNITS.get(time, "")) or _missing()
    return _(one, amount=amount) if span == "1" else _(several, amount=amount, span=span)


def _how_often(dose: Dose) -> str:
    """Return how often, at which times, how long each time and how many times in all."""
    repeat = dose.repeat
    parts = [_frequency(repeat)]
    offset = repeat.get("offset", "0")
    for code in dose.when:
        moment = _(WHEN.get(code) or _missing())
        parts.append(moment if offset == "0" else f"{_span(offset, 'min')} {moment}")
    parts += [_("at %(time)s", time=time) for time in dose.times]
    if dose.code and (not any(parts) or dose.code.upper() not in TIMING_CODES):
        parts += _coded(dose, parts)
    if "duration" in repeat:
        low, high = repeat["duration"], repeat.get("durationMax", "")
        parts.append(_("over %(span)s", span=_span(_from_to(low, high), repeat.get("durationUnit", ""))))
    if "count" in repeat:
        count = _from_to(repeat["count"], repeat.get("countMax", ""))
        parts.append(_("one time only") if count == "1" else _("%(number)s times in all", number=count))
    return ", ".join(filter(None, parts))


def _coded(dose: Dose, parts: Sequence[str]) -> Iterator[str]:
    """Yield the phrases of a timing's code, or of words that are one of these; what is told already is not repeated."""
    words = dose.code.casefold()
    if dose.as_needed:  # said by itself
        words = words.removesuffix(" as needed")
    words, meals, which = words.partition(" with ")
    often = TIMING_CODES.get(dose.code.upper()) or of.TIMINGS.get(words, words)
    phrases = [often, *([f"with {which}"] if meals else [])]
    if not _SPOKEN.issuperset(phrases):
        raise _NoPhraseError
    yield from (told for told in map(_, phrases) if told not in parts)


_SPOKEN = frozenset((*TIMING_CODES.values(), *WHEN.values(), *of.TIMINGS.values()))


def _frequency(repeat: Mapping[str, str]) -> str:
    unit, span = repeat.get("periodUnit", ""), repeat.get("period", "")
    if not unit or not span:
        return ""
    times = _from_to(repeat.get("frequency", "1"), repeat.get("frequencyMax", ""))
    spans = _from_to(span, repeat.get("periodMax", ""))
    often = _("once") if times == "1" else _("twice") if times == "2" else _("%(number)s times", number=times)
    if spans == "1":
        return _in(of.EACH, unit, times=often)
    every = _in(of.EVERY, unit, span=spans)
    return every if times == "1" else f"{often} {every}"


def _span(number: str, unit: str) -> str:
    one, several = of.SPANS.get(unit) or _missing()
    fitting = one if number == "1" else several
    return _(fitting, span=number)


def _from_to(low: str, high: str) -> str:
    low, high = plain_number(low), plain_number(high)
    return f"{low}\N{EN DASH}{high}" if high and high != low else low


def _dates(part: Dosage) -> Iterator[str]:
    if part.start:
        yield _("from %(date)s", date=formats.day(part.start))
    if part.end:
        yield _("until %(date)s", date=formats.day(part.end))


def _in(phrases: Mapping[str, str], word: str, **variables: str) -> str:
    fitting = phrases.get(word) or phrases.get(word.casefold())
    return _(fitting, **variables) if fitting else _missing()


def _missing() -> NoReturn:
    raise _NoPhraseError
