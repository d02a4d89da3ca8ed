"""What a browser calls itself, in names that its owner knows. Pure; for lists only, never for a decision."""

_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
_BROWSERS = (  # the more special first: most of them call themselves Chrome and Safari as well
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


def device_name(user_agent: str) -> str:
    """Return a name such as "iPhone, Safari" for a User-Agent header; empty where it says nothing that people know."""
    names = (next((name for mark, name in table if mark in user_agent), "") for table in (_DEVICES, _BROWSERS))
    return ", ".join(filter(None, names))
