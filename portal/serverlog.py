"""gunicorn's own messages in the portal's form: no access log, no address with its query, no message of an error."""

from typing import Any

from gunicorn.glogging import Logger

from portal.logs import json_handler


class ServerLogger(Logger):  # type: ignore[misc]
    """gunicorn's own messages in the same form, without the addresses that it names; there is no access log."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers = [json_handler()]
        self.error_log.propagate = False
        self.access_log.handlers = []
        self.access_log.propagate = False

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        """Log nothing: an address tells who looked at what, and a query may hold a code or a name."""
