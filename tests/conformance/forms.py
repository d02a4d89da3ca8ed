"""Every form of the pages with the rules of its fields: ``python -m tests.conformance.forms > docs/input.md``.

Read from the forms themselves; a test compares. What is not in a form is said in the words above the table.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask_wtf import FlaskForm
from flask_wtf.file import FileRequired
from wtforms import Field, HiddenField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from portal.app import create_app
from tests.factories.settings import make_settings

_HEAD = """# What may be entered

Every field of the pages' forms, read from the forms by `python -m tests.conformance.forms > docs/input.md`. What a field
does not take is said beside it (422), and nothing is changed. Lengths are characters. What software sends is described
elsewhere: FHIR and OAuth in [provider.md](provider.md), files of the command line in `portal --help`, settings by `portal settings`.

Addresses are decoded once, before anything is looked at; a value that is longer than its field takes is cut or refused
before it is stored; a form without its token does nothing. Days are read as month, day, year or as ISO 8601.

## What belongs together

| | rule | test |
|---|---|---|
| looking for a person | two details, a number and the birth date, that fit one person and no other | `tests/integration/desk/test_assist.py::test_one_detail_or_a_wrong_one_finds_nobody` |
| two records that are one | two persons, of whom neither is about to be erased; nobody's own | `tests/integration/privacy/test_merging_persons.py::test_nobody_is_merged_who_waits_to_be_erased_or_closed` |
| a reading from home | each number of its kind, on a day that is not before the birth date | `tests/integration/web/test_own_readings.py::test_a_day_before_the_birth_date_is_said` |
| a weight | not far from the last one, unless the person says that it is right, for this very number | `tests/integration/web/test_own_readings.py::test_a_weight_far_from_the_last_one_is_asked` |
| a shared link | at least one section, and for whom it is; something must be in it | `tests/integration/sharing/test_chosen.py::test_where_nothing_was_chosen_that_there_is_no_link_is_made` |
| a code and a birth date | both, five tries together | `tests/integration/authentication/test_activation.py::test_five_wrong_birth_dates_end_it` |
| a second person's word | another human than who asked, with another account neither | `tests/integration/privacy/test_merging_persons.py::test_two_accounts_of_one_human_are_not_two_people` |
| a message and its files | a text, three files at most, to somebody who takes messages now | `tests/integration/messaging/test_writing.py::test_what_cannot_be_sent_says_why_and_keeps_the_text` |

## Files

What a file is, its bytes say, not its name. Beyond these sizes it is refused before it is read.

| where | what | at most | test |
|---|---|---|---|
| a message | PNG, JPEG, PDF without scripts or files in it | 3 of 5 MiB | `tests/integration/messaging/test_writing.py::test_files_are_added_and_left_out_again` |
| a calendar of one's own | iCalendar, 100 appointments | 256 kB | `tests/integration/web/test_own_calendar.py::test_what_is_refused_says_why` |
| the desk: a picture of a code | a picture; it is read and not kept | 64 million pixels | `tests/integration/desk/test_receiving.py::test_a_picture_of_the_code_does_as_well` |
| inviting many | CSV with the columns that the page names, 500 lines | 10 MiB | `tests/integration/web/test_patient_accounts.py::test_many_are_invited_from_a_file` |
| a logo (command, directory) | a picture, drawn anew as PNG | 16 million pixels | `tests/unit/directory/test_logos.py::test_what_is_no_picture_is_refused` |

## Fields
"""  # noqa: E501 -- rows of tables


def _forms(base: type[FlaskForm]) -> Iterator[type[FlaskForm]]:
    for form in base.__subclasses__():
        yield from _forms(form)
        if form.__module__.startswith("portal."):
            yield form


def _rules(field: Field) -> str:
    rules = []
    for each in field.validators:
        if isinstance(each, DataRequired | InputRequired | FileRequired):
            rules.append("must be there")
        elif isinstance(each, Length):
            least = f"at least {each.min}" if each.min > 0 else ""
            most = f"at most {each.max}" if each.max > 0 else ""
            rules.append(" and ".join(filter(None, (least, most))))
        elif isinstance(each, Regexp):
            rules.append(f"`{each.regex.pattern}`".replace("|", "\\|"))
        elif isinstance(each, NumberRange):
            rules.append(f"{each.min} to {each.max}")
        elif not isinstance(each, Optional):
            rules.append("in a form of its own")
    choices = getattr(field, "choices", None)
    if choices and not callable(choices):
        rules.append(f"one of {len(list(choices))}")
    return ", ".join(rules) or "any"


def as_markdown() -> str:
    """Return ``docs/input.md``."""
    lines = ["| where | field | kind | rule |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(make_settings(Path(folder)))
        with app.test_request_context():
            for form in sorted(set(_forms(FlaskForm)), key=lambda form: (form.__module__, form.__name__)):
                place = form.__module__.removeprefix("portal.web.").replace(".", "/")
                for field in form(meta={"csrf": False}):
                    if not isinstance(field, HiddenField):
                        kind = type(field).__name__.removesuffix("Field").lower()
                        lines.append(f"| `{place}` | {field.label.text} | {kind.strip('_')} | {_rules(field)} |")
        app.extensions["tributary"].db.close()
    return "\n".join([_HEAD, *dict.fromkeys(lines), ""])


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
