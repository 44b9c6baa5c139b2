"""Copies of a text are found, whatever a desk has done to them; other texts are left apart."""

from training.copies import groups_of_copies

WIRE = """
The central bank of Peru raised its main rate to five percent on Thursday, citing food prices that
rose faster than expected in April. Governor Ana Quispe said that the board was ready to act again
in June if wages followed, and that the sol had been steady since the vote. Analysts in Lima had
expected no change after two weak readings of output, and bonds fell at once."""
REWRITTEN = """Peru lifts rates
LIMA, May 8 (Wire) - Peru's central bank raised its main rate to five percent late on Thursday,
citing food prices that rose faster than expected last month. Governor Quispe said that the board
was ready to act again in June if wages followed, and that the sol had been steady since the vote.
Most analysts had expected no change after two weak readings of output."""
OTHER = """
The central bank of Chile left its main rate at four percent on Tuesday. Food prices had risen no
faster than expected, and the board saw no reason to act before the autumn, its head said."""


def test_a_rewritten_wire_copy_is_a_copy_and_another_story_is_not() -> None:
    first, second, third = groups_of_copies([WIRE, REWRITTEN, OTHER])
    assert first == second != third


def test_a_beginning_and_another_case_are_copies() -> None:
    assert len(set(groups_of_copies([WIRE, WIRE[:120], WIRE.upper()]))) == 1


def test_copies_of_copies_are_in_one_group() -> None:
    begin, end = WIRE[: int(0.6 * len(WIRE))], f"{OTHER} {WIRE[int(0.4 * len(WIRE)) :]}"
    assert len(set(groups_of_copies([begin, end]))) == 2
    assert len(set(groups_of_copies([begin, WIRE, end]))) == 1


def test_short_texts_are_copies_only_if_they_are_the_same() -> None:
    assert groups_of_copies(["Duty.", "duty. ", "Chip duty", "Duty"]).tolist() == [0, 0, 1, 2]
    opening = "The United States said"
    texts = [f"{opening} on Monday that Peru cut rates.", opening, f"{opening} it won the cup."]
    assert len(set(groups_of_copies(texts))) == 3


def test_no_texts_have_no_groups() -> None:
    assert len(groups_of_copies([])) == 0
