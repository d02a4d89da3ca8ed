"""``/admin/directory``: looking through the directory, correcting an entry, switching its policy, merging two."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import audit
from portal.access import Duty
from portal.directory import correcting
from portal.directory.search import search
from portal.domain.errors import ConflictError, InvalidInputError, NotFoundError
from portal.domain.links import LinkPolicy
from portal.endpoints import confirm_first, for_duty
from portal.extensions import current_services
from portal.linking.link_policy import set_policy
from portal.store import Tx
from portal.store.directory import admin as directory_admin
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization
from portal.store.provider.proposals import ORGANIZATION
from portal.web.admin import words
from portal.web.admin.forms import EntryForm
from portal.web.admin.organization_rules import RulesForm
from portal.web.admin.release import waiting
from portal.web.guards import audit_actor
from portal.web.htmx import render
from portal.web.phrases import gettext as _

PAGE = 50
_LONGEST = 100  # characters of a query


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """One line of the list."""

    entry: Organization
    kind: str
    policy: str
    href: str


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/directory", view_func=directory)
    blueprint.add_url_rule("/directory/<organization>", view_func=entry)
    blueprint.add_url_rule("/directory/<organization>", view_func=correct, methods=["POST"])
    blueprint.add_url_rule("/directory/<organization>/policy", view_func=policy, methods=["POST"])
    blueprint.add_url_rule("/directory/<organization>/merge", view_func=candidates)
    blueprint.add_url_rule("/directory/<organization>/merge", view_func=merge, methods=["POST"])


@for_duty(Duty.MANAGE_DIRECTORY)
def directory() -> Response:
    """All entries by name, or those that a patient would find with ``q``; ``policy`` narrows, ``after`` goes on."""
    text = request.args.get("q", "").strip()[:_LONGEST]
    only = _policy(request.args.get("policy"))
    after = request.args.get("after")
    following = None
    with current_services().db.reading() as tx:
        if text:
            matches = tuple(match.organization for match in search(tx, text=text, limit=PAGE))
        else:
            page = directory_admin.page(tx, after=after, policy=only, limit=PAGE)
            matches = page.entries
            following = url_for("admin.directory", after=page.following, policy=only) if page.following else None
        total = organizations.count(tx)
    return render(
        "admin/directory.html",
        rows=[_row(entry) for entry in matches if only is None or entry.policy is only],
        q=text,
        only=only,
        policies=words.POLICIES,
        total=total,
        first=url_for("admin.directory", policy=only) if after else None,
        next=following,
    )


@for_duty(Duty.MANAGE_DIRECTORY)
def entry(organization: str) -> ResponseReturnValue:
    """One entry, with what it rests on. An id that was merged away leads to the one that stayed."""
    with current_services().db.reading() as tx:
        entry = organizations.by_id(tx, organization_id=organization)
    if entry is None:
        raise NotFoundError
    if entry.id != organization:
        return redirect(_address(entry.id), 303)
    return _entry_page(entry, EntryForm.of(entry))


@for_duty(Duty.MANAGE_DIRECTORY)
@confirm_first(back="admin.entry")
def correct(organization: str) -> ResponseReturnValue:
    """Correct an entry; no import overwrites it any more."""
    with current_services().db.reading() as tx:
        entry = organizations.by_id(tx, organization_id=organization)
    if entry is None:
        raise NotFoundError
    form = EntryForm.of(entry)
    if not form.validate_on_submit():
        return _entry_page(entry, form, status=422)
    with current_services().db.transaction() as tx:
        correcting.correct(tx, organization_id=entry.id, to=form.correction())
        _note(tx, entry.id, what="corrected")
    flash(_("The entry is fixed. No import will change it back."))
    return redirect(_address(entry.id), 303)


@for_duty(Duty.MANAGE_DIRECTORY)
@confirm_first(back="admin.entry")
def policy(organization: str) -> ResponseReturnValue:
    """Whether patients may link it."""
    policy = _policy(request.form.get("policy"))
    if policy is None:
        raise InvalidInputError("policy")
    with current_services().db.transaction() as tx:
        set_policy(tx, organization_id=organization, policy=policy)
        _note(tx, organization, what="policy", policy=policy.value)
    flash(_("The policy is changed."))
    return redirect(_address(organization), 303)


@for_duty(Duty.MANAGE_DIRECTORY)
def candidates(organization: str) -> Response:
    """Which other entry is the same organization."""
    return _merge_page(organization)


@for_duty(Duty.MANAGE_DIRECTORY)
@confirm_first(back="admin.candidates")
def merge(organization: str) -> ResponseReturnValue:
    """Merge this entry into the one that was chosen."""
    into = request.form.get("into", "")
    try:
        with current_services().db.transaction() as tx:
            merged = correcting.merge(tx, old_id=organization, organization_id=into)
            _note(tx, merged.id, what="merged", old=organization)
    except (ConflictError, InvalidInputError) as error:
        return _merge_page(organization, problem=error.code, status=409)
    flash(_("The two entries are one. The old one leads here."))
    return redirect(_address(merged.id), 303)


def _merge_page(organization_id: str, *, problem: str = "", status: int = 200) -> Response:
    text = request.values.get("q", "").strip()[:_LONGEST]
    with current_services().db.reading() as tx:
        entry = organizations.by_id(tx, organization_id=organization_id)
        if entry is None:
            raise NotFoundError
        matches = search(tx, text=text or entry.name, limit=20)
    rows = [_row(match.organization) for match in matches if match.id != entry.id]
    return render(
        "admin/merge.html",
        entry=entry,
        rows=rows,
        q=text,
        problem=words.CONFLICTS.get(problem, problem),
        status=status,
    )


def _entry_page(entry: Organization, form: EntryForm, *, status: int = 200) -> Response:
    with current_services().db.reading() as tx:
        named = directory_admin.named_by(tx, organization_id=entry.id)
        ties = directory_admin.ties(tx, organization_id=entry.id)
        waits = waiting(tx, ORGANIZATION, subject=entry.id)
    return render(
        "admin/entry.html",
        entry=entry,
        form=form,
        named=named,
        ties=ties,
        policies=words.POLICIES,
        rules=RulesForm(formdata=None, obj=entry),
        waiting=waits,
        status=status,
    )


def _row(entry: Organization) -> DirectoryRow:
    return DirectoryRow(entry, str(words.KINDS[entry.kind]), str(words.POLICIES[entry.policy]), _address(entry.id))


def _policy(text: str | None) -> LinkPolicy | None:
    return LinkPolicy(text) if text in set(LinkPolicy) else None


def _address(organization_id: str) -> str:
    return url_for("admin.entry", organization=organization_id)


def _note(tx: Tx, organization_id: str, **detail: str) -> None:
    audit.record(tx, action=audit.Action.DIRECTORY_CHANGE, actor=audit_actor(), organization=organization_id, **detail)
