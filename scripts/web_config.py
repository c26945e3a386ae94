"""What the deployed web client is told: `python -m scripts.web_config FOLDER`.

Writes into the folder of the built client `config.json` (where to sign in, where the app is) and
`staticwebapp.config.json` (headers, the page for every path, and that nobody but our Front Door is answered). Reads the
deployment's outputs from the environment, as `azd` sets it for hooks.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_NEEDED = ("AUTH_ISSUER", "WEB_CLIENT_ID", "WEB_CLIENT_SCOPE", "WEB_PUBSUB_HOST", "FRONT_DOOR_ID", "PUBLIC_URL")


def client_config(outputs: Mapping[str, str]) -> dict[str, str]:
    """Return `config.json`, as `web/src/core/settings.ts` reads it."""
    return {
        "authority": outputs["AUTH_ISSUER"],
        "client_id": outputs["WEB_CLIENT_ID"],
        "scope": f"openid profile offline_access {outputs['WEB_CLIENT_SCOPE']}",
        "api_base": "/api",
    }


def content_security_policy(issuer: str, web_pubsub_host: str) -> str:
    """Allow our own scripts only; connections go to us, to the issuer and to Web PubSub's socket."""
    authority = urlsplit(issuer)
    sign_in = f"{authority.scheme}://{authority.netloc}"
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            f"connect-src 'self' {sign_in} wss://{web_pubsub_host}",
            f"frame-src {sign_in}",
            "object-src 'none'",
            "base-uri 'none'",
            f"form-action 'self' {sign_in}",
            "frame-ancestors 'self'",
        )
    )


def site_config(outputs: Mapping[str, str]) -> dict[str, Any]:
    """Return `staticwebapp.config.json`."""
    policy = content_security_policy(outputs["AUTH_ISSUER"], outputs["WEB_PUBSUB_HOST"])
    return {
        "navigationFallback": {"rewrite": "/index.html", "exclude": ["/assets/*", "/config.json"]},
        "routes": [
            {"route": "/assets/*", "headers": {"Cache-Control": "public, max-age=31536000, immutable"}},
            {"route": "/config.json", "headers": {"Cache-Control": "no-store"}},
        ],
        "globalHeaders": {
            "Cache-Control": "no-cache",
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "Strict-Transport-Security": "max-age=31536000",
            "X-Content-Type-Options": "nosniff",
        },
        "networking": {"allowedIpRanges": ["AzureFrontDoor.Backend"]},
        "forwardingGateway": {
            "allowedForwardedHosts": [urlsplit(outputs["PUBLIC_URL"]).netloc],
            "requiredHeaders": {"X-Azure-FDID": outputs["FRONT_DOOR_ID"]},
        },
    }


def main(words: list[str], environment: Mapping[str, str]) -> int:
    """Write both files; say in one line what is missing."""
    missing = [name for name in _NEEDED if not environment.get(name)]
    if len(words) != 1 or missing:
        sys.stderr.write(f"Usage: web_config FOLDER, with {', '.join(missing or _NEEDED)} in the environment.\n")
        return 2
    folder = Path(words[0])
    if not (folder / "index.html").exists():
        sys.stderr.write(f"{folder} holds no built client.\n")
        return 1
    for name, document in (
        ("config.json", client_config(environment)),
        ("staticwebapp.config.json", site_config(environment)),
    ):
        (folder / name).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
