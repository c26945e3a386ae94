"""The tools of the development MCP servers as the app offers them, and answers they could give."""

import json
from collections.abc import Mapping
from typing import Any


def _tool(name: str, required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    properties = {**required, **(optional or {})}
    schema = {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
    return {"type": "function", "name": name, "description": "", "parameters": schema}


TEXT = {"type": "string"}
LIMIT = {"type": "integer", "minimum": 1, "maximum": 20, "default": 5}
TOOLS = [
    _tool("crm__find_accounts", {"query": TEXT}),
    _tool("crm__get_pipeline", {"account": TEXT}),
    _tool("crm__list_activities", {"account": TEXT}, {"limit": LIMIT}),
    _tool(
        "crm__log_activity",
        {"account": TEXT, "kind": {"enum": ["meeting", "call", "email", "note"]}, "note": TEXT},
        {"action_id": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
    ),
    _tool("crm__forecast", {}, {"owner": TEXT, "quarter": TEXT}),
    _tool("sales_playbook__get_document", {"id": TEXT}),
    _tool("sales_playbook__search_playbook", {"query": TEXT}, {"limit": LIMIT}),
    _tool("web_search__search_web", {"query": TEXT}, {"limit": LIMIT}),
]
NAMES = {tool["name"] for tool in TOOLS}
PIPELINE = {
    "account": "Contoso Ltd",
    "opportunities": [
        {
            "name": "Plant rollout",
            "stage": "Proposal",
            "amount": 184500,
            "currency": "EUR",
            "probability": 0.6,
            "close_date": "2026-12-18",
            "next_step": "Send the revised offer",
            "risk": "New CFO",
        },
        {"name": "Analytics pilot", "stage": "Discovery", "amount": 42000, "currency": "USD", "probability": 20},
        {"name": "Old project", "stage": "Closed Lost", "amount": 999999, "currency": "EUR", "probability": 0},
    ],
}
PASSAGES = {
    "passages": [
        {
            "title": "Price objections",
            "heading": "Before you answer",
            "text": "Ask what the number is compared with. A discount given early is a discount given twice.",
            "source": "price-objections",
            "score": 9.1,
        }
    ]
}
ANSWERS: Mapping[str, Any] = {
    "crm__find_accounts": {"accounts": [{"name": "Contoso Ltd", "industry": "Retail"}]},
    "crm__get_pipeline": PIPELINE,
    "crm__list_activities": {"activities": [{"kind": "call", "date": "2026-11-10", "note": "They asked about price"}]},
    "crm__log_activity": {"id": "act-77", "status": "logged"},
    "crm__forecast": {"quarters": [{"name": "Q4", "amount": 1200000, "currency": "EUR"}]},
    "sales_playbook__get_document": {"title": "Price objections", "text": "Whole text"},
    "sales_playbook__search_playbook": PASSAGES,
    "web_search__search_web": {
        "results": [
            {
                "title": "Contoso opens a plant",
                "url": "https://news.example/contoso-plant",
                "date": "2026-10-02",
                "snippet": "Contoso opened its third plant.",
            }
        ]
    },
}


def output(name: str) -> str:
    return json.dumps(ANSWERS[name])
