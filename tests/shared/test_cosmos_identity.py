"""Cosmos DB as it is deployed: over TLS, with the app's identity instead of a key."""

import ssl
import time
from collections.abc import AsyncGenerator

import jwt
import pytest
import trustme
from azure.core.exceptions import ClientAuthenticationError

from shared.cosmos import BatchFailed, Create, Replace
from shared.errors import StoreUnavailable
from tests.shared.azure_tokens import StubCredential
from tests.shared.test_cosmos import PEOPLE, Emulated, emulated, person


def token(lifetime_s: int) -> str:
    claims = {"aud": "https://127.0.0.1", "oid": "app", "exp": int(time.time()) + lifetime_s}
    return jwt.encode(claims, "the emulator checks no signature without --entra-keys", algorithm="HS256")


@pytest.fixture
async def emulator() -> AsyncGenerator[Emulated]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    async with emulated(context) as made:
        yield made


async def test_the_apps_identity_opens_the_store_with_one_token(emulator: Emulated) -> None:
    credential = StubCredential(lifetime_s=3600, token=token(3600))
    cosmos = emulator.connect(credential)
    assert await cosmos.create(PEOPLE, person("head", seq=0)) is True
    await cosmos.upsert(PEOPLE, person("head", seq=1))
    head = await cosmos.read(PEOPLE, "ada", "head")
    assert head is not None
    operations = [Create(document=person("event")), Replace(document=person("head", seq=2), etag=head["_etag"])]
    assert isinstance(await cosmos.batch(PEOPLE, "ada", operations), list)
    assert await cosmos.batch(PEOPLE, "ada", operations) == BatchFailed(index=0, status=409)
    rows = await cosmos.query(PEOPLE, "SELECT VALUE c.seq FROM c WHERE c.id = @id", {"@id": "head"}, "ada")
    assert rows == [2]
    assert len(await cosmos.read_many(PEOPLE, [("head", "ada"), ("event", "ada")])) == 2
    assert credential.scopes == ["https://127.0.0.1/.default"]
    await cosmos.close()


async def test_a_token_the_store_refuses_is_a_failure(emulator: Emulated) -> None:
    cosmos = emulator.connect(StubCredential(lifetime_s=3600, token=token(-60)))
    with pytest.raises(StoreUnavailable, match="answered 401"):
        await cosmos.read(PEOPLE, "ada", "a")
    await cosmos.close()


async def test_an_identity_that_gives_no_token_is_not_taken_for_an_answer_of_the_store(emulator: Emulated) -> None:
    cosmos = emulator.connect(StubCredential(lifetime_s=0, error=ClientAuthenticationError("no identity")))
    with pytest.raises(StoreUnavailable, match="could not be reached"):
        await cosmos.read(PEOPLE, "ada", "a")
    assert emulator.requests == []
    await cosmos.close()
