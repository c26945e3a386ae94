"""People who ask, and the analyzer over what they asked: real store, scripted model, embeddings that hash words."""

import json
from collections.abc import Sequence

from insights.clusters import cluster
from insights.collect import Outcome, collect
from insights.dependencies import AnalyzerDependencies
from insights.labels import label_some
from shared.common_questions.approved import ApprovedAnswers
from shared.common_questions.runs import RunRequest
from shared.common_questions.shapes import AskedQuestion, Cluster, week_of
from shared.common_questions.store import CommonQuestions
from tests.orchestration.turns import Turn
from tests.support.client import Client
from tests.support.doubles import answer
from tests.support.embedding import HashingEmbedder
from tests.support.side_calls import side_calls_of
from tests.support.world import World

RUN = RunRequest(holder="analyzer.test")


class Analysis:
    """A world, its people's questions, and the analyzer."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.embedder = HashingEmbedder()
        self.questions = CommonQuestions(world.cosmos)
        self.approved = ApprovedAnswers(world.cosmos, world.clock)
        self.deps = AnalyzerDependencies(
            cosmos=world.cosmos,
            questions=self.questions,
            calls=side_calls_of(world, embedder=self.embedder),
            embedding_model="embedding-model",
            now=world.clock,
        )

    async def ask(self, text: str, person: str | None = None, *roles: str, **opening: object) -> Turn:
        """Let somebody ask in a new session of theirs."""
        principal = person or self.world.person()
        await self.world.sign_in(principal, *roles)
        client = await Client(self.world, principal).connect()
        session = await client.open(**opening)
        accepted = await client.ask(text)
        return Turn(self.world, client, session, accepted["turn_id"], accepted["seq"])

    async def ask_all(self, texts: Sequence[str]) -> list[Turn]:
        return [await self.ask(text) for text in texts]

    async def read(self, run: RunRequest = RUN) -> list[Outcome]:
        """Read on until there is nothing new."""
        outcomes: list[Outcome] = [await collect(self.deps, run)]
        while outcomes[-1] == "more":
            outcomes.append(await collect(self.deps, run))
        return outcomes

    async def kept(self) -> list[AskedQuestion]:
        return await self.questions.of_week(week_of(self.world.clock()))

    async def texts(self) -> list[str]:
        return sorted(one.text for one in await self.kept())

    async def clusters(self) -> list[Cluster]:
        """Read on, cluster, and return what may be shown, the largest first."""
        await self.read()
        assert await cluster(self.deps, RUN) == "done"
        shown = [one for one in await self.questions.clusters() if one.may_be_shown]
        return sorted(shown, key=lambda one: -one.size)

    async def label(self, *labels: str) -> str:
        for one in labels:
            self.world.model.scripts.append(list(answer(json.dumps({"label": one}))))
        return await label_some(self.deps, RUN)
