"""Everything that is kept. Callers get a ``Database``, open a ``Tx``, and call the query functions of one noun.

One module per noun; each function takes the transaction first and everything else by keyword, and gives plain frozen
values back. Tables are private to this package.
"""

from portal.store.engine.database import UNAVAILABLE, Database, Tx, Write, open_database

__all__ = ["UNAVAILABLE", "Database", "Tx", "Write", "open_database"]
