"""Correcting an entry of the directory."""

import re

from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from portal.directory.correcting import OrganizationCorrection
from portal.domain.links import OrganizationKind
from portal.store.directory.organizations import Organization
from portal.web.admin.words import KINDS
from portal.web.phrases import lazy_gettext as _

_HTTPS = re.compile(r"https://[^\s/]+(?:/\S*)?", re.IGNORECASE)
_NAME = 300  # characters of a name
_NAMES = 40  # other names of one kind


def lines(text: str | None) -> tuple[str, ...]:
    """Return what stands on the lines of a text field, each once."""
    return tuple(dict.fromkeys(" ".join(line.split()) for line in (text or "").splitlines() if line.strip()))


def _names(_form: FlaskForm, field: TextAreaField) -> None:
    addresses = lines(field.data)
    if len(addresses) > _NAMES or any(len(name) > _NAME for name in addresses):
        raise ValidationError(_("Too many names, or one is too long."))


def _address(_form: FlaskForm, field: StringField) -> None:
    """As it was, or https: patients are sent there."""
    text = (field.data or "").strip()
    if text and text != field.object_data and not _HTTPS.fullmatch(text):
        raise ValidationError(_("Enter an address with https://"))


class EntryForm(FlaskForm):  # type: ignore[misc]
    name = StringField(_("Name"), [DataRequired(_("Enter a name.")), Length(max=_NAME)])
    kind = SelectField(_("Kind"), choices=[SelectChoice(kind.value, word) for kind, word in KINDS.items()])
    aliases = TextAreaField(_("Other names"), [_names])
    former_names = TextAreaField(_("Former names"), [_names])
    line = StringField(_("Street"), [Length(max=200)])
    city = StringField(_("City"), [Length(max=100)])
    state = StringField(_("State"), [Length(max=40)])
    postal_code = StringField(_("Postal code"), [Length(max=20)])
    phone = StringField(_("Phone"), [Length(max=60)])
    portal_url = StringField(
        _("Address of its own patient portal"),
        [Length(max=500), _address],
    )

    @classmethod
    def of(cls, entry: Organization) -> "EntryForm":
        """Fill the form in as the entry is now, or as it was sent."""
        return cls(
            name=entry.name,
            kind=entry.kind.value,
            aliases="\n".join(entry.aliases),
            former_names="\n".join(former.name for former in entry.former_names),
            line=entry.line,
            city=entry.city,
            state=entry.state,
            postal_code=entry.postal_code,
            phone=entry.phone,
            portal_url=entry.portal_url or "",
        )

    def correction(self) -> OrganizationCorrection:
        def text(field: StringField) -> str:
            return " ".join((field.data or "").split())

        return OrganizationCorrection(
            name=text(self.name),
            kind=OrganizationKind(self.kind.data),
            aliases=lines(self.aliases.data),
            former_names=lines(self.former_names.data),
            line=text(self.line),
            city=text(self.city),
            state=text(self.state),
            postal_code=text(self.postal_code),
            phone=text(self.phone),
            portal_url=text(self.portal_url),
        )
