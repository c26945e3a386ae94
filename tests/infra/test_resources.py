"""Rules every resource keeps: no keys, no plain text on the way, nothing public that need not be."""

import json
import re
from typing import Any

from tests.infra.bicep import FILES, INFRA, one, plain, resources, tree, variable

STORAGE = "Microsoft.Storage/storageAccounts"
COSMOS = "Microsoft.DocumentDB/databaseAccounts"
WEB_PUBSUB = "Microsoft.SignalRService/webPubSub"
OPENAI = "Microsoft.CognitiveServices/accounts"
VAULT = "Microsoft.KeyVault/vaults"
SITE = "Microsoft.Web/sites"
LOCAL_AUTH = {
    COSMOS: ("disableLocalAuth", True),
    WEB_PUBSUB: ("disableLocalAuth", True),
    OPENAI: ("disableLocalAuth", True),
    STORAGE: ("allowSharedKeyAccess", False),
    VAULT: ("enableRbacAuthorization", True),
    "Microsoft.Insights/components": ("DisableLocalAuth", True),
}
"""How each type that knows keys is told to refuse them."""
KEYLESS = {
    *("Microsoft.Authorization/roleAssignments", "Microsoft.Cdn", "Microsoft.Consumption/budgets"),
    *("Microsoft.DurableTask/schedulers", "Microsoft.Graph", "Microsoft.Insights/actionGroups"),
    *("Microsoft.Insights/diagnosticSettings", "Microsoft.Insights/metricAlerts", "Microsoft.Insights/workbooks"),
    *("Microsoft.Insights/scheduledQueryRules", "Microsoft.ManagedIdentity", "Microsoft.Network"),
    *("Microsoft.Resources/resourceGroups", "Microsoft.Web/serverfarms", "Microsoft.Web/sites"),
}
"""Types that have no keys, or whose keys another rule below is about."""
PRIVATE = (STORAGE, COSMOS, OPENAI, VAULT)
"""Types that private networking takes off the internet."""


def _when_private(value: Any) -> Any:
    """Return what a property is with private networking."""
    operands = value["operator"]["operands"]
    assert operands["condition"] == "privateNetworking"
    return operands["true_value"]


def test_no_service_can_be_used_with_a_key() -> None:
    for kind, (name, value) in LOCAL_AUTH.items():
        assert one(kind).properties[name] is value, kind
    assert one("Microsoft.OperationalInsights/workspaces").properties["features"]["disableLocalAuth"] is True


def test_a_type_nobody_thought_about_is_noticed() -> None:
    parents = (*LOCAL_AUTH, *KEYLESS, "Microsoft.OperationalInsights/workspaces", "Microsoft.Web/staticSites")
    unknown = [found.type for found in resources() if not found.type.startswith(tuple(parents))]
    assert unknown == []


def test_deployments_to_the_app_take_no_password() -> None:
    policies = resources("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
    assert {found.config["name"]: found.properties["allow"] for found in policies} == {"ftp": False, "scm": False}


def test_nothing_speaks_plain_http_or_old_tls() -> None:
    site, storage, cosmos = one(SITE).properties, one(STORAGE).properties, one(COSMOS).properties
    assert site["httpsOnly"] is True
    assert (site["siteConfig"]["minTlsVersion"], site["siteConfig"]["scmMinTlsVersion"]) == ("1.2", "1.2")
    assert site["siteConfig"]["ftpsState"] == "Disabled"
    assert site["siteConfig"]["remoteDebuggingEnabled"] is False
    assert (storage["minimumTlsVersion"], storage["supportsHttpsTrafficOnly"]) == ("TLS1_2", True)
    assert cosmos["minimalTlsVersion"] == "Tls12"
    for route in resources("Microsoft.Cdn/profiles/afdEndpoints/routes"):
        assert route.properties["httpsRedirect"] == "Enabled"
        assert route.properties["forwardingProtocol"] == "HttpsOnly"


def test_no_blob_is_public() -> None:
    assert one(STORAGE).properties["allowBlobPublicAccess"] is False
    containers = resources("Microsoft.Storage/storageAccounts/blobServices/containers")
    assert len(containers) == 2
    assert {found.properties["publicAccess"] for found in containers} == {"None"}


def test_private_networking_closes_every_store() -> None:
    for kind in PRIVATE:
        found = one(kind).properties
        assert _when_private(found["publicNetworkAccess"]) == "Disabled", kind
        if "networkAcls" in found:
            assert _when_private(found["networkAcls"]["defaultAction"]) == "Deny", kind


def test_every_store_that_private_networking_closes_has_a_private_endpoint() -> None:
    groups = {target["group"] for target in variable("privateEndpoints.bicep", "targets")}
    assert groups == {"blob", "table", "Sql", "account", "vault"}
    zones = {target["zone"] for target in variable("privateEndpoints.bicep", "targets")}
    assert zones == set(variable("network.bicep", "zones"))


def test_the_vault_cannot_lose_keys() -> None:
    vault = one(VAULT).properties
    assert (vault["enableSoftDelete"], vault["enablePurgeProtection"]) == (True, True)


def test_web_pubsub_lets_nobody_in_unnamed_and_proves_itself_to_the_app() -> None:
    hub = one("Microsoft.SignalRService/webPubSub/hubs")
    (handler,) = hub.properties["eventHandlers"]
    assert hub.properties["anonymousConnectPolicy"] == "deny"
    assert handler["urlTemplate"] == "${appUrl}/api/upstream/${hub}"
    assert handler["auth"] == {"type": "ManagedIdentity", "managedIdentity": {"resource": "audience"}}
    assert handler["userEventPattern"] == "*"
    assert set(handler["systemEvents"]) == {"connect", "connected", "disconnected"}
    assert one(WEB_PUBSUB).config["identity"] == {"type": "SystemAssigned"}


def test_the_app_runs_on_flex_consumption_as_its_own_identity() -> None:
    plan, site = one("Microsoft.Web/serverfarms"), one(SITE)
    config = site.properties["functionAppConfig"]
    assert plan.config["sku"] == {"name": "FC1", "tier": "FlexConsumption"}
    assert plan.properties["reserved"] is True
    assert site.config["identity"]["type"] == "UserAssigned"
    assert config["runtime"] == {"name": "python", "version": "3.13"}
    assert config["deployment"]["storage"]["authentication"]["type"] == "UserAssignedIdentity"
    assert site.properties["keyVaultReferenceIdentity"] == "identityId"
    assert [group["name"] for group in variable("functionApp.bicep", "alwaysReady")] == ["http", "durable"]
    assert config["scaleAndConcurrency"]["triggers"] == {"http": {"perInstanceConcurrency": "httpConcurrency"}}


def test_the_guarded_door_lets_in_front_door_by_its_id_and_web_pubsub_only() -> None:
    rules = variable("functionApp.bicep", "guardedDoor")
    assert {rule["ipAddress"] for rule in rules} == {"AzureFrontDoor.Backend", "AzureWebPubSub"}
    assert all(rule["action"] == "Allow" and rule["tag"] == "ServiceTag" for rule in rules)
    assert rules[0]["headers"] == {"x-azure-fdid": ["onlyFrontDoorId"]}
    main = tree(INFRA / "main.bicep")["parameters"]
    assert main["onlyThroughFrontDoor"]["default"] is True


def test_one_host_serves_client_and_app() -> None:
    origins = variable("frontDoorRoutes.bicep", "origins")
    assert {origin["name"]: origin["patterns"] for origin in origins} == {"app": ["/api/*"], "web": ["/*"]}


def test_no_prompt_or_answer_goes_to_diagnostic_logs() -> None:
    chosen = {
        log["category"]
        for found in resources("Microsoft.Insights/diagnosticSettings")
        for log in found.properties.get("logs", [])
    }
    assert chosen
    assert not chosen & {"RequestResponse", "Trace", "DataPlaneRequests", "MessagingLogs", "HttpRequestLogs"}


def test_what_people_erase_is_not_kept_in_blob_storage() -> None:
    blobs = one("Microsoft.Storage/storageAccounts/blobServices").properties
    assert blobs["deleteRetentionPolicy"] == {"enabled": False}
    assert blobs["isVersioningEnabled"] is False


def test_no_file_holds_or_outputs_a_secret() -> None:
    suspicious = re.compile(
        r"(?i)listKeys|listSecrets|AccountKey=|AccessKey=|SharedAccessSignature|primaryKey\b|password\s*:"
    )
    for path in FILES:
        assert suspicious.findall(path.read_text(encoding="utf-8")) == [], path.name
    names = [name for path in FILES for name in tree(path).get("outputs", {})]
    assert [name for name in names if re.search(r"(?i)secret|password|token|key$", name)] == []


def test_front_door_probes_nothing_that_would_keep_the_app_awake() -> None:
    for group in resources("Microsoft.Cdn/profiles/originGroups"):
        assert "healthProbeSettings" not in group.properties


def test_the_workbook_is_one() -> None:
    document = json.loads((INFRA / "workbook.json").read_text(encoding="utf-8"))
    queries = [item["content"]["query"] for item in document["items"] if item["type"] == 3]
    assert document["version"] == "Notebook/1.0"
    assert len(queries) >= 5
    assert all(re.match(r"App(Requests|Dependencies|Traces|Metrics)\b", query) for query in queries)


def test_azd_finds_where_to_deploy() -> None:
    tags = json.dumps([plain(found.config.get("tags")) for found in resources()])
    system = (INFRA / "system.bicep").read_text(encoding="utf-8")
    assert '"azd-service-name": "app"' in tags
    assert "'azd-service-name': 'web'" in system
