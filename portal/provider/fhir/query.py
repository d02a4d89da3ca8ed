"""From the parameters of a search to what the store is asked and what is tested on each resource. Pure.

Everything that the index can answer narrows the store's search; the rest (dates with their ranges, strings, ``:not``,
``:missing``) is tested on the resources themselves, so that an answer is exact whatever the index knows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from portal.identity.folding import fold
from portal.normalise.search_tokens import tokens as tokens_of
from portal.provider.fhir import dates, definitions
from portal.provider.fhir.budget import too_costly
from portal.provider.fhir.outcomes import forbidden, invalid

PAGE = 50
LONGEST_PAGE = 200
_PARAMETERS = 50  # of one search, repeats included
_LENGTH = 20_000  # characters of all their values
_VALUES = 100  # alternatives of one parameter
_ALTERNATIVES = 200  # of all parameters together
_RESULT = frozenset(
    {"_count", "_include", "_revinclude", "_sort", "_format", "_summary", "_total", "_elements", "_pretty"}
)
_SORTS = ("date", "-date")

Test = Callable[[Mapping[str, Any]], bool]


@dataclass(slots=True)
class Query:
    """One search as understood. ``used`` are the parameters that were, for the self link."""

    kind: str
    count: int = PAGE
    newest_first: bool = True
    only_count: bool = False
    ids: list[str] | None = None
    tokens: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    elements: frozenset[str] | None = frozenset()  # at which the tests look; None: at any
    date_from: str | None = None
    date_before: str | None = None
    updated_from: datetime | None = None
    updated_before: datetime | None = None
    includes: list[str] = field(default_factory=list)
    revincludes: list[str] = field(default_factory=list)
    used: list[tuple[str, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    patient: str | None = None  # the FHIR id that a parameter named
    own: bool = False  # what the patient, or somebody for them, measured: nothing of it is the organization's

    def test(self, test: Test, paths: Iterable[str] | None = None) -> None:
        """Ask for resources that pass; ``paths`` are all that the test looks at, None: any."""
        self.tests.append(test)
        are_all_named = self.elements is not None and paths is not None
        self.elements = (self.elements or frozenset()).union(_tops(paths or ())) if are_all_named else None


def _tops(paths: Iterable[str]) -> set[str]:
    return {path.partition(".")[0] for path in paths}


def read(kind: str, pairs: Iterable[tuple[str, str]], *, patient: str | None, base: str, strict: bool) -> Query:
    """Understand a search.

    ``pairs`` are the parameters as they came, repeats included (each must hold; commas within one are alternatives).
    ``patient`` is the FHIR id that the token is for: a parameter that names another patient is refused. None for a
    system/ token: then the caller checks ``Query.patient``.

    Raises:
        FhirError: 400 for a value, modifier or (when ``strict``) parameter that is not understood, and for more than
            one search may ask (``too-costly``); 403 for another patient.
    """
    query = Query(kind)
    pairs = list(pairs)
    _check_size(pairs)
    for name, value in pairs:
        if value == "" and not name.startswith("_"):
            continue  # an empty parameter is no parameter (FHIR R4, search.html#token)
        try:
            understood = _take(query, name, value, patient=patient, base=base, strict=strict)
        except (ValueError, OverflowError):
            raise invalid("A search parameter has a value that cannot be understood") from None
        if understood:
            query.used.append((name, value))
        elif strict:
            raise invalid("A search parameter is not supported for this type", "not-supported")
        else:
            query.ignored.append(name)
    return query


def _check_size(pairs: Sequence[tuple[str, str]]) -> None:
    if (
        len(pairs) > _PARAMETERS
        or sum(len(value) for _, value in pairs) > _LENGTH
        or sum(value.count(",") + 1 for _, value in pairs) > _ALTERNATIVES
    ):
        raise too_costly("The search has too many parameters or values")


def _take(query: Query, name: str, value: str, *, patient: str | None, base: str, strict: bool) -> bool:
    plain, _, modifier = name.partition(":")
    if plain in _RESULT:
        return _result_parameter(query, name, value, strict=strict)
    if plain == "_id" and not modifier:
        ids = _alternatives(value)
        query.ids = ids if query.ids is None else [resource_id for resource_id in query.ids if resource_id in ids]
        return True
    if plain == "_lastUpdated" and not modifier:
        _last_updated(query, value)
        return True
    if plain.partition(".")[0] in definitions.PATIENT_PARAMETERS.get(query.kind, ()):
        _patient(query, plain, modifier, value, patient=patient, base=base)
        return True
    if query.kind == "Observation" and plain == "performer":
        _performer(query, modifier, value, base=base)
        return True
    if plain in definitions.DATES.get(query.kind, {}):
        _date(query, plain, modifier, value)
        return True
    if plain in definitions.STRINGS.get(query.kind, {}):
        _string(query, plain, modifier, value)
        return True
    if plain in definitions.token_parameters(query.kind):
        _token(query, plain, modifier, value, base=base)
        return True
    return False


def _result_parameter(query: Query, name: str, value: str, *, strict: bool) -> bool:
    if name == "_count":
        if not value.isascii() or not value.isdigit():
            raise invalid("_count must be a whole number")
        query.count = min(int(value[:9]), LONGEST_PAGE)
        query.only_count = query.only_count or query.count == 0
    elif name == "_summary" and value == "count":
        query.only_count = True
    elif name == "_sort" and value in _SORTS:
        query.newest_first = value == "-date"
    elif name == "_include":
        kind, _, parameter = value.partition(":")
        if kind != query.kind or parameter.partition(":")[0] not in definitions.INCLUDES.get(kind, {}):
            return _unless(strict=strict)
        query.includes.append(parameter)
    elif name == "_revinclude":
        if value not in definitions.REVINCLUDES:
            return _unless(strict=strict)
        query.revincludes.append(value)
    else:
        return name in ("_format", "_pretty", "_total")  # the answer is JSON, and its total is exact where it is given
    return True


def _unless(*, strict: bool) -> bool:
    if strict:
        raise invalid("This _include or _revinclude is not supported", "not-supported")
    return False


def _alternatives(value: str) -> list[str]:
    """Return the values between commas; ``\\,`` is a comma that belongs to a value."""
    parts = value.split(",") if "\\" not in value else _unescaped(value)
    alternatives = [part.strip() for part in parts if part.strip()]
    if len(alternatives) > _VALUES:
        raise too_costly("A search parameter has too many alternatives")
    return alternatives


def _unescaped(value: str) -> list[str]:
    parts = [""]
    escaped = False
    for character in value:
        if escaped:
            parts[-1] += character
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == ",":
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _patient(query: Query, name: str, modifier: str, value: str, *, patient: str | None, base: str) -> None:
    chain = name.partition(".")[2]
    if chain and chain != "_id":
        raise invalid("Chained parameters are not supported", "not-supported")
    if modifier not in ("", "Patient"):
        raise invalid("This modifier is not supported", "not-supported")
    named = {_patient_id(reference, base) for reference in _alternatives(value)}
    if len(named) != 1 or (patient is not None and named != {patient}) or query.patient not in (None, *named):
        raise forbidden("The token is not for this patient")
    query.patient = named.pop()


def _performer(query: Query, modifier: str, value: str, *, base: str) -> None:
    """Take "Patient/<id>": what the patient, or who acts for them, measured. Who did what is ours is not indexed."""
    named = {reference.removeprefix(f"{base}/") for reference in _alternatives(value)}
    if modifier not in ("", "Patient") or len(named) != 1:
        raise invalid("This modifier or these alternatives are not supported", "not-supported")
    reference = named.pop()
    if modifier == "" and not reference.startswith("Patient/"):
        raise invalid("Only a Patient is supported as the performer", "not-supported")
    query.own = True
    owner = reference.removeprefix("Patient/")
    query.test(lambda resource: (resource.get("subject") or {}).get("reference") == f"Patient/{owner}", ["subject"])


def _patient_id(value: str, base: str) -> str:
    text = value.removeprefix(f"{base}/")
    return text.removeprefix("Patient/")


def _date(query: Query, name: str, modifier: str, value: str) -> None:
    paths = definitions.DATES[query.kind][name]
    if modifier == "missing":
        query.test(_missing(lambda resource: any(dates.spans(resource, paths)), value), paths)
        return
    if modifier:
        raise invalid("This modifier is not supported", "not-supported")
    tests = [dates.parse(text) for text in _alternatives(value)]
    query.test(partial(dates.fits, paths=paths, tests=tests), paths)
    if name in definitions.INDEXED_DATE.get(query.kind, ()) and len(tests) == 1:
        latest, earliest = tests[0].latest, tests[0].earliest
        if latest is not None:
            key = dates.sort_key_of(latest)
            query.date_before = min(query.date_before or key, key)
        if earliest is not None:
            key = dates.sort_key_of(earliest)
            query.date_from = max(query.date_from or key, key)


def _last_updated(query: Query, value: str) -> None:
    test = dates.parse(value)
    span = test.span
    lower, upper = {
        "eq": (span.first, span.after),
        "ap": (span.first, span.after),
        "ge": (span.first, None),
        "gt": (span.after, None),
        "sa": (span.after, None),
        "lt": (None, span.first),
        "eb": (None, span.first),
        "le": (None, span.after),
    }.get(test.prefix, (None, None))
    if lower is None and upper is None:
        raise invalid("This prefix is not supported for _lastUpdated", "not-supported")
    if lower is not None:
        query.updated_from = max(query.updated_from or lower, lower)
    if upper is not None:
        query.updated_before = min(query.updated_before or upper, upper)


def _string(query: Query, name: str, modifier: str, value: str) -> None:
    paths = definitions.STRINGS[query.kind][name]
    if modifier == "missing":
        query.test(_missing(lambda resource: any(_texts(resource, paths)), value), paths)
        return
    if modifier not in ("", "exact", "contains"):
        raise invalid("This modifier is not supported", "not-supported")
    texts = _alternatives(value)
    if modifier == "exact":
        query.test(lambda resource: any(text in texts for text in _texts(resource, paths)), paths)
        return
    folded_texts = [folded for text in texts if (folded := fold(text))]
    is_match = str.__contains__ if modifier == "contains" else str.startswith

    def matches(resource: Mapping[str, Any]) -> bool:
        return any(is_match(fold(text), part) for text in _texts(resource, paths) for part in folded_texts)

    query.test(matches, paths)


def _token(query: Query, name: str, modifier: str, value: str, *, base: str) -> None:
    if modifier == "missing":
        query.test(_missing(lambda resource: any(param == name for param, _ in tokens_of(resource)), value))
        return
    terms = _references(query.kind, name, _alternatives(value), base)
    systems = [term[:-1] for term in terms if term.endswith("|")]
    if modifier == "not":
        query.test(lambda resource: not _any_token(resource, name, terms, systems))
        return
    if modifier:
        raise invalid("This modifier is not supported", "not-supported")
    if systems:  # "system|": any code of the system, which is not indexed
        query.test(lambda resource: _any_token(resource, name, terms, systems))
        return
    if any(term.startswith("|") for term in terms):  # the index has the code alone
        query.test(lambda resource: _any_token(resource, name, terms, ()))
    query.tokens.append((name, tuple(term.removeprefix("|") for term in terms)))


def _references(kind: str, name: str, values: list[str], base: str) -> list[str]:
    """Return references in the form in which they are stored: relative, with their type."""
    target = {
        "encounter": "Encounter",
        "practitioner": "Practitioner",
        "location": "Location",
        "medication": "Medication",
        "result": "Observation",
        "organization": "Organization",
        "device": "Device",
        "prescription": "MedicationRequest",
    }.get(name)
    if target is None:
        return [value.removeprefix(f"{base}/") for value in values]
    del kind
    plain = [value.removeprefix(f"{base}/") for value in values]
    return [value if "/" in value else f"{target}/{value}" for value in plain]


def _any_token(resource: Mapping[str, Any], name: str, terms: Sequence[str], systems: Sequence[str]) -> bool:
    own = {token for param, token in tokens_of(resource) if param == name}
    return any(term in own for term in terms) or any(
        token.startswith(f"{system}|") for system in systems for token in own
    )


def _missing(present: Test, value: str) -> Test:
    if value not in ("true", "false"):
        raise invalid(":missing must be true or false")
    return (lambda resource: not present(resource)) if value == "true" else present


def _texts(value: Any, paths: tuple[str, ...]) -> list[str]:
    texts: list[str] = []
    for path in paths:
        values: list[Any] = [value]
        for step in path.split("."):
            values = [part.get(step) for part in values if isinstance(part, Mapping)]
            values = [element for part in values for element in (part if isinstance(part, list) else [part])]
        texts += [text for text in values if isinstance(text, str)]
    return texts
