"""Where the local service is known to differ from Azure: name of the check -> what it does instead.

Such a check must fail against the local service and pass against Azure.
"""

from typing import Final

LOCAL: Final = {
    "test_a_wrong_key_is_401": "any key or token passes; only a request without one is refused",
    "test_several_choices_are_given": "one choice, whatever `n` says",
    "test_log_probabilities_are_given": "`logprobs` is accepted and ignored",
    "test_a_stop_sequence_ends_the_answer": "`stop` is accepted and ignored",
    "test_a_background_response_is_queued": "`background` is accepted and ignored",
    "test_a_hosted_tool_is_accepted": "tools other than functions are refused with 400",
}
