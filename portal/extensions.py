"""Flask extensions, created once and bound to each application in ``portal.app``; and what an application carries."""

from dataclasses import dataclass
from typing import cast

from flask import current_app
from flask_babel import Babel
from flask_compress import Compress
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from portal.config import Settings
from portal.queue import JobQueue
from portal.store import Database

babel = Babel()
compress = Compress()
csrf = CSRFProtect()
login = LoginManager()


@dataclass(frozen=True, slots=True)
class Services:
    """What one instance works with. Jobs and commands get it from their application, requests from ``services()``."""

    settings: Settings
    db: Database
    queue: JobQueue


def services() -> Services:
    return cast(Services, current_app.extensions["tributary"])
