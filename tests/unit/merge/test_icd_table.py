"""The table of ICD-10-CM: how it is made of CDC's tabular list, and that the packaged one is in order."""

import subprocess
import sys
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

_MAKER = Path(__file__).parents[3] / ".ci/icd-10-cm"
_TABULAR = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular>
  <version>2026</version>
  <chapter><name>9</name><desc>Diseases of the circulatory system</desc><section id="I10-I1A">
    <diag><name>I11</name><desc>Hypertensive heart disease</desc>
      <includes><note>any condition in I50.-, due to hypertension</note></includes>
      <diag><name>I11.9</name><desc>Hypertensive  heart disease without heart failure</desc>
        <inclusionTerm><note>Hypertensive heart disease
 NOS</note></inclusionTerm></diag></diag>
    <diag><name>I10</name><desc>Essential (primary) hypertension</desc>
      <includes><note>high blood pressure</note></includes>
      <excludes1><note>hypertensive disease complicating pregnancy (O10)</note></excludes1></diag>
  </section></chapter>
  <chapter><name>20</name><desc>External causes</desc><section id="W50-W64">
    <diag><name>W57</name><desc>Bitten by nonvenomous insect</desc></diag></section></chapter>
</ICD10CM.tabular>
"""


def test_a_line_has_a_code_its_title_and_its_inclusion_terms(tmp_path: Path) -> None:
    source, table = tmp_path / "tabular.xml", tmp_path / "table.zip"
    source.write_text(_TABULAR)
    subprocess.run([sys.executable, _MAKER, source, table], check=True)
    assert _parts(table.read_bytes()) == {
        "I1": [
            "I10\tEssential (primary) hypertension\thigh blood pressure",
            "I11\tHypertensive heart disease",
            "I119\tHypertensive heart disease without heart failure\tHypertensive heart disease NOS",
        ]
    }


def _parts(table: bytes) -> dict[str, list[str]]:
    with ZipFile(BytesIO(table)) as archive:
        return {part: archive.read(part).decode().splitlines() for part in archive.namelist()}


def test_the_packaged_table_is_sorted_and_is_the_release_whose_terms_were_reviewed() -> None:
    """A new release has another number of terms; the new ones are read: ``portal.merge.issues.icd_exceptions``."""
    parts = _parts(files("portal.data").joinpath("icd-10-cm.zip").read_bytes())
    lines = [line for part in parts.values() for line in part]
    codes = {code: texts for code, *texts in (line.split("\t") for line in lines)}
    assert list(codes) == sorted(codes)
    assert all(line.startswith(part) for part, of_part in parts.items() for line in of_part)
    assert (len(codes), sum(len(texts) - 1 for texts in codes.values())) == (43245, 11518)
    assert not any(code.startswith(("V", "W", "X", "Y")) for code in codes)
