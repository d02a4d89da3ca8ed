"""A fake organization and a link to it, as in tests/integration/refresh."""

from tests.integration.refresh.conftest import linked, org

__all__ = ["linked", "org"]
