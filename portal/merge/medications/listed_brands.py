"""All brands as what is in them: the reviewed table, and behind it those of FDA's National Drug Code Directory.

The packaged table (``portal/data/README.md``) has only brands of which nothing is in doubt; what a hand wrote wins.
"""

import lzma
from collections.abc import Mapping
from importlib.resources import files

from portal.merge.medications.drug_brands import BRANDS


def _listed() -> Mapping[str, str]:
    packed = files("portal.data").joinpath("us-brands.tsv.xz").read_bytes()
    lines = (line.split("\t") for line in lzma.decompress(packed).decode().splitlines())
    return {
        brand: f"{parts}{f' @{release}' if release else ''}{f' #{form}' if form else ''}"
        for brand, parts, release, form in lines
    }


LISTED_BRANDS = _listed()
ALL_BRANDS: Mapping[str, str] = {**LISTED_BRANDS, **BRANDS}
"""In the form of ``portal.merge.medications.drug_brands``."""
