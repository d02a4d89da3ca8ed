"""Merkle trees as Certificate Transparency has them (RFC 6962, 2.1): root and inclusion proof. Pure, SHA-256."""

from collections.abc import Sequence
from hashlib import sha256


def leaf_hash(content: bytes) -> bytes:
    return sha256(b"\x00" + content).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash of at least one leaf hash."""
    level = list(leaves)
    while len(level) > 1:
        level = _parents(level)
    return level[0]


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of one leaf: the siblings on the way to the root, lowest first (RFC 6962, 2.1.1)."""
    level, siblings = list(leaves), []
    while len(level) > 1:
        if index ^ 1 < len(level):
            siblings.append(level[index ^ 1])
        level, index = _parents(level), index // 2
    return siblings


def root_of_path(leaf: bytes, index: int, size: int, siblings: Sequence[bytes]) -> bytes | None:
    """Return the root that a leaf and its path lead to; None where they fit no tree of this size."""
    if not 0 <= index < size:
        return None
    remaining, node, last = list(siblings), leaf, size - 1
    while last > 0:
        if index % 2 == 1 or index < last:
            if not remaining:
                return None
            sibling = remaining.pop(0)
            node = _node(sibling, node) if index % 2 == 1 else _node(node, sibling)
        index, last = index // 2, last // 2
    return None if remaining else node


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _parents(level: list[bytes]) -> list[bytes]:
    """Return the level above; an odd node goes up as it is: the same tree as by RFC 6962's largest powers of two."""
    parents = [_node(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
    return parents + level[-1:] if len(level) % 2 else parents
