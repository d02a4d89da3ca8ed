"""``/admin/directory/<organization>/rules``: what one administrator proposes of one organization, another confirms."""

from collections.abc import Iterator

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectChoice, SelectMultipleField
from wtforms.validators import NumberRange, Optional

from portal.access import Duty
from portal.access.policy import MOST_DELAY_DAYS, OrganizationRules
from portal.domain.errors import NotFoundError
from portal.endpoints import confirm_first, for_duty
from portal.extensions import current_services
from portal.linking import organization_rules
from portal.provider import proposals
from portal.provider.types import ASKED_BY_NAME, OF_A_PERSON, WORDS
from portal.store.directory import organizations
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext, ngettext

_NAMES = ("confidential", "messages_off", "manual", "reverse_links")
KINDS_RELEASED = {kind: words for kind, words in WORDS.items() if kind in OF_A_PERSON and kind != "Patient"}
KINDS_RELEASED |= ASKED_BY_NAME
"""Types of resources that a release policy is about, in words."""


class RulesForm(FlaskForm):  # type: ignore[misc]
    confidential = BooleanField(
        lazy_gettext("That a patient goes there is confidential, and all that comes from there")
    )
    messages_off = BooleanField(lazy_gettext("Nobody writes messages there from here"))
    manual = BooleanField(lazy_gettext("Updated by hand only: the patient signs in there each time"))
    reverse_links = BooleanField(lazy_gettext("A link back is offered: its portal may show the record from here"))
    withheld = SelectMultipleField(
        lazy_gettext("Its portal does not get from here"),
        choices=[SelectChoice(kind, words) for kind, words in KINDS_RELEASED.items()],
    )
    results_delay_days = IntegerField(
        lazy_gettext("Days until its portal reads a new result"), [Optional(), NumberRange(0, MOST_DELAY_DAYS)]
    )

    def rules(self) -> OrganizationRules:
        chosen = set(self.withheld.data or ())
        return OrganizationRules(
            **{name: bool(self[name].data) for name in _NAMES},
            withheld=tuple(kind for kind in KINDS_RELEASED if kind in chosen),
            results_delay_days=self.results_delay_days.data or 0,
        )


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/directory/<organization>/rules", view_func=propose_rules, methods=["POST"])


@for_duty(Duty.MANAGE_RELEASE)
@confirm_first(back="admin.entry")
def propose_rules(organization: str) -> ResponseReturnValue:
    """Propose other rules for one organization; nothing changes yet."""
    form = RulesForm()
    if not form.validate():
        flash(_("Enter a number of days, 0 to 60."))
        return redirect(url_for("admin.entry", organization=organization), 303)
    rules = form.rules()
    with current_services().db.transaction() as tx:
        entry = organizations.by_id(tx, organization_id=organization)
        if entry is None:
            raise NotFoundError
        if organization_rules.of(entry) == rules:
            flash(_("That is what holds already."))
        else:
            proposals.propose_rules(tx, organization_id=entry.id, rules=rules, by=current_user.account)
            flash(_("It waits for a second administrator. Nothing has changed yet."))
    return redirect(url_for("admin.entry", organization=organization), 303)


def in_words(rules: OrganizationRules) -> Iterator[str]:
    """Yield what rules say, those that hold and those that do not."""
    form = RulesForm(formdata=None)
    for name in _NAMES:
        label = form[name].label.text
        yield _("%(rule)s: yes", rule=label) if getattr(rules, name) else _("%(rule)s: no", rule=label)
    if withheld := [str(KINDS_RELEASED[kind]) for kind in rules.withheld if kind in KINDS_RELEASED]:
        yield _("Its portal does not get: %(kinds)s", kinds=", ".join(withheld))
    if days := rules.results_delay_days:
        yield ngettext("Results for it: after %(num)s day", "Results for it: after %(num)s days", days)
