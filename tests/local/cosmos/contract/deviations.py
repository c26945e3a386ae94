"""Where the emulator is known to differ from Azure: name of the check -> what it does instead.

Such a check must fail against the emulator and pass against Azure.
"""

from typing import Final

EMULATOR: Final = {
    "test_a_stored_procedure_runs": "stored procedures are refused with 400",
    "test_a_user_defined_function_is_created": "user-defined functions are refused with 400",
    "test_a_trigger_is_created": "triggers are refused with 400",
    "test_two_keys_need_a_composite_index": "sorts all the same; refused with `--strict`",
    "test_users_are_created": "users, permissions and resource tokens do not exist",
    "test_query_metrics_are_reported": "no query metrics are sent",
    "test_index_metrics_are_reported": "no index metrics are sent",
    "test_best_matching_texts_come_first": "ORDER BY RANK FullTextScore and RRF are refused with 400",
    "test_a_whole_number_keeps_its_value_as_a_double": "numbers keep all digits; Azure stores doubles",
}
