"""Countries are found under all their names, and names that only look like one are not."""

import time

import pytest

from models.countries import after_dateline, country_codes, find_mentions

ISO = """
ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR
BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL
COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK
FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV
HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO
LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG
MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN
PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE
SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO
TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
"""


def codes(text: str) -> list[str]:
    return [mention.code for mention in find_mentions(text)]


def test_every_iso_country_and_every_bloc_is_there() -> None:
    assert set(country_codes()) == {*ISO.split(), "XKX", "XEU", "XNT", "XUN", "XAS"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("South Korea and North Korea", ["KOR", "PRK"]),
        ("Korean firms", ["KOR"]),
        ("the Kremlin, the White House and the Blue House", ["RUS", "USA", "KOR"]),
        ("Brussels, NATO, the United Nations and ASEAN", ["XEU", "XNT", "XUN", "XAS"]),
        ("U.S.-China talks", ["USA", "CHN"]),
        ("China's and the U.K.'s", ["CHN", "GBR"]),
        (
            "Papua New Guinea, Guinea-Bissau, Equatorial Guinea, Guinea",
            ["PNG", "GNB", "GNQ", "GIN"],
        ),
        ("South Sudan and Sudan", ["SSD", "SDN"]),
        ("the Democratic Republic of the Congo", ["COD"]),
        ("C\u00f4te d'Ivoire and T\u00fcrkiye", ["CIV", "TUR"]),
        ("Nigerien and Nigerian soldiers", ["NER", "NGA"]),
        ("Dominican Republic, Dominica", ["DOM", "DMA"]),
        ("the People's Republic of China and the Republic of China", ["CHN", "TWN"]),
        ("JAPAN CUTS RATES", ["JPN"]),
        ("non-Chinese and Chinese-owned", ["CHN", "CHN"]),
    ],
)
def test_names_peoples_and_seats_are_found(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "give us more",
        "PLEASE GIVE US MORE",
        "Michael Jordan scored",
        "Jordan Peterson said",
        "Chad Smith plays",
        "a court in Atlanta said Georgia may",
        "New Mexico and South America",
        "the South China Sea",
        "a Washington Post reporter",
        "roast turkey with chile",
        "Indiana and Malinowski",
    ],
)
def test_what_only_looks_like_a_country_is_none(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jordan and Chad signed", ["JOR", "TCD"]),
        ("King Abdullah of Jordan said", ["JOR"]),
        ("Georgia and Russia fought in 2008", ["GEO", "RUS"]),
        ("The US said", ["USA"]),
    ],
)
def test_guarded_names_are_countries_where_they_stand_alone(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_offsets_hold_the_name() -> None:
    text = "In Seoul, American envoys met Lee Jae-myung."
    assert [text[m.start : m.end] for m in find_mentions(text)] == [
        "Seoul",
        "American",
        "Lee Jae-myung",
    ]


def test_a_dateline_is_not_the_story() -> None:
    text = "BEIJING, May 3 (Reuters) - Japan and France signed."
    assert text[after_dateline(text) :] == "Japan and France signed."
    assert after_dateline("Japan - the largest buyer - signed.") == 0


@pytest.mark.parametrize("unit", ["A", "A ", "United ", "Jordan ", "U.S", "\u0130\u0307 ", "US "])
def test_a_mebibyte_is_gone_through_in_a_moment(unit: str) -> None:
    text = unit * (1024 * 1024 // len(unit))
    begin = time.perf_counter()
    find_mentions(text)
    assert time.perf_counter() - begin < 30
