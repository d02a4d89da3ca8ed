"""The form of a statement, and the usual ways in which two of them agree."""

from collections.abc import Callable, Sequence

from portal.merge.words.people import may_be_called, people


class Statement:
    """``key`` compares, ``shown`` is for people. ``by`` says whether two keys agree; equal ones always do.

    ``alike``: whether two that agree say the same, so that one may stand for both; without it they do.
    """

    __slots__ = ("alike", "by", "key", "shown")

    def __init__(
        self,
        key: object,
        shown: str,
        by: Callable[[object, object], bool] | None = None,
        alike: Callable[[object, object], bool] | None = None,
    ) -> None:
        self.key, self.shown, self.by, self.alike = key, shown, by, alike

    def agrees(self, other: "Statement") -> bool:
        return self.key == other.key or (self.by is not None and self.by(self.key, other.key))

    def says_the_same(self, other: "Statement") -> bool:
        return self.key == other.key or self.alike is None or self.alike(self.key, other.key)


Statements = dict[str, Statement]


def state(
    stated: Statements,
    name: str,
    key: object,
    shown: str = "",
    by: Callable[..., bool] | None = None,
    *,
    alike: Callable[..., bool] | None = None,
) -> None:
    """Note a statement; an empty key states nothing."""
    if key:
        stated[name] = Statement(key, shown or str(key), by, alike)


def within(left: str, right: str) -> bool:
    """Tell whether one says all the words of the other."""
    words, other_words = set(left.split()), set(right.split())
    return words <= other_words or other_words <= words


def same_dates(left: str, right: str) -> bool:
    """Tell whether one date is the other, or a coarser one that covers it."""
    shorter, longer = sorted((left, right), key=len)
    return longer.startswith(shorter)


def state_people(stated: Statements, name: str, names: Sequence[str]) -> None:
    """Note names of people, of whom one in common is enough."""
    listed = [name for name in names if name]
    state(stated, name, tuple(people(listed)), ", ".join(listed), _any_person)


def _any_person(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return any(may_be_called(name, other) for name in left for other in right)
