"""To whom the open person may write, place by place, and why not where they cannot (product.md §3.20)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from portal.access import Permission, can
from portal.domain.ids import HOME
from portal.domain.links import LinkState
from portal.extensions import current_services
from portal.fhir.capability import Capability
from portal.messaging import clinicians, find, incoming, outbox
from portal.store import Tx
from portal.store.directory.values import Mark
from portal.store.links import tokens
from portal.store.messages import recipients as stored_recipients
from portal.store.messages.recipients import Recipient
from portal.web.guards import current_actor, current_person_id, current_sight
from portal.web.linked import Linked, linked
from portal.web.phrases import gettext as _


class NotWriting(StrEnum):
    """Why nobody can be written to at a place."""

    NO_ACCOUNT = "no-account"
    VERIFY = "verify"
    PERMISSION = "permission"  # the account is linked, and writing was not agreed to
    OWN_PORTAL = "own-portal"  # the organization takes messages only in its own portal
    NOT_USED = "not-used"
    NOT_LOADED = "not-loaded"
    NOBODY = "nobody"  # messages are taken, by nobody of this person's


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingPlace:
    """An organization. ``why`` is None where at least one clinician takes messages.

    ``href`` is what to do about it: the link's page, or (``outside``) the organization's own portal.
    """

    source: str
    name: str
    mark: Mark
    phone: str = ""
    why: NotWriting | None = None
    href: str = ""
    outside: bool = False
    recipients: tuple[Recipient, ...] = ()

    @property
    def reason(self) -> str:
        """Why nobody can be written to, in a sentence."""
        return _sentence(self.why, self.name) if self.why else ""

    @property
    def action(self) -> str:
        actions = {
            NotWriting.NO_ACCOUNT: _("Verify account"),
            NotWriting.VERIFY: _("Verify account"),
            NotWriting.PERMISSION: _("Sign in there and agree"),
            NotWriting.OWN_PORTAL: _("Open messages at %(name)s", name=self.name),
            NotWriting.NOT_USED: _("Open the portal of %(name)s", name=self.name),
        }
        return actions.get(self.why, "") if self.why and self.href else ""


@dataclass(frozen=True, slots=True)
class ClinicianChoice:
    """A clinician who may be chosen, or (``reason``) why not."""

    key: str
    place: WritingPlace
    recipient: Recipient
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ClinicianChoices:
    """``open`` can be written to; ``closed`` not; ``places`` are those where nobody can be."""

    open: tuple[ClinicianChoice, ...] = ()
    closed: tuple[ClinicianChoice, ...] = ()
    places: tuple[WritingPlace, ...] = field(default=())


def places(tx: Tx, connections: Iterable[Linked] | None = None) -> tuple[WritingPlace, ...]:
    """Return the home organization and the linked ones that the reader may know of."""
    person_id = current_person_id()
    connections = tuple(linked(tx, person_id=person_id) if connections is None else connections)
    ids = [connection.link.id for connection in connections]
    granted = tokens.tokens_by_link(tx, link_ids=ids)
    listed = stored_recipients.by_link(tx, link_ids=ids)
    sees_links = can(current_actor(), Permission.VIEW_LINKS, person_id)
    outside = (
        _place(
            connection,
            scopes=granted[connection.link.id].tokens.scopes if connection.link.id in granted else None,
            recipients=listed.get(connection.link.id, (None, None))[0],
        )
        for connection in connections
        if connection.link.source != HOME
    )
    # Who may read and write messages only does not learn where else the person goes.
    return (_home(tx, person_id), *(place for place in outside if sees_links or place.why is None))


def _home(tx: Tx, person_id: str) -> WritingPlace:
    organization = current_services().settings.organization
    recipients: tuple[Recipient, ...] = ()
    why: NotWriting | None = NotWriting.NOT_USED
    if incoming.accepts(tx):
        recipients = clinicians.of_person(tx, person_id=person_id, sight=current_sight())
        why = None if any(recipient.accepts for recipient in recipients) else NotWriting.NOBODY
    return WritingPlace(source=HOME, name=organization, mark=Mark.of(organization), why=why, recipients=recipients)


def _place(
    connection: Linked, *, scopes: tuple[str, ...] | None, recipients: tuple[Recipient, ...] | None
) -> WritingPlace:
    link, organization = connection.link, connection.organization
    why = _why(connection, scopes, recipients)
    outside = why in (NotWriting.OWN_PORTAL, NotWriting.NOT_USED)
    ours = connection.href if why and why is not NotWriting.NOBODY else ""
    return WritingPlace(
        source=link.id,
        name=organization.name,
        mark=organization.mark,
        phone=organization.phone or "",
        why=why,
        href=(organization.portal_url or "") if outside else ours,
        outside=outside,
        recipients=(recipients or ()) if why in (None, NotWriting.NOBODY) else (),
    )


def _why(
    connection: Linked, scopes: tuple[str, ...] | None, recipients: tuple[Recipient, ...] | None
) -> NotWriting | None:
    link, organization = connection.link, connection.organization
    if link.state is LinkState.NO_ACCOUNT:
        return NotWriting.NO_ACCOUNT
    if link.state not in (LinkState.ACTIVE, LinkState.ERROR) or scopes is None:
        return NotWriting.VERIFY
    capability = Capability.from_json(organization.capability) if organization.capability else None
    if capability is not None and outbox.writes(organization, capability, scopes):
        if recipients is None:
            return NotWriting.NOT_LOADED
        return None if any(recipient.accepts for recipient in recipients) else NotWriting.NOBODY
    if capability is not None and capability.creates("Communication") and not organization.messages_off:
        return NotWriting.PERMISSION
    return NotWriting.OWN_PORTAL if organization.messaging else NotWriting.NOT_USED


def _sentence(why: NotWriting, name: str) -> str:
    sentences = {
        NotWriting.NO_ACCOUNT: _("You need an account at %(name)s to write there.", name=name),
        NotWriting.VERIFY: _("Verify your account at %(name)s to write there.", name=name),
        NotWriting.PERMISSION: _("%(name)s takes messages from here once you agree to it there.", name=name),
        NotWriting.OWN_PORTAL: _("%(name)s takes messages only in its own portal.", name=name),
        NotWriting.NOT_USED: _(
            "%(name)s does not use messages here. If you have written there before, sign in to its own portal.",
            name=name,
        ),
        NotWriting.NOT_LOADED: _("We are still finding out who takes messages at %(name)s.", name=name),
        NotWriting.NOBODY: _("No one of your care team at %(name)s takes messages.", name=name),
    }
    return sentences[why]


def choices(listed: tuple[WritingPlace, ...], query: str) -> ClinicianChoices:
    """Return who fits what a person looks for; without words everybody."""
    open_, closed = [], []
    for place in listed:
        for recipient in place.recipients:
            if not find.fits(query, name=recipient.name, role=recipient.role):
                continue
            key = f"{place.source}|{recipient.reference}"
            if place.why is None and recipient.accepts:
                open_.append(ClinicianChoice(key, place, recipient))
            else:
                closed.append(
                    ClinicianChoice(key, place, recipient, _("%(name)s takes no messages.", name=recipient.name))
                )
    return ClinicianChoices(tuple(open_), tuple(closed), tuple(place for place in listed if place.why))


def choice(listed: tuple[WritingPlace, ...], key: str) -> ClinicianChoice | None:
    """Return the clinician that a form names, if they can be written to."""
    return next((each for each in choices(listed, "").open if each.key == key), None)
