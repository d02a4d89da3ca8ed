"""The home page, and what a browser needs to install the portal as an app."""

from portal.web.home.install import blueprint as install_blueprint
from portal.web.home.views import blueprint

__all__ = ["blueprint", "install_blueprint"]
