"""The rules of merge as Markdown, made of the tables that it works by: ``portal records rules``."""

from collections.abc import Iterator

from portal.merge.properties import ELSEWHERE, READ, RULED
from portal.merge.reading import READERS
from portal.merge.rules import RULES, Method, Property, Rules

_HEAD = """# When two entries are the same

Made from `portal/merge/rules.py` by `portal records rules`; do not edit it here (a test compares the two). What decides
is docs/clinical-truth.md, §1 and §2; these are the tables that merge works by.

Two entries of different organizations are one row when they share an identity and nothing keeps them apart. What keeps
apart wins over every shared code. Where a marked property keeps two entries apart that are otherwise the same, there
are two rows that name each other. Within one organization entries stay rows of their own, except for earlier versions,
orders of one therapy, diagnoses of several visits and word-for-word repeats (clinical-truth.md §1 a to e). One number
makes versions only of one thing of one moment: a surgical case, an accession or an order holds several. Orders with the
same instructions fold first, then past orders of one product; what an organization's entries fold into is compared with
others as one statement, by its newest entry, its therapy lasting from the first to the last order that lie near.

What a note states under a label ("Severity: severe") or in a clause that says nothing else ("Ruled out") is read like a
field, where no field says it: as far as it states it plainly, of this patient, this thing and now. What is denied,
supposed, asked, planned, quoted, told of a relative or of something else, or left open in a form says nothing
(`portal/merge/notes/asserted.py`; `tests/unit/merge/texts.txt` has examples). What became of a thing (stopped,
resolved, ruled out, aborted, removed, cancelled) is read wherever a sentence tells it of the thing itself; the last
event holds
(`portal/merge/notes/note_events.py`; `tests/unit/merge/longer_texts.txt`).

Somebody's role or a practitioner alone is compared as a care team of one.

Columns: *differs* is what happens when both sides state the property, and differently; *one-sided* is what happens when
one side states it and the other is silent. "apart" is two rows, "marked" is two rows that name each other, "-" keeps
nothing apart. A difference is shown under the name in *shown as*.
"""

_TAIL = """## Trying two resources

`portal records compare LEFT RIGHT` says what merge makes of two FHIR resources. It needs no instance, database or
settings, and stores nothing. LEFT and RIGHT are JSON files: one resource, or a list of it and of the resources that it
refers to (a MedicationRequest with its Medication). Ids, subjects and `meta` may be left out.

    portal records compare ours.json theirs.json
    portal records compare ours.json theirs.json --one-organization --json
    portal records compare --batch pairs.ndjson > verdicts.ndjson

A line of `pairs.ndjson` is `{"id": "1", "left": {…}, "right": {…}, "one_organization": false}`; one line of JSON comes
out for each, about a thousand a second:

| field | meaning |
|---|---|
| `id` | the pair's id, as given |
| `verdict` | `same` (one row), `different` (two), `refused` (a side gave no entry; why is in the import report) |
| `may_be_same` | two rows that name each other |
| `disagreements` | what the row shows side by side, or what keeps two apart: `field`, `left`, `right` |
| `rows` | how many rows there are |
| `hidden` | what of the two reaches no row, mark or count; always empty, else it is a fault worth reporting |

To try a change of the rules: change `portal/merge/rules.py` or a table
beside it, run `portal records compare` again, then `python -m tests.benchmarks.merge_report
tests/benchmarks/merge_pairs/open/*.ndjson` for what it does to all labelled pairs, then `portal records rules >
docs/merge-rules.md`. In an instance a changed rule takes effect with `portal records renormalise`, which reads all raw
resources again, groups them anew and prints what changed; it may be stopped and run again.
"""

_COMPARED = {
    Method.EQUAL: "equal",
    Method.OVERLAP: "one in common",
    Method.CODES: "one code in common where both use one system",
    Method.WORDS: "the same words in any order; words that only add to the other's count as one-sided",
    Method.AMOUNTS: "numbers of one dimension, within half a percent",
    Method.MEASURED: "after exact conversion, within rounding of the coarser value",
    Method.MOMENT: "the same minute; a date covers its day",
    Method.DAY: "the same calendar day",
    Method.THERAPY: "not far between two periods: 90 days of therapies, 31 of others",
    Method.EPISODE: "periods overlap",
    Method.PEOPLE: "one name in common; an initial fits a given name",
    Method.AFFIRMED: "equal, and not refuted",
    Method.EACH: "equal, each kind of number by itself",
    Method.UNLESS_NUMBERED: "equal, unless the payer's number, group or plan agrees",
    Method.WORDS_OR_CODE: "the same words in any order, or one code that says them; more words count as one-sided",
    Method.TYPES: "equal; what one side leaves unsaid may be in the name of its code",
    Method.UNLESS_IDENTIFIED: "equal, unless both have one national identifier",
    Method.UNLESS_NOTED: "equal; words of one side and a note of the other count as both saying it",
    Method.UNLESS_TOLD: "equal; words of one side and a field of the other count as both saying it",
    Method.BY_CODE: "equal; one-sided keeps apart only where no code is shared",
    Method.BY_ACCESSION: "equal; one-sided keeps apart only where no accession number is shared",
    Method.BY_IDENTIFIER: "equal; one-sided keeps apart only where no national identifier is shared",
}


def markdown() -> str:
    """Return docs/merge-rules.md."""
    return "\n".join((_HEAD, *(part for kind, rules in RULES.items() for part in _section(kind, rules)), _TAIL))


def _section(kind: str, rules: Rules) -> Iterator[str]:
    yield f"## {rules.title}\n"
    yield f"Shared: {rules.same}.\n"
    if not rules.apart:
        return
    yield "| keeps apart | what it is | compared | differs | one-sided | shown as |\n|---|---|---|---|---|---|"
    for item in rules.apart:
        yield f"| {item.name} | {item.about} | {_COMPARED[item.by]} | {_differs(item)} | {_lone(item)} | {item.shown} |"
    yield f"\nMay disagree within a row: {', '.join(rules.disagree)}; and everything else that both sides state.\n"
    yield from _not_compared(kind)
    if rules.lone:
        yield "Rows that are near each other and share no identity name each other too.\n"


def _not_compared(kind: str) -> Iterator[str]:
    """Yield what is no disagreement although both sides state it, with why."""
    detail = next(detail for detail, (name, _reader) in READERS.items() if name == kind and detail in ELSEWHERE)
    reasons: dict[str, list[str]] = {}
    for name, why in ELSEWHERE[detail].items():
        if why not in (RULED, READ):
            reasons.setdefault(why, []).append(name.replace("_", " "))
    if reasons:
        listed = "; ".join(f"{', '.join(names)} ({why})" for why, names in reasons.items())
        yield f"Stated, and never a disagreement: {listed}.\n"


def _differs(item: Property) -> str:
    return "marked" if item.marked else "apart"


def _lone(item: Property) -> str:
    return "marked" if item.stated or item.by in _BY_PROOF else "-"


_BY_PROOF = frozenset({Method.BY_CODE, Method.BY_ACCESSION, Method.BY_IDENTIFIER})
