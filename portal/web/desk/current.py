"""Whom the clerk helps now, and what happens when nobody is."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.assist import assists
from portal.domain.errors import ConflictError
from portal.extensions import current_services
from portal.store.desk.assists import Assist
from portal.web.desk import words
from portal.web.phrases import gettext as _

_OVER = "assist-over"


def current_assist() -> Assist:
    """Return the open assist.

    Raises:
        ConflictError: there is none, or its time was up.
    """
    assist = assists.current(current_services(), current_user.account)
    if assist is None:
        raise ConflictError(_OVER)
    return assist


def bind(blueprint: Blueprint) -> None:
    """Let what cannot be done lead back to where the clerk was, with the reason."""

    @blueprint.errorhandler(ConflictError)
    def _conflict(error: ConflictError) -> ResponseReturnValue:
        if error.code == _OVER:
            flash(_("Nobody is being helped now."))
            return redirect(url_for("desk.start"), 303)
        flash(words.problem(error.code))
        return redirect(url_for("desk.patient"), 303)
