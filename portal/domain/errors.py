"""The one error tree. Every error has a stable code; none carries a body, a token, a name or a query string."""


class PortalError(Exception):
    """Base of all errors this project raises on purpose. ``code`` is stable and safe to log and to show."""

    code = "error"

    def __init__(self, code: str | None = None, hint: str = "") -> None:
        self.code = code or type(self).code
        self.hint = hint  # a sentence for an operator; never data from outside
        super().__init__(f"{self.code}: {hint}" if hint else self.code)


class ConfigurationError(PortalError):
    code = "configuration"


class NotFoundError(PortalError):
    """Does not exist, or is another person's: callers must not tell which."""

    code = "not-found"


class InvalidInputError(PortalError):
    code = "invalid-input"


class ConflictError(PortalError):
    code = "conflict"


class BusyError(PortalError):
    """Too many ask for the same at once. Worth trying again in a few seconds."""

    code = "busy"
    retry_after = "5"  # seconds, for HTTP's Retry-After


class StoreError(PortalError):
    code = "store"


class DecryptionError(StoreError):
    code = "decryption"


class TooSlowError(StoreError):
    """A statement was ended because the time that its reader gave it was over."""

    code = "too-slow"


class NormaliseError(PortalError):
    """A resource that gives no entry; ``code`` is the named reason that is counted."""

    code = "refused"


class OutsideError(PortalError):
    """Something another organization's server did. Subclasses say what a caller can do about it."""

    code = "outside"


class AddressRefusedError(OutsideError):
    """The address is not one we may call (requirements B5, B6)."""

    code = "address-refused"


class UnreachableError(OutsideError):
    """No answer, or a broken one, at the level of the network. Worth trying again later."""

    code = "unreachable"


class LimitReachedError(OutsideError):
    """The answer was larger, deeper or slower than we accept (requirement B7)."""

    code = "limit-reached"


class BadAnswerError(OutsideError):
    """An answer that is not what the standard says (HTML as 200, truncated JSON, a foreign link …)."""

    code = "bad-answer"


class HttpStatusError(OutsideError):
    """A status that is an error. ``status`` is the HTTP status; ``retry_after`` seconds where the server gave it.

    ``issue`` is the FHIR issue-type code of its OperationOutcome, where it sent one of the standard's, and
    ``parameters`` are the search parameters that it names there, of those that a search can be narrowed by.
    """

    code = "http-status"

    def __init__(
        self,
        status: int,
        *,
        retry_after: float | None = None,
        hint: str = "",
        issue: str = "",
        parameters: tuple[str, ...] = (),
    ) -> None:
        super().__init__(f"http-{status}", hint)
        self.status = status
        self.retry_after = retry_after
        self.issue = issue
        self.parameters = parameters


class UnauthorizedError(HttpStatusError):
    """401: the token is no longer good (requirement B9)."""


class WrongPersonError(OutsideError):
    """A resource or a token of somebody else (requirement B8)."""

    code = "wrong-person"


class LinkingError(PortalError):
    """A link attempt that ends on a page which explains it. The code names the page's text."""

    code = "linking"


class TokenRefusedError(OutsideError):
    """The token endpoint said no. ``error`` is its OAuth 2.0 error code where that is one of the standard's."""

    code = "token-refused"

    def __init__(self, error: str = "") -> None:
        super().__init__()
        self.error = error
