"""What a result states: its value, flags and ranges, of the whole and of its parts, and its status."""

import re
from collections.abc import Sequence

from portal.domain.entry import Component, Entry, Quantity, Range, Result
from portal.merge.comparing import same_bound, same_measure
from portal.merge.notes.about_it import goes_on_of_it
from portal.merge.notes.noted import affirmations, clauses, labelled
from portal.merge.results.measures import measured, range_ends, worded
from portal.merge.results.noted_results import circumstances, doubt, noted_level
from portal.merge.results.read_results import KNOWN_FLAGS, analyte_of, collected, component_name, flag_of, values_of
from portal.merge.stating import Statements, state
from portal.merge.words.moments import has_time
from portal.merge.words.text import plain


def result(entry: Entry, detail: Result, stated: Statements) -> None:
    """State the value, how it is judged, of the whole and of each part, and how it was taken."""
    of_parts = {(component_name(part), flag_of(part.flag)) for part in detail.components if part.flag}
    noted = _noted_flag(detail.notes) if not detail.flags else ""
    flags = {flag_of(flag) for flag in (*detail.flags, noted) if flag} | {flag for _name, flag in of_parts}
    # What only one side calls abnormal is shown: the row would else have the other's words alone.
    named = [f"{part.name}: {flag_of(part.flag)}" for part in detail.components if part.flag]
    shown = detail.flag_text or noted or ", ".join((*sorted({flag_of(flag) for flag in detail.flags}), *named)) or "-"
    state(stated, "flag", (frozenset(flags), frozenset(of_parts)), shown, _same_flags)
    core = analyte_of(entry)
    state(stated, "value", values_of(detail, core), _value_shown(detail), _same_values)
    ranges = {
        "": _spans(detail, core) or _noted_span(detail, core),
        **{component_name(part): _spans(part, core) for part in detail.components},
    }
    written = [_span_shown(span) for span in _normal(detail)] or [labelled(detail.notes, "range")]
    written += [f"{part.name} {_span_shown(span)}" for part in detail.components for span in _normal(part)]
    spans_of = tuple((name, spans) for name, spans in ranges.items() if any(spans))
    state(stated, "range", spans_of, "; ".join(filter(None, written)), _same_ranges)
    state(stated, "specimen", collected(detail.specimen), detail.specimen, _same_circumstances)
    taken, told_so = circumstances(detail.notes)
    state(stated, "method", tuple(taken.items()), told_so, _same_circumstances)
    if entry.start:
        state(stated, "time", _taken(entry, detail), entry.start, _one_sample, alike=_nothing_tells_apart)
    told = _noted_status(detail.notes) if detail.fhir_status in ("final", "") else ""
    doubted = "" if told or detail.fhir_status not in ("final", "") else doubt(detail.notes)
    state(stated, "status", "doubted" if doubted else told or detail.fhir_status, doubted or told or detail.fhir_status)


_Taken = tuple[str, tuple[tuple[str, object], ...]]


def _taken(entry: Entry, detail: Result) -> _Taken:
    """Return when it was taken, with what may tell it from another one of that day."""
    compared: dict[str, object] = {
        "performer": plain(detail.performer),
        "flag": frozenset(map(flag_of, detail.flags)),
        "specimen": plain(detail.specimen),
        "method": plain(detail.method),
        "notes": plain("; ".join(detail.notes)),
        "status": detail.fhir_status,
    }
    return entry.start or "", tuple((name, value) for name, value in compared.items() if value)


def _one_sample(_left: _Taken, _right: _Taken) -> bool:
    """Tell that times are no disagreement: the rule has found the two to be of one moment."""
    return True


def _nothing_tells_apart(left: _Taken, right: _Taken) -> bool:
    """Tell whether a day needs not be said beside a minute of it: nothing that both say differs.

    Else it may be another sample of that day, with the same value by chance: a row shows both times.
    """
    if has_time(left[0]) == has_time(right[0]):
        return True
    other = dict(right[1])
    return all(other.get(name, value) == value for name, value in left[1])


def _same_circumstances(left: tuple[tuple[str, str], ...], right: tuple[tuple[str, str], ...]) -> bool:
    """Compare the kinds of circumstances that both name."""
    other = dict(right)
    return all(meaning == other.get(kind, meaning) for kind, meaning in left)


_CRITICAL = re.compile(r"^critical(?: (?:high|low))?(?: (?:value|result))?\b", re.IGNORECASE)
_CALLED = re.compile(r" (?:was )?(?:called|phoned|notified|communicated|reported|read back)\b", re.IGNORECASE)
"""As laboratories write it down: "Critical value called to Dr. Reyes at 10:40, read back"."""


def _noted_flag(notes: Sequence[str]) -> str:
    """Return the flag that a note states under a label, or that it calls critical at its beginning."""
    told = labelled(notes, "flag")
    if flag_of(told) in KNOWN_FLAGS:
        return told
    for part in affirmations(notes):
        match = _CRITICAL.match(part)
        if match and (_CALLED.match(part, match.end()) or goes_on_of_it(part, match.end(), frozenset())):
            return match[0]
    return noted_level(notes)


_STATUSES = (
    (r"^(?:this is an? )?preliminary\b|^preliminar\b", "preliminary"),
    (r"^(?:this is an? )?corrected\b(?! for\b)|^corregido\b", "corrected"),
    (r"^(?:this is an? )?amended\b", "amended"),
    (r"^(?:test |result )?(?:was )?cancell?ed\b|^cancelad[oa]\b", "cancelled"),
)


def _noted_status(notes: Sequence[str]) -> str:
    """Return the status that a note gives what a code calls final: "Corrected result: previously 5.9"."""
    told = labelled(notes, "status")
    for part in (told,) if told else clauses(notes, 12):
        for words, status in _STATUSES:
            match = re.search(words, part.casefold())
            if match and goes_on_of_it(part, match.end(), frozenset()):
                return status
    return ""


def _noted_span(detail: Result, analyte: str) -> tuple[tuple[str, str], ...]:
    told = labelled(detail.notes, "range")
    unit = detail.quantity.unit or detail.quantity.code if detail.quantity else ""
    return (_span(Range(text=told), analyte, unit),) if told and any(map(str.isdigit, told)) else ()


_Flags = tuple[frozenset[str], frozenset[tuple[str, str]]]


def _same_flags(left: _Flags, right: _Flags) -> bool:
    """Tell whether both call the same abnormal, and of the same parts, where both say it of parts."""
    (flags, parts), (other_flags, other_parts) = left, right
    flags, other_flags = _gravest(flags), _gravest(other_flags)
    if flags != other_flags and not ("AA" in flags | other_flags and flags | other_flags <= _CRITICALS):
        return False
    abnormal, other_abnormal = ({part for part in each if part[1] != "N"} for each in (parts, other_parts))
    return not parts or not other_parts or abnormal == other_abnormal


_CRITICALS = frozenset({"AA", "HH", "LL"})
_WITHIN = {"HH": "H", "LL": "L", "AA": "A"}


def _gravest(flags: frozenset[str]) -> frozenset[str]:
    """Leave out what is normal, and what a graver flag says as well: HH says H."""
    return flags - {"N"} - {_WITHIN[flag] for flag in flags if flag in _WITHIN}


def _value_shown(detail: Result) -> str:
    own = _amount(detail.quantity, detail.text)
    parts = [f"{part.name} {_amount(part.quantity, part.text)}" for part in detail.components]
    return "; ".join(filter(None, (own, *parts)))


def _amount(quantity: Quantity | None, text: str) -> str:
    return f"{quantity.comparator}{quantity.value} {quantity.unit}".strip() if quantity else text


def _same_values(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Compare as the rule does; an earlier version of one organization is the only one with another value."""
    parts, other_parts = (dict(text.split("=", 1) for text in values) for values in (left, right))
    return parts.keys() == other_parts.keys() and all(same_measure(parts[key], other_parts[key]) for key in parts)


def _spans(part: Result | Component, analyte: str) -> tuple[tuple[str, str], ...]:
    unit = part.quantity.unit or part.quantity.code if part.quantity else ""
    return tuple(_span(span, analyte, unit) for span in _normal(part))


def _normal(part: Result | Component) -> Sequence[Range]:
    """Return the ranges without a meaning; else all, as some say whom it is normal for."""
    return [span for span in part.ranges if not span.meaning] or part.ranges


def _span(span: Range, analyte: str, unit: str) -> tuple[str, str]:
    """Return both ends; a range in words without a unit is in that of the value."""
    if span.low or span.high:
        return (measured(span.low, analyte) if span.low else "", measured(span.high, analyte) if span.high else "")
    ends = range_ends(span.text, unit)
    if ends is None:
        return ("", worded(span.text, analyte))
    return (measured(ends[0], analyte) if ends[0] else "", measured(ends[1], analyte) if ends[1] else "")


def _span_shown(span: Range) -> str:
    ends = [f"{end.value} {end.unit}".strip() for end in (span.low, span.high) if end]
    bound = "" if span.low and span.high else "≥ " if span.low else "≤ "
    numbers = bound + " - ".join(ends) if ends else ""
    stated = {end.value for end in (span.low, span.high) if end}
    if span.text and not stated <= set(re.findall(r"\d+(?:\.\d+)?", span.text)):
        return f"{span.text} ({numbers})"  # the words of the range say another one
    return span.text or numbers


_Ranges = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def _same_ranges(left: _Ranges, right: _Ranges) -> bool:
    """Compare the ranges of the whole and of each part that both give."""
    other = dict(right)
    return all(_same_spans(spans, other[name]) for name, spans in left if name in other)


def _same_spans(left: tuple[tuple[str, str], ...], right: tuple[tuple[str, str], ...]) -> bool:
    if len(left) != len(right):
        return False
    return all(
        end == other_end or same_bound(end, other_end)
        for span, other_span in zip(left, right, strict=True)
        for end, other_end in zip(span, other_span, strict=True)
    )
