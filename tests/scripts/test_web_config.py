"""What the deployed web client is told."""

import json
from pathlib import Path

import pytest

from local.web import server
from scripts.web_config import client_config, content_security_policy, main, site_config

OUTPUTS = {
    "AUTH_ISSUER": "https://login.microsoftonline.com/0cb1d4a2-0000-4000-8000-000000000001/v2.0",
    "WEB_CLIENT_ID": "0cb1d4a2-0000-4000-8000-000000000004",
    "WEB_CLIENT_SCOPE": "api://tenant/salescoach/access",
    "WEB_PUBSUB_HOST": "wps-x.webpubsub.azure.com",
    "FRONT_DOOR_ID": "0cb1d4a2-0000-4000-8000-000000000005",
    "PUBLIC_URL": "https://salescoach-x.azurefd.net",
}


def test_both_files_are_written_beside_the_built_client(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>", encoding="utf-8")
    assert main([str(tmp_path)], OUTPUTS) == 0
    assert json.loads((tmp_path / "config.json").read_text(encoding="utf-8")) == client_config(OUTPUTS)
    assert json.loads((tmp_path / "staticwebapp.config.json").read_text(encoding="utf-8")) == site_config(OUTPUTS)


def test_what_is_missing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)], OUTPUTS | {"FRONT_DOOR_ID": ""}) == 2
    assert "FRONT_DOOR_ID" in capsys.readouterr().err


def test_a_folder_without_a_client_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)], OUTPUTS) == 1
    assert "no built client" in capsys.readouterr().err


def test_the_client_finds_all_it_reads() -> None:
    source = (Path(__file__).parents[2] / "web" / "src" / "core" / "settings.ts").read_text(encoding="utf-8")
    config = client_config(OUTPUTS)
    assert all(f'textField(raw, "{name}")' in source for name in config)
    assert source.count("textField(raw,") == len(config)
    assert "offline_access" in config["scope"].split()


def test_the_policy_is_that_of_the_development_cloud_but_for_the_addresses() -> None:
    local = vars(server)["_content_security_policy"](json.dumps({"authority": OUTPUTS["AUTH_ISSUER"]}).encode())
    deployed = content_security_policy(OUTPUTS["AUTH_ISSUER"], OUTPUTS["WEB_PUBSUB_HOST"])
    assert deployed.replace("wss://wps-x.webpubsub.azure.com", "ws://127.0.0.1:* wss:") == local


def test_nobody_but_our_front_door_is_answered() -> None:
    site = site_config(OUTPUTS)
    assert site["networking"] == {"allowedIpRanges": ["AzureFrontDoor.Backend"]}
    assert site["forwardingGateway"] == {
        "allowedForwardedHosts": ["salescoach-x.azurefd.net"],
        "requiredHeaders": {"X-Azure-FDID": OUTPUTS["FRONT_DOOR_ID"]},
    }
