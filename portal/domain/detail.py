"""The base of what only one kind of entry has, and the file that some of them have."""

import msgspec


class Detail(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="detail", kw_only=True):
    """What only one kind of entry has. Subclasses are members of ``entry.AnyDetail``; the tag names the class."""


class Attachment(msgspec.Struct, frozen=True, omit_defaults=True):
    content_type: str = ""
    title: str = ""
    url: str = ""
    size: int | None = None
    inline: bool = False  # the data are inside the raw resource
    digest: str = ""  # of the content: the hash the source gives, else of the inline data
