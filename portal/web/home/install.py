"""What a browser needs to install the portal as an app: the manifest and the icon in the instance's colour."""

from flask import Blueprint, Response, jsonify, make_response, url_for

from portal.endpoints import public
from portal.extensions import current_services

blueprint = Blueprint("install", __name__)

_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" '
    'fill="hsl({hue} 62% 17%)"/><g fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round">'
    '<path d="M12 17c12 0 10 15 23 15M12 32h40M12 47c12 0 10-15 23-15"/></g></svg>'
)


@blueprint.get("/icon-<int:hue>.svg")
@public
def icon(hue: int) -> Response:
    """Return the mark: three streams that join. Cached for good: the colour is in the address."""
    response = make_response(_ICON.format(hue=hue % 360))
    response.mimetype = "image/svg+xml"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@blueprint.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """W3C Web Application Manifest of this instance."""
    settings = current_services().settings
    response = jsonify(
        name=settings.name,
        short_name=settings.name[:12],
        start_url="/",
        scope="/",
        id="/",
        display="standalone",
        background_color="#ffffff",
        theme_color=f"hsl({settings.accent} 62% 17%)",
        icons=[
            {
                "src": url_for("install.icon", hue=settings.accent),
                "sizes": "any",
                "type": "image/svg+xml",
                "purpose": "any",
            }
        ],
    )
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
