"""What the settings `BUDGETS`, `TEAM_GROUPS` and `MODEL_PRICES` may say, and how a slip is told."""

import json
from typing import Any

import pytest

from shared.errors import SettingsInvalid
from shared.settings import Settings
from shared.usage.budgets import NO_BUDGETS
from shared.usage.prices import NO_PRICES
from shared.usage.teams import NO_TEAMS, UNASSIGNED, TeamGroups
from tests.shared.test_settings import COMPLETE

PRICE = {"input": 1, "output": 2}
PRICED = {"currency": "USD", "models": {"model": PRICE, "small-model": PRICE}}
DAY = {"day": {"tokens": 10}}


def read(**settings: Any) -> Settings:
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in settings.items()}
    return Settings.from_environment(COMPLETE | texts)


def test_unset_means_no_prices_no_teams_and_no_limits() -> None:
    settings = Settings.from_environment(COMPLETE | {"BUDGETS": " "})
    assert (settings.model_prices, settings.team_groups, settings.budgets) == (NO_PRICES, NO_TEAMS, NO_BUDGETS)
    assert settings.budgets.of_person("any") is settings.budgets.of_team("any") is None


def test_all_three_together_are_read() -> None:
    settings = read(
        MODEL_PRICES=PRICED,
        TEAM_GROUPS={"g-1": "North"},
        BUDGETS={"team": {"month": {"cost_micros": 5}}, "overrides": {"North": {"person": DAY}}, "contact": "Ines"},
    )
    limits = settings.budgets.of_person("North")
    assert limits is not None
    assert [(limit.key, limit.most, limit.soft) for limit in limits.each()] == [("day.tokens", 10, 8)]
    assert settings.budgets.of_person("South") is None
    assert settings.budgets.of_team("North") == settings.budgets.of_team("South") == settings.budgets.team
    assert settings.budgets.contact == "Ines"


def test_an_override_replaces_or_lifts_the_part_it_names_and_no_other() -> None:
    budgets = read(
        TEAM_GROUPS={"1": "Free", "2": "Small"},
        BUDGETS={
            "person": DAY,
            "team": DAY,
            "overrides": {"Free": {"team": None}, "Small": {"team": {"day": {"tokens": 1}}}},
        },
    ).budgets
    small = budgets.of_team("Small")
    assert budgets.of_team("Free") is None
    assert small is not None
    assert [limit.most for limit in small.each()] == [1]
    assert budgets.of_person("Free") == budgets.of_person("Small") == budgets.person


def test_people_without_a_team_share_no_limits_unless_they_are_given_some() -> None:
    assert read(BUDGETS={"team": DAY}).budgets.of_team(UNASSIGNED) is None
    given = read(BUDGETS={"team": DAY, "overrides": {UNASSIGNED: {"team": DAY}}}).budgets
    assert given.of_team(UNASSIGNED) == given.team


@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        ("MODEL_PRICES", "{", "MODEL_PRICES: "),
        ("MODEL_PRICES", "[]", "MODEL_PRICES: "),
        ("MODEL_PRICES", {"models": {}}, "MODEL_PRICES.currency: "),
        ("MODEL_PRICES", {"currency": "euro", "models": {}}, "MODEL_PRICES.currency: "),
        ("MODEL_PRICES", {"currency": "EUR", "models": {"Big": {"input": 1}}}, "MODEL_PRICES.models.Big.output: "),
        ("MODEL_PRICES", {"currency": "EUR", "models": {"": {"input": 1, "output": 1}}}, "MODEL_PRICES.models."),
        ("MODEL_PRICES", PRICED | {"discount": 1}, "MODEL_PRICES.discount: "),
        ("BUDGETS", {"persons": DAY}, "BUDGETS.persons: "),
        ("BUDGETS", {"person": {}}, "BUDGETS.person: "),
        ("BUDGETS", {"person": {"day": {}}}, "BUDGETS.person.day: "),
        ("BUDGETS", {"person": {"day": {"tokens": 0}}}, "BUDGETS.person.day.tokens: "),
        ("BUDGETS", {"person": {"day": {"tokens": "5"}}}, "BUDGETS.person.day.tokens: "),
        ("BUDGETS", {"person": {"day": {"tokens": 1.5}}}, "BUDGETS.person.day.tokens: "),
        ("BUDGETS", {"person": {"day": {"tokens": True}}}, "BUDGETS.person.day.tokens: "),
        ("BUDGETS", {"person": DAY | {"soft_percent": 101}}, "BUDGETS.person.soft_percent: "),
        ("BUDGETS", {"team": {"week": {"tokens": 1}}}, "BUDGETS.team.week: "),
        ("BUDGETS", {"contact": ""}, "BUDGETS.contact: "),
        ("BUDGETS", {"overrides": {"Nort": {"team": DAY}}}, "BUDGETS: Value error, overrides: not among the teams"),
        (
            "BUDGETS",
            {"person": {"day": {"cost_micros": 5}}},
            "BUDGETS: Value error, limits of cost_micros need a price",
        ),
        ("BUDGETS", '{"person": null, "person": null}', "BUDGETS: Value error, 'person' is given twice"),
        ("TEAM_GROUPS", "North", "TEAM_GROUPS: "),
        ("TEAM_GROUPS", {"g": ""}, "TEAM_GROUPS.g: "),
        ("TEAM_GROUPS", {"g": "unassigned"}, "TEAM_GROUPS.g: "),
        ("TEAM_GROUPS", {"g": "app"}, "TEAM_GROUPS.g: "),
        ("TEAM_GROUPS", {"g": " North"}, "TEAM_GROUPS.g: "),
        ("TEAM_GROUPS", {"g": "No\nrth"}, "TEAM_GROUPS.g: "),
        ("TEAM_GROUPS", {"g": ["North"]}, "TEAM_GROUPS.g: "),
    ],
)
def test_a_slip_is_told_with_its_place(name: str, value: object, place: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        read(**{name: value})
    assert place in str(refused.value)


@pytest.mark.parametrize("price", ["NaN", "Infinity", "-0.5", '"1"', "true", "null", "1e300"])
def test_a_price_is_a_plain_number_from_nothing_up(price: str) -> None:
    text = '{"currency": "EUR", "models": {"big": {"input": %s, "output": 1}}}' % price  # noqa: UP031 - full of braces
    with pytest.raises(SettingsInvalid, match="MODEL_PRICES"):
        read(MODEL_PRICES=text)


def test_limits_of_money_need_a_price_of_both_deployments() -> None:
    one = {"currency": "USD", "models": {"model": PRICE}}
    budgets = {"overrides": {UNASSIGNED: {"person": {"day": {"cost_micros": 5}}}}}
    with pytest.raises(SettingsInvalid, match="need a price in MODEL_PRICES"):
        read(MODEL_PRICES=one, BUDGETS=budgets)
    assert read(MODEL_PRICES=PRICED, BUDGETS=budgets).budgets.in_money


@pytest.mark.parametrize(
    ("groups", "team"),
    [
        (["b"], "South"),
        (["b", "a"], "North"),
        (["x", "A"], "North"),
        (["c"], "South"),
        (["x"], UNASSIGNED),
        ([], UNASSIGNED),
    ],
)
def test_the_first_group_the_setting_lists_makes_the_team(groups: list[str], team: str) -> None:
    assert TeamGroups({"a": "North", "b": "South", "C": "South"}).team_of(groups) == team
