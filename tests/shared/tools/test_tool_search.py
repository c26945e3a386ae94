from hypothesis import given
from hypothesis import strategies as st

from shared.tools.names import BUILT_IN, FIND_TOOLS, REMEMBER, model_name, told_name
from shared.tools.tool_search import MAX_QUERY_CHARACTERS, Described, search

TOOLS = tuple(
    Described(name=f"{server}__{tool}", description=description)
    for server, tool, description in (
        ("crm", "find_accounts", "Find customer accounts by name or industry."),
        ("crm", "log_activity", "Write a call, meeting or note into an account's record."),
        ("crm", "forecast", "Forecast a quarter for one seller or the team."),
        ("calendar", "create_meeting", "Invite people to a meeting."),
        ("calendar", "list_meetings", "List the meetings of a week."),
        ("hr", "request_vacation", "Ask for days off."),
        ("docs", "searchDocuments", "Full text search over contracts and offers."),
    )
)
queries = st.text(alphabet="abcdefgimnrst _-é語", max_size=40)


def test_the_best_match_comes_first() -> None:
    assert search(TOOLS, "customer accounts", 3)[0] == "crm__find_accounts"
    assert search(TOOLS, "search contracts", 3)[0] == "docs__searchDocuments"
    assert search(TOOLS, "days off", 3) == ("hr__request_vacation",)


def test_a_word_of_the_name_counts_more_than_one_of_the_description() -> None:
    *first, last = search(TOOLS, "meeting", 9)
    assert set(first) == {"calendar__list_meetings", "calendar__create_meeting"}
    assert last == "crm__log_activity"


def test_other_forms_of_a_word_and_its_beginning_are_found() -> None:
    assert search(TOOLS, "Forecasting", 1) == ("crm__forecast",)
    assert search(TOOLS, "document", 1) == ("docs__searchDocuments",)
    assert search(TOOLS, "vacat", 1) == ("hr__request_vacation",)


def test_a_server_is_found_by_its_name() -> None:
    assert set(search(TOOLS, "crm", 9)) == {"crm__find_accounts", "crm__log_activity", "crm__forecast"}


def test_nothing_fits_nothing() -> None:
    assert search(TOOLS, "helicopter", 9) == ()
    assert search(TOOLS, " ?!", 9) == ()
    assert search((), "meeting", 9) == ()


def test_only_the_beginning_of_a_very_long_query_counts() -> None:
    assert search(TOOLS, "x " * MAX_QUERY_CHARACTERS + "forecast", 9) == ()


@given(query=queries, order=st.permutations(TOOLS), limit=st.integers(0, 9))
def test_the_order_of_the_tools_does_not_matter_and_fewer_are_the_first_of_more(
    query: str, order: list[Described], limit: int
) -> None:
    found = search(TOOLS, query, len(TOOLS))
    assert search(order, query, limit) == found[:limit]
    assert len(set(found)) == len(found)


@given(server=st.text(max_size=8), tool=st.text(max_size=12) | st.sampled_from([FIND_TOOLS, REMEMBER]))
def test_no_servers_tool_is_called_as_a_built_in_one_is(server: str, tool: str) -> None:
    assert model_name(server, tool) not in BUILT_IN
    assert (told_name(server, tool) in BUILT_IN) is (server == "" and tool in BUILT_IN)
