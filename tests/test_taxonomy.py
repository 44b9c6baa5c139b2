"""The taxonomy has the shape that readers rely on."""

from models.taxonomy import taxonomy, themes_by_code

AREAS = {
    "trade", "industry", "technology", "energy", "security",
    "diplomacy", "economy", "society", "governance",
}  # fmt: skip


def test_there_are_forty_one_codes_each_once() -> None:
    assert len(taxonomy().codes) == len(set(taxonomy().codes)) == len(themes_by_code()) == 41


def test_each_theme_has_an_area_a_label_and_a_definition() -> None:
    assert set(taxonomy().areas) == AREAS
    assert all(theme.label and theme.definition.endswith(".") for theme in taxonomy().themes)


def test_codes_are_lower_case_words_joined_by_hyphens() -> None:
    assert all(code.replace("-", "").isalpha() and code.islower() for code in taxonomy().codes)


def test_media_topics_are_plain_ids_and_no_two_themes_share_one() -> None:
    ids = [medtop for theme in taxonomy().themes for medtop in theme.medtop]
    assert all(len(medtop) == 8 and medtop.isdigit() for medtop in ids)
    assert len(ids) == len(set(ids))
    assert themes_by_code()["tariffs"].medtop == ("20000384",)
