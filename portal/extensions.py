"""Flask extensions, created once and bound to each application in ``portal.app``; and what an application carries."""

from typing import cast

from flask import current_app
from flask_babel import Babel
from flask_compress import Compress
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from portal.services import Services

babel = Babel()
compress = Compress()
csrf = CSRFProtect()
login = LoginManager()


def current_services() -> Services:
    return cast(Services, current_app.extensions["tributary"])
