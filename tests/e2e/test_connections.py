"""Signing in to a tool server as a browser does it, through every program of the stack."""

import re
from html import unescape
from typing import Any, cast

import httpx2
import jwt
import pytest

from shared.clock import utc_now
from shared.settings import Settings
from shared.tools.catalog import Catalog
from shared.tools.catalogs import Catalogs
from shared.tools.credentials_setup import build_credentials
from tests.e2e.client import negotiate
from tests.e2e.stack import ROOT, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(120)]


def link_for(stack: Stack, principal: str) -> str:
    """Return the link a card of the running app would show."""
    settings = Settings.from_environment(stack.settings())
    catalog = Catalog.load((ROOT / "mcpservers.json").read_text(encoding="utf-8"), {"MCP_BASE_URL": "http://127.0.0.1"})
    nothing = cast("Any", None)
    credentials = build_credentials(settings, nothing, nothing, Catalogs(catalog), utc_now)
    url = credentials.sign_in_url("quotes", "t_x.0.0.q0", principal, "s_x")
    assert url is not None
    return url


def onward(page: httpx2.Response) -> str:
    assert page.status_code == 200, page.text
    found = re.search(r'class="go" href="([^"]+)"', page.text)
    assert found is not None
    return unescape(found.group(1))


def test_a_person_connects_a_tool_server_sees_it_and_disconnects_it(stack: Stack) -> None:
    token = stack.token()
    claims = jwt.decode(token, options={"verify_signature": False})
    assert negotiate(stack, token)[0] == 200
    link = link_for(stack, f"{claims['tid']}.{claims['oid']}")
    assert link.startswith(stack.url("web"))
    signed_in = {"authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=stack.url("web"), timeout=20) as browser:
        page = browser.get(link)
        assert claims["name"] in page.text
        there = browser.get(onward(page)).headers["location"]
        assert there.startswith(stack.url("mcp_servers"))
        choose = browser.get(there).headers["location"]
        back = browser.post(choose, data={"account": "Key accounts"}).headers["location"]
        assert back.startswith(stack.url("web"))
        done = browser.get(back)
        assert (done.status_code, "You are connected" in done.text) == (200, True)
        listed = browser.get("/api/connections", headers=signed_in).json()
        assert [(one["server"], one["kind"]) for one in listed["connections"]] == [("quotes", "oauth")]
        assert browser.delete("/api/connections/quotes", headers=signed_in).status_code == 204
        assert browser.get("/api/connections", headers=signed_in).json() == {"connections": []}
    assert stack.get(stack.url("mcp_servers") + "/_quotes")["revoked"] == 1
    code = dict(httpx2.URL(back).params)["code"]
    assert not [secret for secret in (token, code, link.partition("card=")[2]) if secret in stack.output]
