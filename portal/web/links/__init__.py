"""Link My Accounts: everything a person does with links (product.md §1 to §3)."""

from flask import Blueprint
from flask_login import user_logged_in

from portal.web.links import actions, callback, finding, missing, pages, reverse, search
from portal.web.links.signals import refresh_at_sign_in

blueprint = Blueprint("links", __name__)
for area in (pages, search, missing, actions, finding, reverse, callback):
    area.register(blueprint)


@blueprint.record
def _listen(state: object) -> None:
    user_logged_in.connect(refresh_at_sign_in, getattr(state, "app"))  # noqa: B009


__all__ = ["blueprint"]
