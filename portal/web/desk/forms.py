"""The desk's forms."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from portal.domain.assists import Consent, Purpose, WaitingPlace
from portal.web.desk.words import CONSENTS, PLACES, PURPOSES
from portal.web.phrases import lazy_gettext as _


class FindForm(FlaskForm):  # type: ignore[misc]
    number = StringField(_("Record number (MRN): scan or type"), [Length(max=60)])
    birth_date = StringField(_("Birth date"), [Length(max=10)])
    family = StringField(_("Last name"), [Length(max=100)])
    given = StringField(_("First name"), [Length(max=100)])


class AskForm(FlaskForm):  # type: ignore[misc]
    purpose = RadioField(
        _("What you will help with"),
        choices=[SelectChoice(purpose.value, word) for purpose, word in PURPOSES.items()],
        validators=[DataRequired(_("Choose what you will help with."))],
    )
    consent = RadioField(
        _("How the patient says yes"),
        choices=[SelectChoice(consent.value, word) for consent, (word, _hint) in CONSENTS.items()],
        default=Consent.DEVICE.value,
        validators=[DataRequired(_("Choose how the patient says yes."))],
    )
    id_checked = BooleanField(_("I compared a photo ID"))


class ConsentCodeForm(FlaskForm):  # type: ignore[misc]
    code = StringField(_("Code from the patient"), [DataRequired(_("Enter the code.")), Length(max=20)])


class WaitForm(FlaskForm):  # type: ignore[misc]
    purpose = SelectField(
        _("What you need"), choices=[SelectChoice(purpose.value, word) for purpose, word in PURPOSES.items()]
    )
    place = SelectField(_("Where you are"), choices=[SelectChoice(place.value, word) for place, word in PLACES.items()])

    def wishes(self) -> tuple[Purpose, WaitingPlace]:
        return Purpose(self.purpose.data), WaitingPlace(self.place.data)


class HandoverForm(FlaskForm):  # type: ignore[misc]
    code = StringField(_("Code from the front desk"), [DataRequired(_("Enter the code.")), Length(max=20)])
