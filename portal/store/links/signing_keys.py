"""The instance's own signing keys: private halves sealed, public halves published as a JWK set."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from portal.store.engine.database import Tx
from portal.store.schema.links import signing_key


@dataclass(frozen=True, slots=True)
class StoredKey:
    id: str
    algorithm: str
    public_jwk: dict[str, Any]
    private_jwk: dict[str, Any]
    created_at: datetime
    retired_at: datetime | None

    def __repr__(self) -> str:
        return f"StoredKey({self.id})"


def all_keys(tx: Tx, *, algorithm: str) -> tuple[StoredKey, ...]:
    """Return all keys of one algorithm, newest first, retired ones too."""
    of_algorithm = select(signing_key).where(signing_key.c.algorithm == algorithm)
    rows = tx.conn.execute(of_algorithm.order_by(signing_key.c.created_at.desc(), signing_key.c.id))
    return tuple(
        StoredKey(
            row.id,
            row.algorithm,
            row.public_jwk,
            tx.unseal(row.private_jwk, dict[str, Any], row=f"signing_key.private_jwk:{row.id}"),
            row.created_at,
            row.retired_at,
        )
        for row in rows
    )


def add(tx: Tx, *, key_id: str, algorithm: str, public: dict[str, Any], private: dict[str, Any]) -> None:
    tx.conn.execute(
        insert(signing_key).values(
            id=key_id,
            algorithm=algorithm,
            public_jwk=public,
            private_jwk=tx.seal(private, row=f"signing_key.private_jwk:{key_id}"),
            created_at=tx.now,
        )
    )


def retire(tx: Tx, *, key_ids: Collection[str]) -> None:
    """Retire keys: they sign no more and are published no more."""
    tx.conn.execute(update(signing_key).where(signing_key.c.id.in_(key_ids)).values(retired_at=tx.now))
