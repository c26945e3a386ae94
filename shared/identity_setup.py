"""Who is believed, by the settings: issuers' tokens for people, and Web PubSub's identity."""

from shared.clock import utc_now
from shared.identity import TokenValidator
from shared.settings import Settings


def people_validator(settings: Settings) -> TokenValidator:
    return TokenValidator(
        settings.auth_issuer,
        settings.auth_audience,
        utc_now,
        settings.team_groups,
        tenants=settings.auth_tenants,
        behind_platform=settings.app_service_auth,
    )


def service_validator(settings: Settings) -> TokenValidator:
    return TokenValidator(
        settings.auth_issuer, settings.upstream_audience or "", utc_now, tenants=settings.auth_tenants
    )
