"""Prompt versions and where their labels point, for administrators."""

from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from shared.prompts.library import PromptLibrary
from shared.prompts.store import PromptStore


class LabelReply(Output):
    """Where a label points, since when, and by whose hand."""

    label: str
    version: str
    previous: str | None
    moved_by: str
    moved_at: str


class PromptReply(Output):
    """A prompt: all its versions, its labels, and the version this instance uses (None: not asked for yet)."""

    name: str
    versions: tuple[str, ...]
    labels: tuple[LabelReply, ...]
    in_use: str | None
    degraded: bool


class PromptsReply(Output):
    """All prompts. `label` is the one new sessions go by; a `degraded` prompt could not be refreshed lately."""

    label: str
    prompts: tuple[PromptReply, ...]


class PromptsAdminApi:
    """Endpoints about prompts, with role `Admin`."""

    def __init__(self, store: PromptStore, library: PromptLibrary) -> None:
        self._store = store
        self._library = library

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(
                name="admin_prompts",
                method="GET",
                path="manage/prompts",
                summary="Prompt versions, their labels, and what is in use",
                handle=self.show,
                tag="admin",
                reply=PromptsReply,
                roles=frozenset({"Admin"}),
            ),
        )

    async def show(self, _: ApiRequest) -> ApiReply:
        names = sorted({*await self._store.names(), *self._library.degraded})
        prompts = [await self._prompt(name) for name in names]
        return ApiReply(body=PromptsReply(label=self._library.label, prompts=tuple(prompts)))

    async def _prompt(self, name: str) -> PromptReply:
        labels = await self._store.labels(name)
        told = (
            LabelReply(
                label=label,
                version=at.version,
                previous=at.previous,
                moved_by=at.moved_by,
                moved_at=at.moved_at,
            )
            for label, at in sorted(labels.items())
        )
        return PromptReply(
            name=name,
            versions=tuple(await self._store.versions(name)),
            labels=tuple(told),
            in_use=self._library.in_use.get(name),
            degraded=name in self._library.degraded,
        )
