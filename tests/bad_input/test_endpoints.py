"""Every endpoint, every kind of bad input: refused by name and code, and nothing changed."""

import pytest

from tests.bad_input.asking import PROBLEM, Reply, ask
from tests.bad_input.endpoint_rows import KINDS, Bad, rows_of
from tests.bad_input.names import ENDPOINTS
from tests.bad_input.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")
MAX_TITLE = 500


@pytest.mark.parametrize("name", ENDPOINTS)
async def test_bad_input_is_refused_and_changes_nothing(scene: Scene, name: str) -> None:
    before = await scene.everything()
    wrong: list[str] = []
    for kind in KINDS:
        for bad in rows_of(scene, scene.endpoints[name], kind):
            told = scene.told()
            found = differences(await ask(scene, name, bad.request, scene.ada), bad)
            if scene.told() != told:
                found.append("something was written or sent")
            if found:
                wrong.append(f"{kind}, {bad.what}: {'; '.join(found)}")
    assert not wrong, "\n".join(wrong)
    assert await scene.everything() == before


def differences(reply: Reply, bad: Bad) -> list[str]:
    """Return in what the reply is not the problem it has to be."""
    if reply.media_type != PROBLEM:
        return [f"answered {reply.status} {reply.media_type}: {reply.body[:200]!r}"]
    problem = reply.problem
    found = [
        f"{name} is {problem[name]!r}, not {wanted!r}"
        for name, wanted in {"status": bad.status, "code": bad.code, "retryable": False}.items()
        if problem[name] != wanted
    ]
    if reply.status != bad.status:
        found.append(f"the status is {reply.status}")
    title = problem["title"]
    if not title.startswith(bad.place) or problem["message"] != title or len(title) > MAX_TITLE or len(title) < 10:
        found.append(f"the title is {title[:200]!r}")
    if "Traceback" in title or "pydantic" in title or "Value error" in title:
        found.append(f"the title tells of the program: {title[:200]!r}")
    if bad.status == 401 and reply.headers.get("WWW-Authenticate") != "Bearer":
        found.append("it does not say how to sign in")
    return found
