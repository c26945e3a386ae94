import pytest

from tests.local.mcp_servers.mcp_calls import answer, call, text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_passage_names_its_document_and_quotes_it(shared_url: str) -> None:
    found = await answer(shared_url, "sales_playbook.search_playbook", query="price objection", limit=3)
    first = found["passages"][0]
    assert (first["source"], first["title"]) == ("objection-price", "Price objections")
    whole = await answer(shared_url, "sales_playbook.get_document", id=first["source"])
    assert f"## {first['heading']}\n{first['text']}" in whole["markdown"]


async def test_passages_are_ordered_limited_and_not_all_of_one_document(shared_url: str) -> None:
    found = await answer(shared_url, "sales_playbook.search_playbook", query="price discount", limit=4)
    passages = found["passages"]
    assert len(passages) == 4
    scores = [passage["score"] for passage in passages]
    assert scores == sorted(scores, reverse=True)
    assert len({passage["source"] for passage in passages}) >= 2


@pytest.mark.parametrize("query", ["zyxwv", "the of and", "   ", "?!", "日本", "'; zyxwv --"])
async def test_a_query_without_a_match_says_so(shared_url: str, query: str) -> None:
    found = await answer(shared_url, "sales_playbook.search_playbook", query=query)
    assert found["passages"] == []
    assert "Nothing found" in found["message"]


async def test_an_unknown_document_is_an_error_that_names_near_ones(shared_url: str) -> None:
    result = await call(shared_url, "sales_playbook.get_document", id="objections-price")
    assert result.is_error
    assert "objection-price" in text_of(result)


@pytest.mark.parametrize("identifier", ["../web_pages", "/etc/passwd", "objection-price.md"])
async def test_an_id_is_no_path(shared_url: str, identifier: str) -> None:
    assert (await call(shared_url, "sales_playbook.get_document", id=identifier)).is_error
