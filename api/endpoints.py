"""All endpoints of the HTTP API."""

from api.catalog_admin import CatalogAdminApi
from api.charts import ChartsApi
from api.connections import ConnectionsApi
from api.endpoint import Endpoint
from api.feedback_admin import FeedbackAdmin
from api.group_catch_up import GroupCatchUpApi, catch_up_dependencies
from api.group_copy import GroupCopyApi
from api.group_invitations import GroupInvitationsApi
from api.group_people import GroupPeopleApi
from api.group_texts import GroupTextsApi
from api.groups import GroupsApi
from api.insights import InsightsApi
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
from api.summaries import SummariesApi, summary_dependencies
from api.timelines import TimelinesApi
from api.usage_admin import UsageAdminApi
from chat.dependencies import chat_dependencies
from group_chat.dependencies import group_dependencies
from shared.prompts.store import PromptStore
from shared.runtime import Runtime


def endpoints(runtime: Runtime) -> tuple[Endpoint, ...]:
    """Return every endpoint, by the part of the product it belongs to; the last describes them."""
    chat, groups = chat_dependencies(runtime), group_dependencies(runtime)
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
        *ChartsApi(runtime.log, runtime.gate).endpoints(),
        *TimelinesApi(runtime.log, runtime.gate).endpoints(),
        *OffersApi(runtime.log, runtime.gate, runtime.insights.approved).endpoints(),
        *SummariesApi(summary_dependencies(runtime)).endpoints(),
        *ManifestsApi(runtime.log, runtime.memories).endpoints(),
        *MemoryApi(runtime.memories, chat.now).endpoints(),
        *ConnectionsApi(runtime.personal).endpoints(),
        *OAuthApi(runtime.personal, runtime.people, runtime.catalogs, chat.now, CloseSignInCard(chat)).endpoints(),
        *CatalogAdminApi(runtime.catalogs).endpoints(),
        *FeedbackAdmin(runtime.feedback, chat.now).endpoints(),
        *ReviewsAdmin(runtime.feedback, runtime.log, chat.now).endpoints(),
        *InsightsApi(
            runtime.insights,
            runtime.log,
            chat.now,
            available=bool(runtime.settings.azure_openai_embedding_model),
        ).endpoints(),
        *PromptsAdminApi(PromptStore(runtime.blobs), runtime.prompts).endpoints(),
        *UsageAdminApi(runtime.usage_reports, runtime.security, currency).endpoints(),
    )
    return (*served, OpenApi(served).endpoint())
