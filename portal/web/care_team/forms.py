"""The forms of the care team."""

from flask_wtf import FlaskForm
from msgspec.structs import replace
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from portal.messaging.incoming import MOST_LETTERS
from portal.store.messages.policies import Policy, Template
from portal.web.phrases import lazy_gettext as _

_TEMPLATES = 3


class MessageAnswerForm(FlaskForm):  # type: ignore[misc]
    delivery = HiddenField(validators=[DataRequired(), Length(max=40)])
    text = TextAreaField(
        _("Your answer"),
        [DataRequired(_("Write an answer.")), Length(max=MOST_LETTERS, message=_("This is too long."))],
    )


class PolicyForm(FlaskForm):  # type: ignore[misc]
    """How messages are taken, by one clinician or by all."""

    accepts = BooleanField(_("Patients can write messages"))
    days = IntegerField(
        _("Work days until an answer"),
        [Optional(), NumberRange(1, 30, message=_("Enter a number from 1 to 30."))],
    )
    away = TextAreaField(_("Away text"), [Length(max=500, message=_("This is too long."))])

    def policy(self, before: Policy) -> Policy:
        """Return what was filled in; what this form does not ask for stays as it was."""
        text = replace(before.text, away=_text(self.away), days=self.days.data or 2)
        return Policy(accepts=bool(self.accepts.data), text=text)


class TemplateForm(Form):  # type: ignore[misc]
    title = StringField(_("Name"), [Length(max=60)])
    text = TextAreaField(_("Text"), [Length(max=2000)])


class OrganizationForm(PolicyForm):
    cost = TextAreaField(_("What answers may cost"), [Length(max=500, message=_("This is too long."))])
    templates = FieldList(FormField(TemplateForm), min_entries=_TEMPLATES, max_entries=_TEMPLATES)

    def policy(self, before: Policy) -> Policy:
        templates = (Template(_text(each.title), _text(each.text)) for each in self.templates)
        complete = tuple(template for template in templates if template.title and template.text)
        policy = super().policy(before)
        return replace(policy, text=replace(policy.text, cost=_text(self.cost), templates=complete))


def _text(field: Field) -> str:
    return (field.data or "").strip()


def of_organization(policy: Policy) -> dict[str, object]:
    """Return the values that the organization's form begins with."""
    templates = [{"title": template.title, "text": template.text} for template in policy.text.templates]
    return {**of_clinician(policy), "cost": policy.text.cost, "templates": templates}


def of_clinician(policy: Policy) -> dict[str, object]:
    return {"accepts": policy.accepts, "days": policy.text.days, "away": policy.text.away}
