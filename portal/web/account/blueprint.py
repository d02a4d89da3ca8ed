"""The pages of signing in: one blueprint, in several modules."""

from flask import Blueprint

blueprint = Blueprint("account", __name__)
