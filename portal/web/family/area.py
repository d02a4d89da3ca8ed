"""The blueprint of the family's pages."""

from flask import Blueprint

blueprint = Blueprint("family", __name__)
