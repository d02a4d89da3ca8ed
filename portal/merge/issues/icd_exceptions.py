"""Where title and structure of a code of ICD-10-CM mislead about its inclusion terms: reviewed one by one, as tables.

Read against the release of April 2026. What a new release brings is read before it is taken:
``tests/unit/merge/test_icd_table.py`` counts the terms.
"""

from collections.abc import Mapping

from portal.merge.words.text import plain, word_set

ONE_ILLNESS = word_set("""
B351 D573 D67 D681 D6861 D72819 D72829 E272 E282 E530 E7402 E7403 E8771 F201 F4381 F605 F630 F68A F952 G3183 G4733
G500 I051 I061 I201 I361 I371 I442 I5181 I7782 J301 J84112 K141 K145 K220 L130 M273 M301 M797 N486
""")
"""Codes with several inclusion terms, all of them names of the title: tic douloureux, Prinzmetal angina, dry socket."""

ANOTHER_THING = word_set("""
A020 A0225 A051 A1782 A1783 A182 A1831 A1839 A260 A312 A362 A3681 A4101 A4152 A4852 A4901 A5003 A5424 A779 A7982 A819
A850 A851 A86 A872 A9230 B0052 B007 B0112 B020 B0224 B0233 B050 B051 B052 B053 B0601 B341 B349 B3782 B379 B431 B463
B49 B5883 B769 B873 D520 D550 D571 D592 D619 D631 D640 D66 D6851 D729 D751 D801 D823 D841 E009 E030 E039 E049 E15 E169
E28319 E301 E344 E59 E7211 E832 E8721 E8722 E876 E892 E893 E8940 F060 F061 F200 F203 F39 F459 F489 G039 G113 G244 G249
G3181 G373 G43901 G4711 G4734 G527 G629 G7102 G71220 G801 G903 G932 G9341 G959 H209 H3554 H3581 H4722 H5353 H5354
H5355 H547 H814 I119 I213 I214 I222 I2510 I25810 I25811 I25812 I2721 I319 I400 I454 I495 I607 I610 I639 I776 I81 I8390
I872 I889 J020 J22 J320 J679 J811 J849 J942 J9602 J9612 K031 K036 K041 K0500 K0510 K061 K0820 K130 K30 K311 K594 K610
K611 K631 K683 K759 K833 K901 K922 L0102 L219 L280 L400 L539 L570 L574 L659 L671 L744 L7452 L817 L930 L941 L981 M310
M359 M719 M722 M729 M940 N0620 N0621 N0622 N189 N19 N321 N360 N4402 N4601 N4611 N501 N760 N764 N8002 N8030 N80D0 N812
N823 N841 N905 N915 N923
""")
"""Codes whose inclusion terms say more, less or something else than the title.

Cerebral infarction counts "stroke NOS", a polyneuropathy "neuropathy NOS", NSTEMI "nontransmural infarction",
candidiasis "thrush", a hepatic inflammation "hepatitis NOS": a code is right for both, a row is not.
"""

_OTHER_TERMS = """
B359: Ringworm NOS
E042: Cystic goiter NOS
E291: Defective biosynthesis of testicular androgen NOS
F8081: Cluttering NOS
L0292: Furunculosis NOS
M1990: Arthritis NOS
N35919: Pinhole meatus NOS
N610: Cellulitis (acute) (nonpuerperal) (subacute) of nipple NOS
N926: Irregular bleeding NOS
"""
OTHER_TERMS: Mapping[str, str] = {
    code: plain(term) for code, _, term in (line.partition(": ") for line in _OTHER_TERMS.strip().splitlines())
}
"""One term of such a code, where another is a name."""
