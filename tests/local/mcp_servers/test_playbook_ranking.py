import pytest

from local.mcp_servers.documents import DocumentError, read_documents
from local.mcp_servers.sales_playbook import CORPUS, load_playbook

EXPECTED = [
    ("what should I say about price", "objection-price"),
    ("price objection", "objection-price"),
    ("the customer says we are too expensive", "objection-price"),
    ("they want to postpone until next year", "objection-timing"),
    ("they prefer Cirrus", "objection-competitor"),
    ("customer is happy with what they have", "objection-status-quo"),
    ("security questionnaire and GDPR", "objection-security"),
    ("they had a failed project with another vendor", "objection-trust"),
    ("what questions should I ask in a first meeting", "discovery-questions"),
    ("how do I qualify a deal with MEDDIC", "qualification"),
    ("I only know one contact at the account", "discovery-stakeholders"),
    ("procurement wants a concession", "negotiation"),
    ("who approves 15 percent off", "discount-policy"),
    ("ROI and business case for the CFO", "value-selling"),
    ("mutual action plan for signature", "closing-plan"),
    ("how to prepare a demo", "demo"),
    ("customer might churn at renewal", "renewal"),
    ("upselling an existing customer", "expansion"),
    ("which deals belong in commit", "forecasting"),
    ("write a cold email to a prospect", "cold-outreach"),
    ("they do not reply to my follow-up", "email-writing"),
    ("prepare for a meeting tomorrow", "meeting-prep"),
    ("how to talk to a CIO", "executive-sponsor"),
    ("deal is stuck and gone quiet", "deal-review"),
    ("how do I give feedback to a seller", "coaching-feedback"),
    ("seller misses target, HR conversation", "coaching-underperformance"),
    ("new hire, first 90 days", "onboarding"),
    ("let's practise a role play", "role-play"),
    ("why did we lose the deal", "win-loss"),
    ("contract redlines and liability", "legal-procurement"),
    ("response to an RFP", "proposals"),
    ("meeting with a Japanese customer over video", "inclusive-selling"),
]


@pytest.mark.parametrize(("query", "source"), EXPECTED)
def test_the_expected_document_is_among_the_first_three(query: str, source: str) -> None:
    documents = list(dict.fromkeys(passage.source for passage in load_playbook().search(query, 10)))
    assert source in documents[:3]


def test_most_first_documents_are_the_expected_ones() -> None:
    firsts = [load_playbook().search(query, 1)[0].source == source for query, source in EXPECTED]
    assert sum(firsts) >= 0.85 * len(EXPECTED)


def test_every_document_is_of_a_useful_length() -> None:
    documents = read_documents(CORPUS, required=frozenset({"title", "topic", "tags"}))
    assert len(documents) >= 25
    for document in documents:
        assert 150 <= len(document.body.split()) <= 500, document.id


def test_a_document_without_its_properties_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "bad.md").write_text("---\ntitle: T\n---\n## H\ntext\n", encoding="utf-8")
    with pytest.raises(DocumentError, match=r"bad\.md: lacks tags"):
        read_documents(folder, required=frozenset({"title", "tags"}))
