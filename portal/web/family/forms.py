"""The forms of the family's pages."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from portal.access.proxies import GROUPS, effective
from portal.domain.people import ProxyChoice
from portal.extensions import current_services
from portal.web.family.models import last_day
from portal.web.phrases import lazy_gettext as _

_YEAR = timedelta(days=365)


class ChoicesForm(FlaskForm):  # type: ignore[misc]
    """What a proxy sees and does, and until which day (empty: until it is ended)."""

    choices = SelectMultipleField(_("What they can see"), choices=[choice.value for choice in ProxyChoice])
    until = StringField(_("Until"), validators=[Length(max=10)])

    def validate_choices(self, _field: SelectMultipleField) -> None:
        if frozenset(self.chosen).isdisjoint(GROUPS):
            raise ValidationError(_("Check at least one thing that they can see"))

    def validate_until(self, field: StringField) -> None:
        if field.data and (self.ends_at is None or self.ends_at <= datetime.now(UTC)):
            raise ValidationError(_("Enter a day to come, or leave it empty"))

    @property
    def chosen(self) -> frozenset[ProxyChoice]:
        """Return what was checked; what is no choice at all counts for nothing."""
        return effective(choice for choice in ProxyChoice if choice.value in (self.choices.data or ()))

    @property
    def ends_at(self) -> datetime | None:
        """Return the end of the day that was entered, where the organization is."""
        zone = ZoneInfo(current_services().settings.time_zone)
        try:
            return (datetime.fromisoformat(self.until.data) + timedelta(days=1)).replace(tzinfo=zone)
        except (TypeError, ValueError, OverflowError):  # no day; the last that there is
            return None

    def fill(self, choices: Iterable[ProxyChoice], ends_at: datetime | None) -> None:
        """Show what holds now."""
        self.choices.data = [choice.value for choice in choices]
        self.until.data = last_day(ends_at)


class InviteForm(ChoicesForm):
    name = StringField(_("Their name"), validators=[DataRequired(_("Enter their name")), Length(max=100)])
    owner_is = StringField(_("Who are they to you?"), validators=[Length(max=60)])

    def begin(self, choices: Iterable[ProxyChoice]) -> None:
        """Show what is usual for somebody new."""
        self.fill(choices, datetime.now(UTC) + _YEAR)


class InvitationCodeForm(FlaskForm):  # type: ignore[misc]
    code = StringField(_("Code"), validators=[DataRequired(_("Enter the code")), Length(max=40)])


class InvitationAnswerForm(InvitationCodeForm):
    relationship = StringField(validators=[Length(max=60)])


class JoinForm(InvitationCodeForm):
    birth_date = StringField(validators=[DataRequired(_("Enter the birth date")), Length(max=10)])
    display = StringField(_("Your name"), validators=[DataRequired(_("Enter your name")), Length(max=100)])
    username = StringField(_("Choose a user name"), validators=[DataRequired(_("Enter a user name")), Length(max=60)])
    password = PasswordField(_("Choose a password"), validators=[DataRequired(_("Choose a password"))])
