"""What every template can use."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import get_locale
from flask_login import current_user

from portal.extensions import services
from portal.store import people
from portal.web.headers import csp_nonce
from portal.web.htmx import is_fragment

LANGUAGES = {"en": "English", "es": "Español"}


def locale() -> str:
    """The person's language, else the browser's."""
    if current_user.is_authenticated and current_user.account.locale in LANGUAGES:
        return str(current_user.account.locale)
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


def reduce_data() -> bool:
    """Whether nothing may load by itself: the person's choice, or the browser's Save-Data."""
    if current_user.is_authenticated and current_user.account.reduce_data:
        return True
    return request.headers.get("Save-Data", "").lower() == "on"


@lru_cache
def _digest(path: str, _changed: float) -> str:
    return sha256(Path(path).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file with its content's hash, so that it can be cached for good."""
    path = _static() / name
    return url_for("static", filename=name, v=_digest(str(path), path.stat().st_mtime))


def _static() -> Path:
    return Path(__file__).resolve().parent.parent.parent / "static"


def open_person() -> dict[str, Any] | None:
    """Whose record is open: id, name, and whether that is somebody else than who is signed in."""
    if not current_user.is_authenticated:
        return None
    person_id = g.get("person_id") or current_user.account.person_id
    if person_id is None:
        return None
    if "open_person" not in g or g.open_person["id"] != person_id:
        with services().db.reading() as tx:
            found = people.by_id(tx, person_id=person_id)
        name = found.demographics.display if found else ""
        given = found.demographics.name.given[0] if found and found.demographics.name.given else name
        g.open_person = {
            "id": person_id,
            "name": name,
            "given": given,
            "other": person_id != current_user.account.person_id,
        }
    return dict(g.open_person)


def bind(app: Flask) -> None:
    app.jinja_env.globals.update(asset=asset, csp_nonce=csp_nonce, is_fragment=is_fragment, languages=LANGUAGES)

    @app.context_processor
    def _common() -> dict[str, Any]:
        return {
            "settings": services().settings,
            "open_person": open_person,
            "reduce_data": reduce_data(),
            "locale": get_locale(),
        }
