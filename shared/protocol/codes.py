"""Error codes of the wire, each with the domain at fault.

Text is for people, the code is for programs. Clients may branch on `code`; they show `message`.
"""

from enum import StrEnum


class Fault(StrEnum):
    """Where the cause lies, so that a client can say who has to act."""

    USER = "user"
    AUTH = "auth"
    MODEL = "model"
    TOOL = "tool"
    PLATFORM = "platform"
    BUDGET = "budget"
    APP = "app"


class ErrorCode(StrEnum):
    """Every code a person or client can receive in `error` or in `chat_response.error`."""

    MALFORMED_FRAME = "malformed_frame"
    UNKNOWN_COMMAND = "unknown_command"
    INVALID_COMMAND = "invalid_command"
    FRAME_TOO_LARGE = "frame_too_large"
    CONTENT_EMPTY = "content_empty"
    CONTENT_TOO_LONG = "content_too_long"
    MEDIA_TYPE_UNSUPPORTED = "media_type_unsupported"
    MESSAGE_CONFLICT = "message_conflict"
    KEY_CONFLICT = "key_conflict"
    RATE_LIMITED = "rate_limited"
    QUEUE_FULL = "queue_full"
    TURN_RUNNING = "turn_running"
    NO_SESSION = "no_session"
    CONVERSATION_NOT_FOUND = "conversation_not_found"
    TURN_NOT_FOUND = "turn_not_found"
    MEMORY_ENTRY_NOT_FOUND = "memory_entry_not_found"
    MEMORY_FULL = "memory_full"
    MEMORY_CHANGED = "memory_changed"
    CLUSTER_NOT_FOUND = "cluster_not_found"
    APPROVED_ANSWER_CHANGED = "approved_answer_changed"
    MESSAGE_NOT_FOUND = "message_not_found"
    QUESTION_NOT_FOUND = "question_not_found"
    QUESTION_CLOSED = "question_closed"
    QUESTION_CHANGED = "question_changed"
    ANSWER_INVALID = "answer_invalid"
    MEMBER_NOT_FOUND = "member_not_found"
    INVITATION_INVALID = "invitation_invalid"
    GROUP_FULL = "group_full"
    LAST_OWNER = "last_owner"
    GROUP_ARCHIVED = "group_archived"
    TOKEN_MISSING = "token_missing"  # noqa: S105 - a code, not a secret
    TOKEN_INVALID = "token_invalid"  # noqa: S105 - a code, not a secret
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a code, not a secret
    SIGNATURE_INVALID = "signature_invalid"
    SIGN_IN_STALE = "sign_in_stale"
    FORBIDDEN = "forbidden"
    MODEL_BUSY = "model_busy"
    MODEL_UNAVAILABLE = "model_unavailable"
    MODEL_REFUSED_REQUEST = "model_refused_request"
    CONTENT_FILTERED = "content_filtered"
    CONTEXT_TOO_LONG = "context_too_long"
    TOOL_UNAVAILABLE = "tool_unavailable"
    LIMIT_STEPS = "limit_steps"
    LIMIT_CALLS = "limit_calls"
    LIMIT_TOKENS = "limit_tokens"
    LIMIT_TIME = "limit_time"
    LIMIT_LENGTH = "limit_length"
    BUDGET_EXHAUSTED = "budget_exhausted"
    STORE_UNAVAILABLE = "store_unavailable"
    PUBLISH_FAILED = "publish_failed"
    PROMPT_UNAVAILABLE = "prompt_unavailable"
    SIGN_IN_UNAVAILABLE = "sign_in_unavailable"
    SETTINGS_INVALID = "settings_invalid"
    INTERNAL = "internal"


_DOMAINS: dict[Fault, frozenset[ErrorCode]] = {
    Fault.USER: frozenset(
        {
            ErrorCode.MALFORMED_FRAME,
            ErrorCode.UNKNOWN_COMMAND,
            ErrorCode.INVALID_COMMAND,
            ErrorCode.FRAME_TOO_LARGE,
            ErrorCode.CONTENT_EMPTY,
            ErrorCode.CONTENT_TOO_LONG,
            ErrorCode.MEDIA_TYPE_UNSUPPORTED,
            ErrorCode.MESSAGE_CONFLICT,
            ErrorCode.KEY_CONFLICT,
            ErrorCode.RATE_LIMITED,
            ErrorCode.QUEUE_FULL,
            ErrorCode.TURN_RUNNING,
            ErrorCode.NO_SESSION,
            ErrorCode.CONVERSATION_NOT_FOUND,
            ErrorCode.TURN_NOT_FOUND,
            ErrorCode.MEMORY_ENTRY_NOT_FOUND,
            ErrorCode.MEMORY_FULL,
            ErrorCode.MEMORY_CHANGED,
            ErrorCode.CLUSTER_NOT_FOUND,
            ErrorCode.APPROVED_ANSWER_CHANGED,
            ErrorCode.MESSAGE_NOT_FOUND,
            ErrorCode.QUESTION_NOT_FOUND,
            ErrorCode.QUESTION_CLOSED,
            ErrorCode.QUESTION_CHANGED,
            ErrorCode.ANSWER_INVALID,
            ErrorCode.MEMBER_NOT_FOUND,
            ErrorCode.INVITATION_INVALID,
            ErrorCode.GROUP_FULL,
            ErrorCode.LAST_OWNER,
            ErrorCode.GROUP_ARCHIVED,
        }
    ),
    Fault.AUTH: frozenset(
        {
            ErrorCode.TOKEN_MISSING,
            ErrorCode.TOKEN_INVALID,
            ErrorCode.TOKEN_EXPIRED,
            ErrorCode.SIGNATURE_INVALID,
            ErrorCode.SIGN_IN_STALE,
            ErrorCode.FORBIDDEN,
        }
    ),
    Fault.MODEL: frozenset(
        {
            ErrorCode.MODEL_BUSY,
            ErrorCode.MODEL_UNAVAILABLE,
            ErrorCode.MODEL_REFUSED_REQUEST,
            ErrorCode.CONTENT_FILTERED,
            ErrorCode.CONTEXT_TOO_LONG,
        }
    ),
    Fault.TOOL: frozenset({ErrorCode.TOOL_UNAVAILABLE}),
    Fault.PLATFORM: frozenset(
        {
            ErrorCode.STORE_UNAVAILABLE,
            ErrorCode.PUBLISH_FAILED,
            ErrorCode.PROMPT_UNAVAILABLE,
            ErrorCode.SIGN_IN_UNAVAILABLE,
        }
    ),
    Fault.BUDGET: frozenset(
        {
            ErrorCode.LIMIT_STEPS,
            ErrorCode.LIMIT_CALLS,
            ErrorCode.LIMIT_TOKENS,
            ErrorCode.LIMIT_TIME,
            ErrorCode.LIMIT_LENGTH,
            ErrorCode.BUDGET_EXHAUSTED,
        }
    ),
    Fault.APP: frozenset({ErrorCode.SETTINGS_INVALID, ErrorCode.INTERNAL}),
}

FAULT_OF: dict[ErrorCode, Fault] = {
    code: next(fault for fault, codes in _DOMAINS.items() if code in codes) for code in ErrorCode
}
