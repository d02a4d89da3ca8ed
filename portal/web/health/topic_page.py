"""Everything of a record about one thing, from all sections: what a person takes to an appointment about it."""

from dataclasses import dataclass

from flask import url_for

from portal import audit
from portal.domain.errors import NotFoundError
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.store.links import refreshes
from portal.store.records import topics
from portal.store.records.health_topics import TOPICS
from portal.web.guards import current_sight
from portal.web.health import record_page, waiting
from portal.web.health.models import Group, Waits
from portal.web.health.record_rows import Origins
from portal.web.health.search_text import readable
from portal.web.linked import linked
from portal.web.viewed import viewed
from portal.web.words import phrase


@dataclass(frozen=True, slots=True)
class TopicLink:
    """A topic ("About the heart"), and its page."""

    name: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicPage:
    """``groups``: a section each, newest first. ``more``: older items are about it; ``until``: none older was read."""

    title: str
    groups: tuple[Group, ...]
    total: int
    more: bool
    until: str
    waits: Waits | None
    others: tuple[TopicLink, ...]


def page(person_id: str, topic: str) -> TopicPage:
    """Return the page of a topic.

    Raises:
        NotFoundError: there is no such topic.
    """
    if topic not in TOPICS:
        raise NotFoundError
    with current_services().db.reading() as tx:
        connections = linked(tx, person_id=person_id)
        states = refreshes.states(tx, link_ids=[connection.link.id for connection in connections])
        about = topics.about(
            tx,
            person_id=person_id,
            topic=topic,
            words_of=readable,
            sections=[each for each in record_page.readable_sections() if each is not Section.MESSAGES],
            sight=current_sight(),
        )
    viewed(person_id, audit.Action.VIEW_SECTION, section="topic")
    origins = Origins(connections, states, current_services().settings.organization)
    return TopicPage(
        title=phrase(TOPICS[topic].title),
        groups=record_page.by_section(about.rows, origins),
        total=len(about.rows),
        more=about.more,
        until=about.until[:10],
        waits=waiting.notice_of_all(person_id),
        others=tuple(_link(each) for each in TOPICS if each != topic),
    )


def links(keys: tuple[str, ...]) -> tuple[TopicLink, ...]:
    """Return the pages of topics."""
    return tuple(map(_link, keys))


def _link(topic: str) -> TopicLink:
    return TopicLink(phrase(TOPICS[topic].title), url_for("health.topic", topic=topic))
