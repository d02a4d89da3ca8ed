"""Ways in which another organization's server is slow, broken or hostile, and what a reader then sees.

Each case spoils the answers to one kind of record of an organization that was refreshed well before. The page
``docs/hostile-cases.md`` is made from these lists: ``python -m tests.hostile.cases > docs/hostile-cases.md``.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from portal.domain.links import Outcome
from portal.domain.sections import Section
from tests.fakes import misbehaviour as m
from tests.fakes.misbehaviour import Behaviour
from tests.hostile.linking import ATTEMPTS

DONE, PARTLY, FAILED = Outcome.DONE, Outcome.PARTLY, Outcome.FAILED
REFUSED, NOT_OFFERED = Outcome.REFUSED, Outcome.NOT_OFFERED

SEES = {
    DONE: "The section as always.",
    PARTLY: "What came and what was there before, with “not everything could be loaded”.",
    FAILED: "The last good items with their date, that this section could not be loaded, and “Try again”.",
    REFUSED: "That the organization does not release this section.",
    NOT_OFFERED: "That the organization's server does not have this kind of record.",
}


@dataclass(frozen=True)
class Case:
    """``behaviours`` are (path, behaviour, times, query). ``limits`` are changes to those of the tests."""

    name: str
    key: str
    behaviour: Callable[[], Behaviour]
    outcome: Outcome
    reason: str | None
    path: str = "/fhir/Condition"
    section: Section = Section.HEALTH_ISSUES
    times: int | None = None
    query: str = ""
    more: int = 0  # further conditions, so that there are pages
    throttled: bool = False
    limits: dict[str, float] = field(default_factory=dict)
    sees: str = ""


def asks_for(param: str, status: int) -> Callable[[], Behaviour]:
    return lambda: m.asks_for(param, status)


FAST = {"idle_seconds": 0.8, "total_seconds": 1.6}

CASES = (
    # Error statuses: requirement B9.
    Case("status-500", "B9", lambda: m.status(500), FAILED, "http-500"),
    Case("status-502-every-time", "B9", lambda: m.status(502), FAILED, "http-502"),
    Case("status-503-without-retry-after", "B9", lambda: m.status(503), FAILED, "http-503"),
    Case("status-503-once", "B9", lambda: m.status(503), DONE, None, times=1),
    Case("status-504-twice", "B9", lambda: m.status(504), DONE, None, times=2),
    Case(
        "status-503-retry-after-an-hour",
        "B9",
        lambda: m.status(503, retry_after="3600"),
        FAILED,
        "http-503",
        throttled=True,
    ),
    Case(
        "status-429-retry-after-two-minutes",
        "B9",
        lambda: m.status(429, retry_after="120"),
        FAILED,
        "http-429",
        throttled=True,
    ),
    Case(
        "status-429-retry-after-a-date",
        "B9",
        lambda: m.status(429, retry_after="Fri, 01 Jan 2100 00:00:00 GMT"),
        FAILED,
        "http-429",
        throttled=True,
    ),
    Case("status-429-retry-at-once", "B9", lambda: m.status(429, retry_after="0"), DONE, None, times=1),
    Case("status-429-unreadable-retry-after", "B9", lambda: m.status(429, retry_after="soon"), FAILED, "http-429"),
    Case("status-403-on-one-type", "B9", lambda: m.status(403), REFUSED, "http-403"),
    Case("status-404-on-one-type", "B9", lambda: m.status(404), NOT_OFFERED, "http-404"),
    Case("status-410-on-one-type", "B9", lambda: m.status(410), NOT_OFFERED, "http-410"),
    Case("status-501-not-implemented", "B9", lambda: m.status(501), NOT_OFFERED, "http-501"),
    Case("status-418-nobody-knows", "B9", lambda: m.status(418), FAILED, "http-418"),
    Case(
        "status-400-without-a-cure",
        "B9",
        lambda: m.status(400),
        FAILED,
        "http-400",
        path="/fhir/Procedure",
        section=Section.PROCEDURES,
    ),
    Case("category-required-for-conditions", "B9", m.category_required, DONE, None),
    Case(
        "category-required-for-observations",
        "B9",
        m.category_required,
        DONE,
        None,
        path="/fhir/Observation",
        section=Section.VITAL_SIGNS,
    ),
    Case(
        "intent-required-for-medications",
        "B9",
        lambda: m.category_required("intent"),
        DONE,
        None,
        path="/fhir/MedicationRequest",
        section=Section.MEDICATIONS,
    ),
    Case(
        "status-required-for-care-teams",
        "B9",
        lambda: m.category_required("status"),
        DONE,
        None,
        path="/fhir/CareTeam",
        section=Section.CARE_TEAM,
    ),
    *(
        Case(
            f"{param}-asked-for-with-a-{status}", "B9", asks_for(param, status), DONE, None, path=path, section=section
        )
        for status in (400, 403, 404, 422)
        for param, path, section in (
            ("category", "/fhir/Condition", Section.HEALTH_ISSUES),
            ("intent", "/fhir/MedicationRequest", Section.MEDICATIONS),
            ("status", "/fhir/Procedure", Section.PROCEDURES),
            ("date", "/fhir/Encounter", Section.VISITS),
            ("code", "/fhir/Observation", Section.TEST_RESULTS),
        )
    ),
    Case(
        "category-required-and-one-refused",
        "B9",
        lambda: m.status(403),
        REFUSED,
        "http-403",
        path="/fhir/Observation",
        section=Section.VITAL_SIGNS,
        query="category=vital-signs",
    ),
    Case(
        "second-type-of-a-section-refused",
        "B9",
        lambda: m.status(403),
        PARTLY,
        "http-403",
        path="/fhir/Appointment",
        section=Section.VISITS,
    ),
    Case(
        "second-type-of-a-section-failed",
        "B9",
        lambda: m.status(500),
        PARTLY,
        "http-500",
        path="/fhir/MedicationStatement",
        section=Section.MEDICATIONS,
    ),
    # Time: requirements B7, B9, E3.
    Case("never-answers", "B9", m.never_answers, FAILED, "timeout", limits=FAST),
    Case("drips-the-body", "B7", m.slow_drip, PARTLY, "answer-too-slow", limits=FAST),
    Case("drips-the-headers", "B7", m.slow_headers, PARTLY, "answer-too-slow", limits=FAST),
    Case("late-but-in-time", "B9", lambda: m.late(0.4), DONE, None),
    # The connection itself: requirement B9.
    Case("hangs-up", "B9", m.hang_up, FAILED, "truncated"),
    Case("hangs-up-once", "B9", m.hang_up, DONE, None, times=1),
    Case("cut-short", "B9", m.cut_short, FAILED, "truncated"),
    Case("speaks-another-protocol", "B9", m.not_http, FAILED, "truncated"),
    # What is not FHIR JSON: requirement B9.
    Case("html-as-200", "B9", m.html, FAILED, "html"),
    Case("html-as-503", "B9", lambda: m.html(503), FAILED, "http-503"),
    Case("html-called-fhir", "B9", m.html_called_json, FAILED, "not-json"),
    Case("wrong-content-type", "B9", m.content_type, FAILED, "content-type"),
    Case("no-content-type", "B9", lambda: m.content_type(""), FAILED, "content-type"),
    Case("xml", "B9", lambda: m.content_type("application/fhir+xml"), FAILED, "content-type"),
    Case("truncated-json", "B9", m.truncated_json, FAILED, "not-json"),
    Case("empty-body", "B9", lambda: m.body(b""), FAILED, "not-json"),
    Case("json-array", "B9", lambda: m.body(b"[]"), FAILED, "not-an-object"),
    Case("json-null", "B9", lambda: m.body(b"null"), FAILED, "not-an-object"),
    Case("not-utf-8", "B9", lambda: m.body(b'{"resourceType":"Bundle","x":"\xff\xfe"}'), FAILED, "not-json"),
    Case("not-a-number", "B9", lambda: m.body(b'{"resourceType":"Bundle","total":NaN}'), FAILED, "not-json"),
    Case("not-a-bundle", "B9", lambda: m.body(b'{"resourceType":"Patient","id":"maria"}'), FAILED, "not-a-bundle"),
    Case(
        "operation-outcome-as-200",
        "B9",
        lambda: m.body(b'{"resourceType":"OperationOutcome","issue":[]}'),
        FAILED,
        "operation-outcome",
    ),
    Case("unknown-encoding", "B7", lambda: m.encoding("br"), FAILED, "content-encoding"),
    Case("two-encodings", "B7", lambda: m.encoding("gzip, gzip"), FAILED, "content-encoding"),
    Case("gzip-that-is-none", "B7", lambda: m.encoding("gzip"), FAILED, "truncated"),
    Case("broken-gzip", "B7", m.broken_gzip, FAILED, "truncated"),
    # Size and depth: requirement B7.
    Case("gzip-bomb", "B7", lambda: m.gzip_bomb(8), PARTLY, "answer-too-large"),
    Case("giant-answer", "B7", lambda: m.giant_page(8), PARTLY, "answer-too-large"),
    Case("nested-five-thousand-deep", "B7", m.deep_nesting, PARTLY, "too-deep"),
    Case("nested-a-little-too-deep", "B7", lambda: m.deep_nesting(80), PARTLY, "too-deep"),
    # Redirects and foreign addresses: requirement B5.
    Case("redirect-to-another-host", "B5", lambda: m.redirect("https://org.example.evil/fhir"), FAILED, "redirect"),
    Case("redirect-to-itself", "B5", lambda: m.redirect("/fhir/Condition", 307), FAILED, "redirect"),
    Case("redirect-without-a-place", "B5", lambda: m.status(300), FAILED, "redirect"),
    Case(
        "next-on-another-host", "B5", lambda: m.next_link("https://evil.example/fhir/Condition"), PARTLY, "other-origin"
    ),
    Case(
        "next-on-a-host-that-begins-alike",
        "B5",
        lambda: m.next_link("{base}.evil.example/fhir/x"),
        PARTLY,
        "address-malformed",
    ),
    Case(
        "next-with-user-information",
        "B5",
        lambda: m.next_link("http://127.0.0.1:80@evil.example/fhir"),
        PARTLY,
        "other-origin",
    ),
    Case(
        "next-on-another-port", "B5", lambda: m.next_link("http://127.0.0.1:9/fhir/Condition"), PARTLY, "other-origin"
    ),
    Case("next-in-another-scheme", "B5", lambda: m.next_link("ftp://127.0.0.1/fhir/Condition"), PARTLY, "other-origin"),
    Case("next-without-a-scheme", "B5", lambda: m.next_link("//evil.example/fhir/Condition"), PARTLY, "other-origin"),
    Case("next-into-a-file", "B5", lambda: m.next_link("file:///etc/passwd"), PARTLY, "other-origin"),
    Case("next-outside-the-base", "B5", lambda: m.next_link("{base}/admin"), PARTLY, "outside-base"),
    Case("next-climbs-out-of-the-base", "B5", lambda: m.next_link("{base}/fhir/%2e%2e/admin"), PARTLY, "outside-base"),
    Case("next-beside-the-base", "B5", lambda: m.next_link("{base}/fhirother/Condition"), PARTLY, "outside-base"),
    Case(
        "next-with-a-backslash",
        "B5",
        lambda: m.next_link("http://127.0.0.1\\@evil.example/"),
        PARTLY,
        "address-malformed",
    ),
    Case(
        "next-with-a-line-break", "B5", lambda: m.next_link("{base}/fhir/Condition?a\r\nb"), PARTLY, "address-malformed"
    ),
    # Pages that lead nowhere: requirements B7, B9.
    Case("next-is-itself", "B9", m.next_loop, PARTLY, "next-loop"),
    Case("next-is-not-text", "B9", lambda: m.bundle(_next_is_a_number), PARTLY, "next-malformed"),
    Case("pages-without-end", "B7", m.endless_pages, PARTLY, "page-budget", limits={"pages": 4}),
    Case(
        "more-resources-than-taken",
        "B7",
        lambda: m.late(0),
        PARTLY,
        "resource-budget",
        more=200,
        limits={"resources": 60},
    ),
    Case("refresh-takes-too-many-pages", "B7", m.endless_pages, PARTLY, "refresh-budget", limits={"refresh_pages": 60}),
    Case("second-page-fails", "B9", lambda: m.status(500), PARTLY, "http-500", query="start=", more=70),
    Case("second-page-is-html", "B9", m.html, PARTLY, "html", query="start=", more=70),
    Case("second-page-is-refused", "B9", lambda: m.status(403), PARTLY, "http-403", query="start=", more=70),
    Case("second-page-never-answers", "B9", m.never_answers, PARTLY, "timeout", query="start=", more=70, limits=FAST),
    Case("one-empty-page-before-the-first", "B9", m.empty_with_next, DONE, None),
    Case("empty-pages-without-end", "B9", lambda: m.empty_with_next(99), PARTLY, "empty-pages"),
    # What is in a Bundle: requirements B9, B10.
    Case("without-total", "B9", m.without_total, DONE, None),
    Case("total-counts-more", "B10", m.wrong_total, DONE, "total-mismatch"),
    Case("total-is-text", "B9", lambda: m.wrong_total("many"), DONE, None),
    Case("total-is-negative", "B9", lambda: m.wrong_total(-1), DONE, None),
    Case("every-entry-twice", "B9", m.duplicate_ids, DONE, None),
    Case("entries-that-are-no-resources", "B9", lambda: m.bundle(_odd_entries), PARTLY, "unusable-entries"),
    Case("ids-that-climb-out", "B9", lambda: m.bundle(_climbing_ids), PARTLY, "unusable-entries"),
    Case(
        "entry-is-not-a-list",
        "B9",
        lambda: m.body(b'{"resourceType":"Bundle","entry":{"a":1},"total":2}'),
        DONE,
        "total-mismatch",
    ),
    Case("says-that-some-were-left-out", "B9", m.warns, PARTLY, "outcome-suppressed"),
    Case("warns-of-nothing-much", "B9", lambda: m.warns("informational"), DONE, None),
    Case("an-error-among-the-entries", "B9", lambda: m.warns("exception", "error"), PARTLY, "outcome-exception"),
    # What resources refer to: requirements B5, B9.
    Case(
        "clinician-refused",
        "B9",
        lambda: m.status(403),
        DONE,
        None,
        path="/fhir/Practitioner/ortiz",
        section=Section.VISITS,
    ),
    Case(
        "clinician-is-html",
        "B9",
        m.html,
        DONE,
        "html",
        path="/fhir/Practitioner/ortiz",
        section=Section.VISITS,
    ),
    Case(
        "clinician-is-another-resource",
        "B9",
        lambda: m.body(b'{"resourceType":"Patient","id":"james"}'),
        DONE,
        "wrong-resource",
        path="/fhir/Practitioner/ortiz",
        section=Section.VISITS,
    ),
    Case(
        "clinician-was-deleted",
        "B10",
        lambda: m.status(410),
        DONE,
        None,
        path="/fhir/Practitioner/ortiz",
        section=Section.VISITS,
    ),
)


def _next_is_a_number(value: dict[str, object], _exchange: object) -> None:
    value["link"] = [{"relation": "next", "url": 7}]


def _odd_entries(value: dict[str, object], _exchange: object) -> None:
    entries = value["entry"]
    assert isinstance(entries, list)
    entries += [None, 7, "text", [], {}, {"resource": None}, {"resource": {"resourceType": 7}}]
    entries.append({"resource": {"resourceType": "Condition", "id": ["a"]}})


def _climbing_ids(value: dict[str, object], _exchange: object) -> None:
    entries = value["entry"]
    assert isinstance(entries, list)
    entries.append({"resource": {"resourceType": "Condition", "id": "../../admin"}})
    entries.append({"resource": {"resourceType": "Condition", "id": ".."}})


def main() -> int:
    """Print the page that lists the cases."""
    sys.stdout.write(page())
    return 0


def page() -> str:
    """``docs/hostile-cases.md``."""
    lines = [HEAD]
    for case in CASES:
        reason = f"`{case.reason}`" if case.reason else "—"
        sees = case.sees or SEES[case.outcome]
        if case.throttled:
            sees += " The link says when an update is possible again."
        lines.append(f"| {case.name} | {case.key} | {case.outcome.value}, {reason} | {sees} |")
    lines += [
        "",
        "## The whole organization",
        "",
        "| case | requirement | what happens | the reader sees |",
        "|---|---|---|---|",
    ]
    for name, (key, what, sees) in STORIES.items():
        shown = STORY_SEES.get(sees, sees)
        lines.append(f"| {name.replace('_', '-')} | {key} | {what.replace('``', '`')} | {shown} |")
    lines += ["", LINKING_HEAD]
    lines += [f"| {name.replace('_', '-')} | {what} | `{code}` |" for name, (what, code) in ATTEMPTS.items()]
    return "\n".join(lines) + "\n"


LINKING_HEAD = """## The link attempt

Each is a test in `tests/integration/linking/test_hostile.py` and leaves no link and no token behind; the bad token and
ID token answers stand there too.

| case | what happens | code on the page |
|---|---|---|"""

HEAD = """# Hostile cases

What other organizations' servers may do, what becomes of it, and what the reader sees. Each line is a test of that
name; this page is made from `tests/hostile/cases.py` (`python -m tests.hostile.cases > docs/hostile-cases.md`).

## One section is spoilt

In every case of this table the other sections of the same organization, everything from other organizations and the
last good items of the section itself are as they were, and no token went anywhere but to the organization's own
address.

| case | requirement | outcome, reason | the reader sees |
|---|---|---|---|"""

STORIES: dict[str, tuple[str, str, str]] = {
    # name of the test → requirement, what the other organization does, what the reader sees
    "another_persons_condition": ("B8", "Up to five of the resources are another patient's.", "KEPT-OUT"),
    "a_few_among_very_many": ("B8", "More than five, but not more than 1 % of the section.", "KEPT-OUT"),
    "another_persons_conditions": ("B8", "More than five, and more than 1 % of the section.", "WRONG"),
    "another_persons_patient_resource": ("B8", "The Patient of somebody else is among them.", "WRONG"),
    "another_person_by_absolute_address": ("B8", "One, with an absolute reference.", "KEPT-OUT"),
    "another_person_on_another_server": ("B8", "Many, of a patient of another server.", "WRONG"),
    "the_same_id_on_another_server": (
        "B8",
        "The patient of that id under a host that the server does not name.",
        "The others of the section, and that not everything could be loaded. The items are kept out.",
    ),
    "an_inner_address_that_the_server_names": ("B8", "The same under a host that it names.", "All sections."),
    "administrators_are_told_at_once": ("B8", "The same; administrators have e-mail.", "WRONG"),
    "merged_patients_are_one_person": ("B8", "Another id that its own Patient names in ``link``.", "All sections."),
    "a_patient_that_is_not_declared_is_not_the_person": ("B8", "An id that ``link`` does not name.", "KEPT-OUT"),
    "another_person_among_the_included": ("B8", "An included resource is another patient's.", "KEPT-OUT"),
    "another_persons_panel_member": ("B8", "A report leads to another patient's result.", "KEPT-OUT"),
    "others_on_the_second_page": ("B8", "The first page is right, the second is not.", "WRONG"),
    "a_patient_inside_the_resource": (
        "B8",
        "The subject is a contained Patient, so nobody can tell whose it is.",
        "The others of the section, and that not everything could be loaded. The item is kept out.",
    ),
    "an_appointment_of_several_people": ("B8", "An appointment of mother and child.", "The appointment."),
    "a_visit_of_a_group": ("B8", "The subject is a Group.", "The others of the section; the visit is kept out."),
    "no_token_to_a_foreign_next": ("B5", "``next`` leads to another server.", "Not everything could be loaded."),
    "no_token_after_a_redirect": ("B5", "A redirect leads to another server.", "This section could not be loaded."),
    "no_token_to_a_foreign_reference": ("B5", "A reference leads to another server.", "The item without that name."),
    "no_token_to_an_attachment": ("B5", "A document's address is on another server.", "The document."),
    "token_refused_for_good": ("B9", "401, and the refresh is refused.", "VERIFY"),
    "new_token_refused_as_well": ("B9", "401 also with a fresh token.", "VERIFY"),
    "one_renewal_for_all_threads": ("B4", "The token expires while three searches are under way.", "All sections."),
    "token_endpoint_down": ("B4", "The token is old and the token endpoint answers 503.", "ERROR"),
    "rotated_answer_lost": ("B4", "The answer with the rotated token never arrives.", "VERIFY"),
    "organization_down": ("E3", "No connection at all.", "ERROR"),
    "organization_hangs": ("E3", "Every request hangs; only a few are tried.", "ERROR"),
    "everything_html": ("B9", "A sign-in wall in front of everything.", "ERROR"),
    "down_then_healed": ("B9", "Down once, well the next time.", "Everything as always; the warning is gone."),
    "deleted_there": ("B10", "An item was deleted there.", "It is gone."),
    "entered_in_error": ("B10", "Items are marked as entered in error.", "They are gone or marked."),
    "corrected_there": ("B10", "An item was corrected there.", "The corrected item only."),
    "absent_from_a_partial_answer": ("B10", "An item is absent from an answer that broke off.", "It stays."),
    "absent_when_the_count_is_off": ("B10", "Fewer items than the total says.", "The missing ones stay."),
    "a_whole_section_emptied": ("B10", "A complete answer without any item.", "Nothing documented."),
    "deleted_while_the_server_warns": ("B10", "Something is withheld, and an item was deleted.", "It is gone."),
    "a_category_that_the_server_does_not_know": ("B9", "400 for one category of five.", "The section as always."),
    "cancelled_in_the_middle": ("E1", "The patient cancels while it runs.", "What was there before."),
    "unlinked_in_the_middle": ("E1", "The patient unlinks while it runs.", "Nothing from this organization."),
    "process_died_in_the_middle": ("E1", "The process is gone after three sections.", "All, once another took over."),
    "a_server_of_another_fhir_version": ("B2", "It speaks DSTU2.", "ERROR"),
    "no_capability_statement": ("B2", "``metadata`` answers 500.", "All sections: everything is asked for."),
    "only_the_older_discovery": ("B2", "No smart-configuration.", "All sections."),
}
"""Stories of their own: ``test_<name>`` in this folder."""

STORY_SEES = {
    "KEPT-OUT": "The others of the section, and that something of somebody else was kept out. An operator is told.",
    "WRONG": "Nothing of it. The update stopped, the link asks to verify the account, and an operator is told.",
    "VERIFY": "The last good items with their date, and “Verify account” with the reason.",
    "ERROR": "The last good items with their date, a warning mark, “Try again”.",
}


if __name__ == "__main__":
    sys.exit(main())
