"""The operator's command for prompts, on a real Blob Storage emulator."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from scripts.prompts import main
from shared.blob import BlobStore
from shared.prompts.store import PromptStore
from shared.settings import ServiceAddress
from tests.shared.azurite import azurite, connection_string

pytestmark = pytest.mark.asyncio(loop_scope="module")

ONE = "One. {{today}}\n{{tools}}\n"
TWO = "Two. {{today}}\n{{tools}}\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def blob() -> AsyncGenerator[str]:
    async with azurite() as port:
        text = connection_string(port)
        store = BlobStore(ServiceAddress(connection_string=text), None)
        await store.write("prompts", "made", b"", "text/plain")
        await store.close()
        yield text


@pytest.fixture(autouse=True)
def environment(blob: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOB", blob)
    monkeypatch.delenv("BLOB__serviceUri", raising=False)


async def _labels(blob: str, name: str) -> dict[str, str]:
    store = BlobStore(ServiceAddress(connection_string=blob), None)
    try:
        return {label: at.version for label, at in (await PromptStore(store).labels(name)).items()}
    finally:
        await store.close()


async def test_a_prompt_goes_to_staging_then_to_production_and_back(
    blob: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "story.md"
    file.write_text(ONE)
    assert await main(["upload", str(file)]) == 0
    assert await main(["promote", "story"]) == 0
    first = (await _labels(blob, "story"))["production"]
    file.write_text(TWO)
    assert await main(["upload", str(tmp_path)]) == 0
    assert (await _labels(blob, "story"))["production"] == first
    capsys.readouterr()
    assert await main(["diff", "story"]) == 1
    told = capsys.readouterr().out
    assert "-One. {{today}}" in told
    assert "+Two. {{today}}" in told
    assert await main(["promote", "story"]) == 0
    assert await main(["diff", "story"]) == 0
    second = (await _labels(blob, "story"))["production"]
    assert second != first
    assert await main(["rollback", "story"]) == 0
    assert await _labels(blob, "story") == {"staging": second, "production": first}
    capsys.readouterr()
    assert await main(["list"]) == 0
    assert f"  {first}  production\n" in capsys.readouterr().out


async def test_one_wrong_file_keeps_all_of_them_from_being_uploaded(
    blob: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.md").write_text(ONE)
    (tmp_path / "wrong.md").write_text(ONE + "{{secret}}")
    assert await main(["upload", str(tmp_path)]) == 2
    assert "wrong uses unknown variables: secret" in capsys.readouterr().err
    assert await _labels(blob, "good") == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["promote", "nobody"], "no version staging of the prompt nobody"),
        (["rollback", "nobody"], "never pointed to another version"),
        (["diff", "nobody", "0123456789ab"], "no version 0123456789ab"),
    ],
)
async def test_what_is_not_there_is_named(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await main(words) == 2
    assert said in capsys.readouterr().err


async def test_without_a_storage_account_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BLOB")
    assert await main(["list"]) == 2
    assert "BLOB__serviceUri" in capsys.readouterr().err
