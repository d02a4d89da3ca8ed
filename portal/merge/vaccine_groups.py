"""CVX codes by the unspecified formulation that stands for their group.

Source: CDC, "CVX codes mapped to vaccine groups".

Two codes that are neither the unspecified one are two vaccines, also in one group: a nasal and an injected influenza
vaccine, two conjugates. Combinations are in no group here: MMRV is no MMR.
"""

from collections.abc import Mapping

from portal.merge.text import plain

_GROUPS: Mapping[str, str] = {
    "88": "15 16 111 135 140 141 144 149 150 151 153 155 158 161 166 168 171 185 186 194 197 200 201 202 205 231 320",
    "213": "207 208 210 211 212 217 218 219 221 228 229 230 300 301 302 308 309 310 311 312 313 500 510 511",
    "45": "8 42 43 44 189 220",
    "85": "31 52 83 84",
    "137": "62 118 165",
    "188": "121 187",
    "122": "74 116 119",
    "17": "46 47 48 49",
    "89": "2 10",
    "91": "25 41 53 101 190",
    "90": "18 40 175 176",
    "108": "32 103 114 136 147 203",
    "109": "33 100 133 152 215 216",
    "107": "20 106",
    "139": "9 113 138 196",
    "184": "37 183",
    "304": "303 305 306 307 314 315 326",
    "164": "162 163",
}
UNSPECIFIED = frozenset({*_GROUPS, "151", "998"})
GROUP_OF: Mapping[str, str] = {
    **{code: group for group, codes in _GROUPS.items() for code in codes.split()},
    **{group: group for group in _GROUPS},
}

_NOISE = frozenset(["vaccine", "vaccines", "virus", "shot", "immunization", "unspecified", "formulation", "dose"])
_SAME = {"flu": "influenza", "mmrv": "measles mumps rubella varicella", "mmr": "measles mumps rubella"}


def vaccine_words(name: str) -> str:
    """Return the words of a vaccine, sorted, without those that say that it is one."""
    words = [word for part in plain(name).split() for word in _SAME.get(part, part).split()]
    return " ".join(sorted({word for word in words if word not in _NOISE}))
