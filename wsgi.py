"""What a WSGI server loads: one instance from the environment, behind one proxy."""

import os

from werkzeug.middleware.proxy_fix import ProxyFix

from portal import logs
from portal.app import create_app
from portal.config import Settings

logs.configure()
app = create_app(Settings.from_environment(os.environ))
app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
