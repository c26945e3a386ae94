"""Links of an answer lead to what a tool returned, or to nothing that any did."""

import json

from shared.protocol.durable import ToolCallCompleted
from shared.protocol.shapes import COACH, Trust
from shared.sources import MAX_LINKS, CheckedLinks, check_links

PAGES = {
    "results": [
        {"url": "https://news.example/plant", "title": "A second plant"},
        {"url": "https://news.example/cfo", "title": "New \u202e CFO\nappointed"},
    ]
}


def returned(
    call: str, result: object, server: str = "web", tool: str = "search", trust: Trust = "trusted"
) -> tuple[ToolCallCompleted, str]:
    event = ToolCallCompleted(
        conversation_id="s_1",
        at="",
        seq=1,
        actor=COACH,
        call_id=call,
        turn_id="t_1",
        status="completed",
        preview="",
        ms=1,
        server=server,
        tool=tool,
        trust=trust,
    )
    return event, result if isinstance(result, str) else json.dumps(result)


def checked(answer: str, *results: tuple[ToolCallCompleted, str]) -> CheckedLinks:
    return check_links(answer, results)


def test_a_source_tells_its_title_its_tool_and_whether_strangers_wrote_it() -> None:
    found = checked("See [this](https://news.example/plant).", returned("c1", PAGES, trust="untrusted"))
    (source,) = found.sources
    assert (source.links, source.title) == (("https://news.example/plant",), "A second plant")
    assert (source.call_id, source.server, source.tool, source.trust) == ("c1", "web", "search", "untrusted")
    assert found.unsourced == ()


def test_sources_stand_in_the_order_of_the_answer_each_once_with_all_its_spellings() -> None:
    found = checked(
        "https://news.example/cfo, https://news.example/plant, [again](HTTPS://News.Example:443/cfo).",
        returned("c1", PAGES),
    )
    assert [source.links for source in found.sources] == [
        ("https://news.example/cfo", "HTTPS://News.Example:443/cfo"),
        ("https://news.example/plant",),
    ]
    assert found.sources[0].title == "New CFO appointed"


def test_what_no_result_holds_is_told_as_written_wherever_it_would_lead() -> None:
    answer = (
        "https://news.example/plan [x](https://news.example@evil.example/plant) https://news.ex\u0430mple/plant "
        "[y](https://evil.example\\\\@news.example/plant)"
    )
    found = checked(answer, returned("c1", PAGES))
    assert found.sources == ()
    assert found.unsourced == (
        "https://news.example/plan",
        "https://news.example@evil.example/plant",
        "https://news.ex\u0430mple/plant",
        "https://evil.example\\@news.example/plant",
    )


def test_an_answer_whose_turn_used_no_tool_has_no_sources() -> None:
    assert checked("See https://x.example.").unsourced == ("https://x.example",)
    assert checked("No link, no mail@x.example, no [x](javascript:x).", returned("c1", PAGES)) == CheckedLinks()


def test_the_first_call_that_returned_an_address_is_its_source_with_the_first_title_there_is() -> None:
    first = returned("c1", "[link text/html, https://news.example/plant]", server="crm", tool="files")
    found = checked("https://news.example/plant", first, returned("c2", PAGES))
    assert [(source.call_id, source.title) for source in found.sources] == [("c1", "A second plant")]


def test_a_flood_of_links_is_looked_at_in_part() -> None:
    answer = " ".join(f"https://x.example/{number}" for number in range(MAX_LINKS + 5))
    assert len(checked(answer).unsourced) == MAX_LINKS
