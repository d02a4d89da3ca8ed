"""The base of what only one kind of entry has."""

import msgspec


class Detail(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="detail", kw_only=True):
    """What only one kind of entry has. Subclasses are members of ``entry.AnyDetail``; the tag names the class."""
