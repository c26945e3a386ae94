"""All endpoints of the HTTP API."""

from api.catalog_admin import CatalogAdminApi
from api.charts import ChartsApi
from api.common_questions import CommonQuestionsApi
from api.connections import ConnectionsApi
from api.conversations import Conversations
from api.endpoint import Endpoint
from api.feedback_admin import FeedbackAdmin
from api.group_catch_up import GroupCatchUpApi, catch_up_dependencies
from api.group_copy import GroupCopyApi
from api.group_invitations import GroupInvitationsApi
from api.group_people import GroupPeopleApi
from api.group_texts import GroupTextsApi
from api.groups import GroupsApi
from api.manifests import ManifestsApi
from api.memory import MemoryApi
from api.oauth import OAuthApi
from api.offers import OffersApi
from api.openapi import OpenApi
from api.prompts_admin import PromptsAdminApi
from api.reviews_admin import ReviewsAdmin
from api.session_texts import SessionTextsApi
from api.sessions import SessionsApi
from api.signed_in import CloseSignInCard
from api.summaries import SummariesApi
from api.timelines import TimelinesApi
from api.usage_admin import UsageAdminApi
from chat.dependencies import chat_dependencies
from group_chat.dependencies import group_dependencies
from shared.prompts.store import PromptStore
from shared.runtime import Runtime


def endpoints(runtime: Runtime) -> tuple[Endpoint, ...]:
    """Return every endpoint, by the part of the product it belongs to; the last describes them."""
    chat, groups = chat_dependencies(runtime), group_dependencies(runtime)
    both = Conversations(log=runtime.log, gate=runtime.gate)
    currency = runtime.settings.model_prices.currency
    served = (
        *SessionsApi(chat).endpoints(),
        *SessionTextsApi(chat).endpoints(),
        *GroupsApi(groups).endpoints(),
        *GroupCopyApi(groups).endpoints(),
        *GroupInvitationsApi(groups).endpoints(),
        *GroupPeopleApi(groups).endpoints(),
        *GroupTextsApi(groups).endpoints(),
        *GroupCatchUpApi(catch_up_dependencies(runtime), runtime.memberships).endpoints(),
        *ChartsApi(both).endpoints(),
        *TimelinesApi(both).endpoints(),
        *OffersApi(both, runtime.common_questions.approved).endpoints(),
        *SummariesApi(both, runtime.side_calls).endpoints(),
        *ManifestsApi(runtime.log, runtime.memories).endpoints(),
        *MemoryApi(runtime.memories, chat.now).endpoints(),
        *ConnectionsApi(runtime.personal).endpoints(),
        *OAuthApi(runtime.personal, runtime.people, runtime.catalogs, chat.now, CloseSignInCard(chat)).endpoints(),
        *CatalogAdminApi(runtime.catalogs).endpoints(),
        *FeedbackAdmin(runtime.feedback, chat.now).endpoints(),
        *ReviewsAdmin(runtime.feedback, runtime.log, chat.now).endpoints(),
        *CommonQuestionsApi(
            runtime.common_questions,
            runtime.log,
            chat.now,
            available=bool(runtime.settings.azure_openai_embedding_model),
        ).endpoints(),
        *PromptsAdminApi(PromptStore(runtime.blobs), runtime.prompts).endpoints(),
        *UsageAdminApi(runtime.usage_reports, runtime.security, runtime.people, currency).endpoints(),
    )
    return (*served, OpenApi(served).endpoint())
