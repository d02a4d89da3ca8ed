"""FHIR R4 over HTTP: search with pages, read. What comes back is checked for shape, not for meaning.

Paging follows FHIR R4 http.html#paging; a ``next`` is followed only under the same base, never twice, within budgets.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from portal.domain.errors import BadAnswerError, HttpStatusError, LimitReachedError, OutsideError
from portal.domain.fhir_ids import is_fhir_id
from portal.fhir.answers import ISSUE_CODES
from portal.fhir.authorised import Authorised, origin, path_under, same_origin
from portal.fhir.delivered import Digests
from portal.fhir.limits import Limits

Resource = dict[str, Any]
Params = Mapping[str, str | Sequence[str]]

_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
_IDLE_PAGES = 5
_SMALLER_PAGES = (50, 0)  # 0: of the server's own size
_NOT_UNDERSTOOD = (400, 422)


@dataclass(frozen=True, slots=True)
class BundlePage:
    """One page of a search. ``matches`` are of the type that was asked for; ``included`` is everything else.

    Each resource comes once over all pages. ``unusable`` counts entries without a type or an id, ``repeated`` those
    seen before. ``issues`` are the codes of OperationOutcome entries, ``errors`` those of them that are not mere
    warnings. ``last`` is true on the page without a ``next``. ``bases`` are addresses under which the server names
    itself and what it sends.
    """

    number: int
    matches: tuple[Resource, ...]
    included: tuple[Resource, ...]
    total: int | None
    last: bool
    issues: tuple[str, ...] = ()
    unusable: int = 0
    repeated: int = 0
    errors: tuple[str, ...] = ()
    bases: frozenset[str] = frozenset()


class FhirClient:
    """Searches and reads under one FHIR base with one person's token.

    With ``digests`` a search yields its resources as ``Delivered``.
    """

    def __init__(self, authorised: Authorised, *, limits: Limits | None = None, digests: Digests | None = None) -> None:
        self.base = authorised.base
        self.exact = authorised.exact
        self._authorised = authorised
        self._limits = limits or Limits()
        self._decoder = digests.page if digests else None
        self._page_sizes: tuple[int, ...] = (self._limits.page_size, *_SMALLER_PAGES)

    def search(self, resource_type: str, params: Params, *, page_size: int | None = None) -> Iterator[BundlePage]:
        """Yield page after page of ``GET [base]/<type>?<params>``.

        ``page_size`` of 0 leaves out ``_count``. A server that refuses a search without naming a parameter may refuse
        its size: it is asked for smaller pages then, and for pages of its own size.
        Raises what ``Authorised.get`` raises, and
            BadAnswerError: not-a-bundle, operation-outcome, next-loop, next-malformed.
            LimitReachedError: page-budget, resource-budget, empty-pages.
        """
        sizes = self._page_sizes if page_size is None else (page_size, *(n for n in _SMALLER_PAGES if n < page_size))
        size, url, bundle = self._first(_type(resource_type), params, sizes)
        if page_size is None:  # what was refused once is not asked for again
            self._page_sizes = tuple(n for n in sizes if n <= size)
        visited: set[str] = set()
        seen: set[tuple[str, str]] = set()
        idle = 0
        for number in range(1, self._limits.pages + 1):
            if number > 1:
                bundle = self._authorised.get(url, decoder=self._decoder).body
            visited.add(url)
            if bundle.get("resourceType") != "Bundle":
                outcome = bundle.get("resourceType") == "OperationOutcome"
                raise BadAnswerError("operation-outcome" if outcome else "not-a-bundle")
            following, failure = self._next(bundle, visited)
            page = _page(bundle, resource_type, seen, number=number, last=following is None and failure is None)
            yield page
            if failure is not None:  # a bad ``next`` does not spoil the page it is on
                raise failure
            if following is None:
                return
            if len(seen) > self._limits.resources:
                raise LimitReachedError("resource-budget")
            idle = 0 if page.matches or page.included else idle + 1
            if idle >= _IDLE_PAGES:
                raise LimitReachedError("empty-pages")
            url = following
        raise LimitReachedError("page-budget")

    def local(self, reference: object) -> tuple[str, str] | None:
        """Return (type, id) of a reference to this server, as ``local_reference`` does."""
        return local_reference(reference, self.base, exact=self.exact)

    def read(self, resource_type: str, fhir_id: str) -> Resource:
        """Read one resource, ``GET [base]/<type>/<id>``; the answer must be that resource.

        Raises:
            BadAnswerError: wrong-resource, reference-malformed.
            Otherwise as ``Authorised.get``; 404 and 410 are HttpStatusError.
        """
        if not is_fhir_id(fhir_id):
            raise BadAnswerError("reference-malformed")
        body = self._authorised.get(f"{self.base}/{_type(resource_type)}/{quote(fhir_id, safe='')}").body
        if body.get("resourceType") != resource_type or body.get("id") != fhir_id:
            raise BadAnswerError("wrong-resource")
        return body

    def _first(self, resource_type: str, params: Params, sizes: Sequence[int]) -> tuple[int, str, Resource]:
        """Return the size that was understood, the address of the first page, and what came."""
        size, *smaller = sizes
        query = dict(params) | ({"_count": str(size)} if size else {})
        url = f"{self.base}/{resource_type}?{urlencode(query, doseq=True)}"
        try:
            return size, url, self._authorised.get(url, decoder=self._decoder).body
        except HttpStatusError as exc:
            if not smaller or exc.status not in _NOT_UNDERSTOOD or exc.parameters:
                raise
        return self._first(resource_type, params, smaller)

    def _next(self, bundle: Resource, visited: set[str]) -> tuple[str | None, OutsideError | None]:
        """Return where the next page is, or why it is not gone to."""
        links = bundle.get("link")
        for link in links if isinstance(links, list) else ():
            if isinstance(link, dict) and link.get("relation") == "next":
                url = link.get("url")
                if not isinstance(url, str) or not url:
                    return None, BadAnswerError("next-malformed")
                try:
                    following = same_origin(url, self.base, exact=self.exact)
                except OutsideError as exc:
                    return None, exc
                return (None, BadAnswerError("next-loop")) if following in visited else (following, None)
        return None, None


def local_reference(reference: object, base: str, *, exact: bool = False) -> tuple[str, str] | None:
    """Return (type, id) of a reference to this server, relative or absolute under ``base``; None for anything else.

    Addresses are compared as ``same_origin`` does: without the case of scheme, host and (unless ``exact``) path, or a
    default port.

    Contained ("#…"), ``urn:`` and foreign references give None: no request follows from them.
    """
    if not isinstance(reference, str):
        return None
    text = reference.strip()
    if "://" in text:
        try:
            parts, home = urlsplit(text), urlsplit(base)
            ours = origin(parts) == origin(home) and "@" not in parts.netloc
        except ValueError:
            return None
        text = (path_under(parts, home, exact=exact) or "") if ours else ""
    text = text.partition("/_history/")[0]
    kind, _, fhir_id = text.partition("/")
    return (kind, fhir_id) if _TYPE.fullmatch(kind) and is_fhir_id(fhir_id) else None


def _page(bundle: Resource, resource_type: str, seen: set[tuple[str, str]], *, number: int, last: bool) -> BundlePage:
    matches: list[Resource] = []
    included: list[Resource] = []
    issues: list[tuple[str, bool]] = []
    bases = {_base_in(link.get("url"), resource_type) for link in _objects(bundle.get("link")) if _is_self(link)}
    unusable = repeated = 0
    entries = bundle.get("entry")
    for entry in entries if isinstance(entries, list) else ():
        resource = entry.get("resource") if isinstance(entry, dict) else None
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if not isinstance(resource, dict) or not isinstance(kind, str):
            unusable += 1
            continue
        if kind == "OperationOutcome":
            issues.extend(_issues(resource))
            continue
        fhir_id = resource.get("id")
        if not is_fhir_id(fhir_id) or not _TYPE.fullmatch(kind):
            unusable += 1
        elif (kind, fhir_id) in seen:
            repeated += 1
        else:
            seen.add((kind, fhir_id))
            bases.add(_base_in(entry.get("fullUrl"), f"{kind}/{fhir_id}"))
            (matches if kind == resource_type else included).append(resource)
    total = bundle.get("total")
    return BundlePage(
        number=number,
        matches=tuple(matches),
        included=tuple(included),
        total=total if isinstance(total, int) and total >= 0 else None,
        last=last,
        issues=tuple(code for code, _ in issues),
        unusable=unusable,
        repeated=repeated,
        errors=tuple(code for code, is_error in issues if is_error),
        bases=frozenset(filter(None, bases)),
    )


def _issues(outcome: Resource) -> Iterator[tuple[str, bool]]:
    """Yield each issue's code, and whether it is an error."""
    for issue in _objects(outcome.get("issue")):
        code = issue.get("code")
        if isinstance(code, str) and code in ISSUE_CODES:
            yield code, issue.get("severity") in ("error", "fatal")


def _objects(value: object) -> Iterator[Resource]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def _is_self(link: Resource) -> bool:
    return link.get("relation") == "self"


def _base_in(url: object, path: str) -> str:
    """Return what stands before "/<path>" in an address; empty where that is not how it ends."""
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        return ""
    address = url.partition("?")[0].partition("/_history/")[0]
    return address.removesuffix(f"/{path}") if address.endswith(f"/{path}") else ""


def _type(text: str) -> str:
    if not _TYPE.fullmatch(text):
        raise BadAnswerError("reference-malformed")
    return text
