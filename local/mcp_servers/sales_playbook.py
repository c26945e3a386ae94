"""The `sales_playbook` server: how Northwind Cloud sells, found by section."""

import difflib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from mcp.server.caching import CacheableMethod, CacheHint
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

from local.mcp_servers import ranking
from local.mcp_servers.documents import Document, Section, read_documents
from local.mcp_servers.ranking import LexicalIndex

CORPUS = Path(__file__).with_name("playbook")
PER_DOCUMENT = 2  # more passages of one document crowd out other advice

_READ_ONLY = ToolAnnotations(read_only_hint=True, idempotent_hint=True, destructive_hint=False, open_world_hint=False)


class Passage(BaseModel):
    source: str = Field(description="Cite this id; get_document returns the whole document for it.")
    title: str
    heading: str = Field(description="The section of the document; empty for its opening.")
    topic: str
    text: str
    score: float = Field(description="Relevance; comparable only within this answer.")


class PlaybookAnswer(BaseModel):
    query: str
    passages: list[Passage] = Field(description="Best first; empty when the playbook has nothing on it.")
    message: str


class PlaybookDocument(BaseModel):
    source: str
    title: str
    topic: str
    markdown: str


class Playbook:
    """The documents and the index over their sections."""

    def __init__(self, documents: list[Document]) -> None:
        self._documents = {document.id: document for document in documents}
        self._chunks = [(document, section) for document in documents for section in document.sections]
        self._index = LexicalIndex([_fields(document, section) for document, section in self._chunks])

    def search(self, query: str, limit: int) -> list[Passage]:
        """Return at most `limit` passages, no more than two of one document."""
        taken: Counter[str] = Counter()
        passages: list[Passage] = []
        for hit in self._index.search(query, limit=len(self._chunks)):
            document, section = self._chunks[hit.position]
            taken[document.id] += 1
            if taken[document.id] <= PER_DOCUMENT and len(passages) < limit:
                passages.append(_passage(document, section, hit.score))
        return passages

    def document(self, source: str) -> PlaybookDocument:
        """Return a whole document.

        Raises:
            ToolError: there is none of that id; the message names near ones.

        """
        document = self._documents.get(source.strip())
        if document is None:
            near = difflib.get_close_matches(source.strip(), self._documents, n=3, cutoff=0.4)
            hint = f" Did you mean {', '.join(near)}?" if near else ""
            raise ToolError(f"The playbook has no document {source!r}; take a `source` from search_playbook.{hint}")
        title, topic = document.properties["title"], document.properties["topic"]
        return PlaybookDocument(source=document.id, title=title, topic=topic, markdown=f"# {title}\n\n{document.body}")


def _fields(document: Document, section: Section) -> list[ranking.Field]:
    return [
        ranking.Field(text=section.text, weight=1.0),
        ranking.Field(text=section.heading, weight=0.6),
        ranking.Field(text=document.properties["title"], weight=0.9),
        ranking.Field(text=document.properties["tags"], weight=0.9),
    ]


def _passage(document: Document, section: Section, score: float) -> Passage:
    return Passage(
        source=document.id,
        title=document.properties["title"],
        heading=section.heading,
        topic=document.properties["topic"],
        text=section.text,
        score=score,
    )


@cache
def load_playbook() -> Playbook:
    return Playbook(read_documents(CORPUS, required=frozenset({"title", "topic", "tags"})))


def sales_playbook_server(hints: Mapping[CacheableMethod, CacheHint]) -> MCPServer:
    """Return the server; `hints` tell clients how long its lists stay fresh."""
    playbook = load_playbook()
    server = MCPServer(
        "sales_playbook",
        title="Sales playbook",
        version="1.0",
        instructions="Northwind Cloud's own guidance on selling. Cite passages by title.",
        cache_hints=hints,
    )

    @server.tool(title="Search the sales playbook", annotations=_READ_ONLY)
    async def search_playbook(
        query: Annotated[
            str,
            Field(min_length=1, max_length=300, description="What to look up, in English, e.g. 'price objection'."),
        ],
        limit: Annotated[int, Field(ge=1, le=10, description="How many passages to return.")] = 5,
    ) -> PlaybookAnswer:
        """Find Northwind Cloud's guidance on selling, coaching and managing a sales team.

        Covers objections (price, timing, competitor, security), discovery, qualification, negotiation, discount
        rules, closing plans, demos, renewals, forecasting, outreach, e-mail, meetings, coaching conversations and
        onboarding. Use short topical queries; ask once per topic. Knows nothing about particular customers.
        """
        passages = playbook.search(query, limit)
        message = f"{len(passages)} passages, best first." if passages else "Nothing found; try other, broader words."
        return PlaybookAnswer(query=query, passages=passages, message=message)

    @server.tool(title="Read a playbook document", annotations=_READ_ONLY)
    async def get_document(
        id: Annotated[  # noqa: A002 - the argument's public name in the tool's contract
            str, Field(min_length=1, max_length=100, description="The `source` of a passage.")
        ],
    ) -> PlaybookDocument:
        """Return one whole playbook document as Markdown, when a passage from search_playbook is too short."""
        return playbook.document(id)

    return server
