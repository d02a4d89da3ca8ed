"""Small edits of resources: what stands at a path, a status, a date, the words of a concept."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Resource = dict[str, Any]
Edit = Callable[[Resource], object]


def concept(text: str) -> Resource:
    return {"text": text}


def coded(code: str, system: str = "") -> Resource:
    return {"coding": [{"code": code, **({"system": system} if system else {})}]}


def setting(name: str, value: object) -> Edit:
    return lambda resource: resource.__setitem__(name, value)


def leaving_out(name: str) -> Edit:
    return lambda resource: resource.pop(name, None)


def at(*path: str | int, to: object) -> Edit:
    """Set what stands at a path; a path that is not there changes nothing."""

    def edit(resource: Resource) -> None:
        place: Any = resource
        for step in path[:-1]:
            if isinstance(step, int) and not (isinstance(place, list) and len(place) > step):
                return
            if isinstance(step, str) and not (isinstance(place, dict) and step in place):
                return
            place = place[step]
        place[path[-1]] = to(place.get(path[-1])) if callable(to) else to

    return edit


def code_of(value: object) -> str:
    codings = value.get("coding") if isinstance(value, dict) else None
    return str(codings[0].get("code", "")) if codings else ""


def other_than(current: object, *codes: str) -> Iterator[str]:
    return (code for code in codes if code != current)


def a_year_later(date: str) -> str:
    return f"{int(date[:4]) + 1}{date[4:]}"


def another_day(date: str) -> str:
    """The same moment on another day of the month; of a month or a year another one."""
    if len(date) < 10:
        return a_year_later(date)
    return f"{date[:8]}{'11' if date[8:10] != '11' else '12'}{date[10:]}"


def renamed(value: Any, change: Callable[[str], str]) -> Any:
    """A concept whose words are changed; its codes, which would say the old words, are left out."""
    text = value.get("text") or next((each["display"] for each in value.get("coding", ()) if each.get("display")), "")
    return {"text": change(text)} if text else value


def dates(resource: Mapping[str, Any], **names: str) -> Iterator[tuple[str, Edit]]:
    for name, field in names.items():
        if isinstance(resource.get(name), str):
            yield field, setting(name, another_day(resource[name]))
            yield field, setting(name, a_year_later(resource[name]))


def period(resource: Mapping[str, Any], name: str) -> Iterator[tuple[str, Edit]]:
    period = resource.get(name) or {}
    for end in ("start", "end"):
        if period.get(end):
            yield f"{name} {end}", at(name, end, to=another_day(period[end]))
            yield f"{name} {end}", at(name, end, to=a_year_later(period[end]))


def statuses(resource: Mapping[str, Any], *codes: str) -> Iterator[tuple[str, Edit]]:
    for code in other_than(resource.get("status"), *codes):
        yield f"status {code}", setting("status", code)


def coded_statuses(resource: Mapping[str, Any], name: str, *codes: str) -> Iterator[tuple[str, Edit]]:
    if resource.get(name):
        for code in other_than(code_of(resource[name]), *codes):
            yield f"{name} {code}", setting(name, coded(code))


def within(name: str, place: int, edit: Edit) -> Edit:
    return lambda resource: edit(resource[name][place])
