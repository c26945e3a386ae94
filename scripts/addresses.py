"""Where a deployment's services are, from the variables its outputs fill."""

from collections.abc import Mapping

from shared.settings import ServiceAddress


def address_of(environment: Mapping[str, str], name: str) -> ServiceAddress:
    """Return a service's address: `<name>__serviceUri`, used with your sign-in, or the connection string `<name>`.

    Raises:
        ValueError: neither is set, or both are.

    """
    return ServiceAddress(
        service_uri=environment.get(f"{name}__serviceUri") or None, connection_string=environment.get(name) or None
    )
