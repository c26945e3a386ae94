"""The error tree, and how an error becomes words on the wire.

::

    SalesCoachError
    ├── CommandRefused              a person's command was wrong or came at the wrong time; nothing changed
    │   └── RateLimited             it came too soon after too many others
    ├── NotAllowed                  who the sender is, or may do, was not proven
    ├── ModelFailed                 the model said no for good: asking again the same way cannot help
    │   └── BudgetExhausted         the budget does not allow asking it
    ├── Transient                   trying again may help; a durable retry policy or a webhook retry does it
    │   ├── ModelUnavailable
    │   ├── BudgetBusy              the budget allows it once calls that run now have ended
    │   ├── StoreUnavailable
    │   ├── PublishFailed
    │   ├── PromptUnavailable
    │   ├── SignInUnavailable
    │   ├── CredentialUnavailable   (credential) the app's own identity gave no token
    │   ├── CallInFlight            another execution of the same tool call may still be running
    │   ├── NotExecuted             (tools.outcome) the call is known not to have reached the tool
    │   └── ToolServerUnavailable   (tools.outcome) a server's tools could not be listed
    ├── SignInRequired              (tools.authorization) a tool server wants the person's own sign-in
    ├── ConnectionGone              (web_pubsub) the client's connection has ended
    ├── MessageTooLarge             (web_pubsub_rest) more than the service takes
    ├── BlobNotFound                (blob)
    ├── PromptInvalid               (prompts) a template cannot be used as written
    └── SettingsInvalid             the app cannot start
        └── CatalogInvalid          (tools.catalog_document) `mcpservers.json` is wrong

Every class pins its codes; text is for people, the code is for programs. Terminal outcomes inside a turn are
data (`ModelStep.error`, `ToolStatus`), not exceptions: what is raised in an activity is retried.
"""

from shared.protocol.codes import FAULT_OF, ErrorCode
from shared.protocol.shapes import ErrorInfo

BROKEN = "Something broke on our side. What you wrote before is saved; try again, and tell us if it stays."
"""What a person is told of a defect of ours."""


class SalesCoachError(Exception):
    """Base of all errors we raise on purpose. `after_ms` hints when a retry may succeed."""

    code: ErrorCode = ErrorCode.INTERNAL
    retryable: bool = False

    def __init__(self, message: str, *, code: ErrorCode | None = None, after_ms: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.after_ms = after_ms
        if code is not None:
            self.code = code

    def info(self) -> ErrorInfo:
        """Return the wire shape."""
        return ErrorInfo(
            code=self.code,
            fault=FAULT_OF[self.code],
            message=self.message,
            retryable=self.retryable,
            after_ms=self.after_ms,
        )


class CommandRefused(SalesCoachError):  # noqa: N818 - reads as what happened
    """A command that was understood but cannot be carried out. Nothing was changed."""

    code = ErrorCode.INVALID_COMMAND


class RateLimited(CommandRefused):
    """A person sends faster than they may."""

    code = ErrorCode.RATE_LIMITED


class NotAllowed(SalesCoachError):  # noqa: N818 - reads as what happened
    """The sender is not who they must be, or may not do this."""

    code = ErrorCode.FORBIDDEN


class ModelFailed(SalesCoachError):  # noqa: N818 - reads as what happened
    """The model service refused for good: content filter, context length, bad request."""

    code = ErrorCode.MODEL_REFUSED_REQUEST


class BudgetExhausted(ModelFailed):
    """A person or their team has used what they may; the message says until when."""

    code = ErrorCode.BUDGET_EXHAUSTED


class Transient(SalesCoachError):  # noqa: N818 - an adjective on purpose
    """Trying again may help."""

    retryable = True


class ModelUnavailable(Transient):
    """Overload, timeout, reset, or a stream that ended without its terminal event."""

    code = ErrorCode.MODEL_UNAVAILABLE


class BudgetBusy(Transient):
    """What is left of a budget is held by calls that are running."""

    code = ErrorCode.BUDGET_EXHAUSTED


class StoreUnavailable(Transient):
    """Cosmos DB or Blob Storage did not take or give what was asked."""

    code = ErrorCode.STORE_UNAVAILABLE


class PublishFailed(Transient):
    """Web PubSub did not take an event; it is stored and will be sent again."""

    code = ErrorCode.PUBLISH_FAILED


class PromptUnavailable(Transient):
    """No prompt template could be read and none was read before."""

    code = ErrorCode.PROMPT_UNAVAILABLE


class SignInUnavailable(Transient):
    """The issuer's keys could not be fetched and none are known."""

    code = ErrorCode.SIGN_IN_UNAVAILABLE


class CallInFlight(Transient):
    """Another execution of this tool call holds its lease."""

    code = ErrorCode.TOOL_UNAVAILABLE


class SettingsInvalid(SalesCoachError):  # noqa: N818 - reads as what happened
    """One or more settings are missing or wrong; the message names all of them."""

    code = ErrorCode.SETTINGS_INVALID
