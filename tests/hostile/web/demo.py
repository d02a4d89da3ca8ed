"""MyCooper of the demo in this process, with what its people linked elsewhere, and every clinical text of it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from flask import Flask

import portal
from portal.app import create_app
from portal.demo import folders, stories
from portal.demo.folders import State
from portal.demo.network import INSTANCES, MYCOOPER
from portal.demo.prepare import prepare
from portal.domain.links import LinkState, Tier
from portal.instances import read_settings
from portal.normalise import carries_entry, subject_references, to_entry
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.links import links
from portal.store.people import accounts, people

PEOPLE = ("maria", "leo", "rosa", "james", "mia")
_WORD = re.compile(r"[a-z]{5,}")
_TEXTS = frozenset({"text", "display", "contentString", "conclusion", "description", "title", "valueString"})
_TODAY = datetime.now(UTC).date()
Resource = dict[str, Any]


def open_demo(directory: Path) -> Flask:
    """Prepare the demo as its launcher does, and bring what the people's links elsewhere would bring."""
    folders.write_state(directory, State(host="localhost", port=8000, ready=False))
    prepare(directory, "")
    app = create_app(read_settings(folders.settings_file(directory, MYCOOPER)))
    services: Services = app.extensions["tributary"]
    for instance in INSTANCES:
        for patient in PEOPLE if instance is not MYCOOPER else ():
            if chart := [one for one in clinical(instance.key) if f"Patient/{patient}" in subject_references(one)]:
                _bring(services, patient, instance.key, chart)
    return app


def _bring(services: Services, patient: str, organization_id: str, chart: list[Resource]) -> None:
    with services.db.transaction() as tx:
        person = people.by_fhir_id(tx, fhir_id=patient)
        account = accounts.by_username(tx, username=patient) or accounts.by_username(tx, username="maria")
        assert person
        assert account
        link = links.add(
            tx,
            person_id=person.id,
            organization_id=organization_id,
            state=LinkState.ACTIVE,
            tier=Tier.ACCOUNT,
            created_by=account.id,
            move="authorized",
        )
        links.put(tx, link_id=link.id, lasting=True, refreshed_at=tx.now)
    ingest(services.db, person_id=person.id, source=link.id, resources=chart)


def clinical(key: str) -> Iterator[Resource]:
    """Yield every resource of an organization's stories that is about somebody's health."""
    return (one for one in stories.resources(key, _TODAY) if carries_entry(one["resourceType"]))


def clinical_strings() -> frozenset[str]:
    """Return every text of the stories' clinical resources and of the entries made of them, and its words.

    Left out is what says nothing of anybody's health: words of the portal's own phrases, and the names of people,
    places and organizations.
    """
    texts: set[str] = set()
    for instance in INSTANCES:
        by_reference = {f"{one['resourceType']}/{one['id']}": one for one in stories.resources(instance.key, _TODAY)}
        for one in clinical(instance.key):
            entry = to_entry(one, by_reference.get)
            texts |= {text.casefold() for text in (entry.title, *_texts(one)) if text}
    harmless = _phrases() | _names()
    harmless_words = {word for phrase in harmless for word in _WORD.findall(phrase)}
    whole = {text for text in texts if len(text) > len("asthma") and text not in harmless}
    words = {word for text in texts for word in _WORD.findall(text)} - harmless_words
    return frozenset(words | {text for text in whole if set(_WORD.findall(text)) & words})


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if isinstance(value, str):
                if name in _TEXTS:
                    yield value
            else:
                yield from _texts(value)
    elif isinstance(part, list):
        for each in part:
            yield from _texts(each)


def _phrases() -> set[str]:
    """Return every phrase of the portal, in both languages."""
    file = Path(portal.__file__).parent / "translations" / "es" / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as opened:
        catalog = read_po(opened)
    both = [text for message in catalog for text in (message.id, message.string)]
    return {text.casefold() for each in both for text in ([each] if isinstance(each, str) else each)}


def _names() -> set[str]:
    """Return the names of those who are in the stories, and of where they are."""
    kinds = {"Patient", "Practitioner", "PractitionerRole", "Organization", "Location"}
    resources = [one for instance in INSTANCES for one in stories.resources(instance.key, _TODAY)]
    named = [part for one in resources if one["resourceType"] in kinds for part in _strings(one)]
    of_directory = [part for each in INSTANCES for part in (each.organization, each.name, *each.aliases)]
    return {text.casefold() for text in (*named, *of_directory)}


def _strings(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            yield from _strings(each)
