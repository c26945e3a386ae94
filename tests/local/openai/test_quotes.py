"""What the brain does when it is asked for a quote."""

import json

import pytest

from local.openai.ask import Tool
from local.openai.planning import plan
from local.openai.toolbox import Capability, call, find

SCHEMA = {"type": "object", "properties": {"account": {"type": "string"}}, "required": ["account"]}


def tool(name: str) -> Tool:
    return Tool(name=name, description="", parameters=SCHEMA)


def test_the_quote_of_a_customer_is_read_not_sent() -> None:
    made = plan(["What is in our quote for Contoso?"])
    needs = [need for stage in made.stages for need in stage]
    assert [need.capability for need in needs] == [Capability.QUOTE]
    found = find([tool("quotes__send_quote"), tool("quotes__get_quote")], needs[0].capability)
    assert found is not None
    assert found.name == "quotes__get_quote"
    assert "Contoso" in json.loads(call(found, needs[0], made.company).arguments)["account"]


@pytest.mark.parametrize("name", ["quotes__connect", "quotes__sign_in"])
def test_before_a_sign_in_whatever_the_server_offers_is_called(name: str) -> None:
    found = find([tool("crm__get_pipeline"), tool(name)], Capability.QUOTE)
    assert found is not None
    assert found.name == name
