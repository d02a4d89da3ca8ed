"""What a person writes."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, MultipleFileField, StringField, TextAreaField
from wtforms.validators import Length

from portal.messaging.incoming import MOST_LETTERS
from portal.web.phrases import lazy_gettext as _


class ReplyForm(FlaskForm):  # type: ignore[misc]
    """``message`` names what is written: sent twice, it is there once."""

    message = HiddenField()
    body = TextAreaField(
        _("Your message"),
        [Length(max=MOST_LETTERS, message=_("Use at most %(num)s characters.", num=MOST_LETTERS))],
    )
    files = MultipleFileField(_("Add a file"))


class WriteForm(ReplyForm):
    to = HiddenField()
    about = HiddenField()
    subject = StringField(
        _("What it is about"), [Length(max=120, message=_("Use at most %(num)s characters.", num=120))]
    )
