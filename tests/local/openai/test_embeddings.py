import math

import openai
import pytest

from local.openai.embeddings import vector
from tests.local.openai.conftest import Local

MODEL = "text-embedding-3-small"


def nearness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


async def embed(local: Local, *texts: str, **extra: int) -> list[list[float]]:
    answer = await local.sdk.embeddings.create(model=MODEL, input=list(texts), **extra)  # pyright: ignore[reportArgumentType] - only dimensions is passed
    assert [item.index for item in answer.data] == list(range(len(texts)))
    return [item.embedding for item in answer.data]


async def test_vectors_are_deterministic_unit_vectors_of_the_models_size(local: Local) -> None:
    first, second = await embed(local, "A buyer objects to the price", "A buyer objects to the price")
    assert first == second
    assert len(first) == 1536
    assert math.isclose(nearness(first, first), 1.0, rel_tol=1e-5)


async def test_dimensions_can_be_fewer(local: Local) -> None:
    assert [len(item) for item in await embed(local, "text", dimensions=256)] == [256]


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("How do I handle price objections?", "Handling an objection about pricing", "Preparing a quarterly forecast"),
        ("What is the forecast for this quarter", "quarterly forecasting", "role-play with a sceptical CFO"),
        ("contoso renewal", "Renewing the Contoso contract", "onboarding a new sales rep"),
    ],
)
def test_texts_that_share_words_are_nearer(text: str, near: str, far: str) -> None:
    base = vector(text, 1536)
    assert nearness(base, vector(near, 1536)) > nearness(base, vector(far, 1536)) + 0.1


async def test_bad_input_is_refused(local: Local) -> None:
    for texts in ([], [""], ["x"] * 2049):
        with pytest.raises(openai.BadRequestError):
            await local.sdk.embeddings.create(model=MODEL, input=texts)
    with pytest.raises(openai.BadRequestError):
        await local.sdk.embeddings.create(model=MODEL, input="x", dimensions=5000)
    with pytest.raises(openai.NotFoundError):
        await local.sdk.embeddings.create(model="gpt-5.4-mini", input="x")


async def test_plain_floats_and_tokens_are_accepted(local: Local) -> None:
    answer = await local.sdk.embeddings.create(model=MODEL, input=[1, 2, 3], encoding_format="float")
    assert len(answer.data[0].embedding) == 1536
