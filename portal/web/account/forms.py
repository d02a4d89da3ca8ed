"""The forms of signing in."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length


class SignInForm(FlaskForm):  # type: ignore[misc]
    username = StringField(_("User name"), validators=[DataRequired(_("Enter your user name")), Length(max=200)])
    password = PasswordField(_("Password"), validators=[DataRequired(_("Enter your password")), Length(max=1000)])
