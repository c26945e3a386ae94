"""A common question with an approved answer that was offered."""

from shared.common_questions.approved import Approval, ApprovedAnswers, Match
from shared.common_questions.shapes import Cluster
from shared.common_questions.store import CommonQuestions
from shared.common_questions.vectors import packed
from tests.support.world import World

SEEN, AT = "cl_seen", "2026-03-02T09:00:00.000Z"


async def offered_to(world: World, session: str, turn: str) -> None:
    """Have a cluster with an approved answer, offered beside the turn."""
    cluster = Cluster(id=SEEN, size=9, people=5, centroid=packed((1, 0)), first_seen=AT, updated_at=AT)
    await CommonQuestions(world.cosmos).put_clusters([cluster])
    approved = ApprovedAnswers(world.cosmos, world.clock)
    known = await approved.one(SEEN)
    version = known.version if known else 0
    approval = Approval(state="approved", text="Yes.", threshold=0.7, version=version, by="tenant.dana", by_name="Dana")
    answer = await approved.decide(cluster, approval)
    await approved.record(Match(answer=answer, similarity=0.9), session, turn)
