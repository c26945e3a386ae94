"""Where the local issuer is known to differ from Entra: name of the check -> what it does instead.

Such a check must fail against the local issuer and pass against Entra.
"""

from typing import Final

LOCAL: Final = {
    "test_keys_come_with_their_certificates": "keys are bare: no x5c, no x5t",
    "test_the_document_names_the_cloud": "no cloud_instance_name and other Microsoft-only fields",
    "test_a_device_code_is_given": "no device code grant",
}
