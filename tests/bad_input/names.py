"""The endpoints the catalogue has rows for; a test holds the list against what is served."""

from tests.bad_input import common_questions
from tests.bad_input.catalogue import FIELDS, STATE

SIMPLE = ("memory", "delete_memory_entry", "empty_memory", "list_connections", "forget_connection", "admin_prompts")
"""Without query, body or a state to be wrong about."""
OPEN = ("oauth_start", "oauth_callback", "oauth_client", "openapi")
"""Open to anyone: pages of a sign-in, with rows of their own, and documents that take nothing."""
ENDPOINTS = sorted({*FIELDS, *STATE, *SIMPLE, *common_questions.SIMPLE})
