"""Narrowing a section by words and dates: a form whose values are in the address, so that one can come back."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import DateField, SearchField, ValidationError
from wtforms.validators import Optional

from portal.extensions import current_services
from portal.store.records.periods import Period
from portal.web.phrases import lazy_gettext as _

_LONGEST = 100  # characters of a query


class _DayField(DateField):  # type: ignore[misc]
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Give a date as year, month and day, for example 2026-03-31.")) from None


class RangeForm(FlaskForm):  # type: ignore[misc]
    """The first and last day of something that is only read."""

    class Meta:
        csrf = False  # it only reads

    since = _DayField(_("First day"), [Optional()])
    until = _DayField(_("Last day"), [Optional()])

    def validate_until(self, field: DateField) -> None:
        if isinstance(self.since.data, date) and field.data and field.data < self.since.data:
            raise ValidationError(_("The last day lies before the first: exchange them, or leave one empty."))


class NarrowForm(RangeForm):
    """Words that an item has, and the first and last day it is from."""

    q = SearchField(_("Words"), filters=[lambda value: (value or "").strip()[:_LONGEST]])


class Narrowing:
    """What was asked for. With an error in the form nothing is narrowed, and the form says what is wrong."""

    def __init__(self, args: Mapping[str, str]) -> None:
        query = {name: args[name] for name in ("q", "since", "until") if args.get(name)}
        self.form = NarrowForm(MultiDict(query))
        self.active = bool(query)
        sound = self.form.validate()
        since, until = self.form.since.data, self.form.until.data
        self.q: str = self.form.q.data if sound else ""
        self.period = (
            Period(since, until, ZoneInfo(current_services().settings.time_zone))
            if sound and (since or until)
            else None
        )
        self.address: dict[str, Any] = query
