"""The forms of signing in, and of how one signs in."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length, Optional, Regexp

from portal.web.phrases import lazy_gettext as _


class SignInForm(FlaskForm):  # type: ignore[misc]
    username = StringField(_("User name"), validators=[DataRequired(_("Enter your user name")), Length(max=200)])
    password = PasswordField(_("Password"), validators=[DataRequired(_("Enter your password")), Length(max=1000)])


class CodeForm(FlaskForm):  # type: ignore[misc]
    code = StringField(_("Code"), validators=[DataRequired(_("Enter a code")), Length(max=40)])
    remember = BooleanField(_("Don’t ask again on this device for 30 days. Not on a shared computer."))


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    proof = StringField(validators=[DataRequired(_("Enter it here")), Length(max=1000)])


class NewAuthenticatorForm(FlaskForm):  # type: ignore[misc]
    sealed = HiddenField()
    code = StringField(_("Code that the app shows"), validators=[DataRequired(_("Enter a code")), Length(max=40)])


class PasswordForm(FlaskForm):  # type: ignore[misc]
    current = PasswordField(
        _("Current password"), validators=[DataRequired(_("Enter your current password")), Length(max=1000)]
    )
    password = PasswordField(_("New password"), validators=[DataRequired(_("Enter a new password"))])


class EmailForm(FlaskForm):  # type: ignore[misc]
    email = EmailField(
        _("E-mail address"),
        validators=[
            Optional(),
            Length(max=254, message=_("Enter a shorter e-mail address")),
            Regexp(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+\Z", message=_("Enter an e-mail address, like name@example.com")),
        ],
    )


class ActivationForm(FlaskForm):  # type: ignore[misc]
    code = StringField(_("Activation code"), validators=[DataRequired(_("Enter the code")), Length(max=40)])
    birth_date = StringField(_("Birth date"), validators=[Length(max=10)])
    password = PasswordField(_("Choose a password"), validators=[DataRequired(_("Choose a password"))])


class ForgottenForm(FlaskForm):  # type: ignore[misc]
    username = StringField(_("User name"), validators=[DataRequired(_("Enter your user name")), Length(max=200)])


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    password = PasswordField(_("New password"), validators=[DataRequired(_("Enter a new password"))])
