import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from azure.messaging.webpubsubservice.aio import WebPubSubServiceClient
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.typing import Subprotocol

from local.service import HOST
from local.web_pubsub.app import running
from local.web_pubsub.settings import Settings
from tests.local.web_pubsub.harness import JSON, Client, connection_string, raw_client


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate of the loopback address, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "loopback.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return file


async def test_with_a_certificate_clients_and_rest_speak_tls(settings: Settings, certificate: Path) -> None:
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    async with (
        running(settings, tls=serving) as service,
        WebPubSubServiceClient.from_connection_string(
            connection_string(service), "chat", connection_verify=str(certificate)
        ) as sdk,
    ):
        url = (await sdk.get_client_access_token(user_id="u"))["url"]
        assert url.startswith(f"wss://{HOST}:")
        async with raw_client(url, ssl=trusting, subprotocols=[Subprotocol(JSON)]) as socket:
            one = Client(socket)
            assert (await one.recv())["userId"] == "u"
            await sdk.send_to_user("u", "hello", content_type="text/plain")
            assert (await one.recv())["data"] == "hello"
