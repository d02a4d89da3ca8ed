"""Which diseases a vaccine is against, by its CVX code, so that a record can be read by disease.

Source: CDC, "CVX to vaccine groups" (https://www2.cdc.gov/vaccines/iis/iisstandards/vaccines.asp?rpt=vg), the codes in
common use; the words are ours, marked for translation. A code that is not here gives no disease rather than a guess.
"""

from collections.abc import Iterable

from portal.domain.entry import Code
from portal.domain.phrases import N_
from portal.normalise.coding import CVX

_INFLUENZA = (N_("Influenza"),)
_COVID = (N_("COVID-19"),)
_TETANUS_DIPHTHERIA = (N_("Tetanus"), N_("Diphtheria"))
_DTP = (*_TETANUS_DIPHTHERIA, N_("Whooping cough"))
_POLIO = (N_("Polio"),)
_HEP_A, _HEP_B = (N_("Hepatitis A"),), (N_("Hepatitis B"),)
_HIB = (N_("Haemophilus influenzae type b"),)
_MMR = (N_("Measles"), N_("Mumps"), N_("Rubella"))
_VARICELLA, _SHINGLES = (N_("Chickenpox"),), (N_("Shingles"),)
_PNEUMOCOCCAL, _MENINGOCOCCAL = (N_("Pneumococcal disease"),), (N_("Meningococcal disease"),)
_HPV, _ROTAVIRUS, _RSV = (N_("Human papillomavirus"),), (N_("Rotavirus"),), (N_("Respiratory syncytial virus"),)
_RABIES, _TYPHOID, _YELLOW_FEVER = (N_("Rabies"),), (N_("Typhoid fever"),), (N_("Yellow fever"),)
_MPOX = (N_("Smallpox and mpox"),)

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "15 16 88 111 135 140 141 144 149 150 151 153 155 158 161 166 168 171 185 186 194 197 200 201 202 205 231",
        _INFLUENZA,
    ),
    (
        "207 208 210 211 212 213 217 218 219 221 228 229 230 300 301 302 308 309 310 311 312 313 500 510 511",
        _COVID,
    ),
    ("9 09 28 113 138 139 196", _TETANUS_DIPHTHERIA),
    ("01 1 20 106 107 115", _DTP),
    ("22 50", (*_DTP, *_HIB)),
    ("110", (*_DTP, *_POLIO, *_HEP_B)),
    ("120", (*_DTP, *_POLIO, *_HIB)),
    ("130", (*_DTP, *_POLIO)),
    ("146", (*_DTP, *_POLIO, *_HIB, *_HEP_B)),
    ("35 112", (N_("Tetanus"),)),
    ("02 2 10 89", _POLIO),
    ("31 52 83 84 85", _HEP_A),
    ("08 8 42 43 44 45 189 220", _HEP_B),
    ("104", (*_HEP_A, *_HEP_B)),
    ("17 46 47 48 49", _HIB),
    ("148", (*_HIB, *_MENINGOCOCCAL)),
    ("51", (*_HIB, *_HEP_B)),
    ("03 3", _MMR),
    ("94", (*_MMR, *_VARICELLA)),
    ("05 5", (N_("Measles"),)),
    ("21", _VARICELLA),
    ("121 187 188", _SHINGLES),
    ("33 100 109 133 152 215 216", _PNEUMOCOCCAL),
    ("32 103 108 114 136 147 162 163 164 203 316 328", _MENINGOCOCCAL),
    ("62 118 137 165", _HPV),
    ("74 116 119 122", _ROTAVIRUS),
    ("303 304 305 306 307 314 315 326", _RSV),
    ("18 40 90 175 176", _RABIES),
    ("25 41 53 91 101 190", _TYPHOID),
    ("37 183 184", _YELLOW_FEVER),
    ("75 105 206", _MPOX),
)
_DISEASES = {code: diseases for codes, diseases in _GROUPS for code in codes.split()}


def diseases(codes: Iterable[Code]) -> tuple[str, ...]:
    """Return the diseases that the first known CVX code among ``codes`` protects against; empty when none is known."""
    return next((_DISEASES[code.code] for code in codes if code.system == CVX and code.code in _DISEASES), ())
