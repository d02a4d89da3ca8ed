"""The home page, and what a browser needs to install the portal as an app."""

from portal.web.home.install import blueprint as install_blueprint

__all__ = ["install_blueprint"]
