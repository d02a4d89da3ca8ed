"""The data key of a person's record (``portal.store.engine.person_keys``)."""

from portal.store.engine import person_keys
from portal.store.engine.database import Tx


def destroy(tx: Tx, *, person_id: str) -> bool:
    """Destroy a person's data key: from now on nothing opens that was sealed with it. False where there is none.

    Call it last of what erases a person: reading what is left of the record raises DecryptionError afterwards. Backups
    made before still hold the key.
    """
    return person_keys.destroy(tx.conn, person_id)
