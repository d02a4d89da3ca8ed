"""What a WSGI server loads: one instance from the environment, behind a proxy."""

import os

from portal import logs
from portal.app import create_app
from portal.config import Settings
from portal.web.proxies import BehindProxies

logs.configure()
settings = Settings.from_environment(os.environ)
app = create_app(settings)
app.extensions["tributary"].db.check_keys()
app.wsgi_app = BehindProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
