import pytest

from tests.local.mcp_servers.mcp_calls import answer

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_result_has_address_date_and_marked_terms(shared_url: str) -> None:
    found = await answer(shared_url, "web_search.search_web", query="Contoso plants", limit=1)
    (result,) = found["results"]
    assert result["url"] == "https://news.example/contoso-ohio-plant"
    assert result["date"] == "2026-09-14"
    assert "**Contoso**" in result["snippet"]
    assert "**plant**" in result["snippet"]


async def test_nothing_found_is_no_error(shared_url: str) -> None:
    found = await answer(shared_url, "web_search.search_web", query="qwertzuiop")
    assert found["results"] == []
    assert "No page matches" in found["message"]
