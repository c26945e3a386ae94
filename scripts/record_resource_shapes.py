"""Record what Azure's resources may hold: `python -m scripts.record_resource_shapes FOLDER`.

FOLDER is an unpacked wheel of `pulumi-azure-native` (`pip download --no-deps pulumi-azure-native`, `unzip`), whose
classes are generated from Azure's own descriptions of its resources. Written down, for each object that `infra/` uses:
the names it may hold, the values they may have, and the versions there are of each type. Run it after an object or a
type was added; `tests/infra/test_shapes.py` compares. Only names are read; nothing of the package is run.
"""

import ast
import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

from tests.infra import shapes
from tests.infra.bicep import Resource, resources

CLASSES = {
    "Microsoft.Authorization/roleAssignments": "authorization.role_assignment.RoleAssignment",
    "Microsoft.Cdn/profiles": "cdn.profile.Profile",
    "Microsoft.Cdn/profiles/afdEndpoints": "cdn.afd_endpoint.AFDEndpoint",
    "Microsoft.Cdn/profiles/afdEndpoints/routes": "cdn.route.Route",
    "Microsoft.Cdn/profiles/originGroups": "cdn.afd_origin_group.AFDOriginGroup",
    "Microsoft.Cdn/profiles/originGroups/origins": "cdn.afd_origin.AFDOrigin",
    "Microsoft.CognitiveServices/accounts": "cognitiveservices.account.Account",
    "Microsoft.CognitiveServices/accounts/deployments": "cognitiveservices.deployment.Deployment",
    "Microsoft.Consumption/budgets": "consumption.budget.Budget",
    "Microsoft.DocumentDB/databaseAccounts": "cosmosdb.database_account.DatabaseAccount",
    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases": "cosmosdb.sql_resource_sql_database.SqlResourceSqlDatabase",
    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers": (
        "cosmosdb.sql_resource_sql_container.SqlResourceSqlContainer"
    ),
    "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments": (
        "cosmosdb.sql_resource_sql_role_assignment.SqlResourceSqlRoleAssignment"
    ),
    "Microsoft.DurableTask/schedulers": "durabletask.scheduler.Scheduler",
    "Microsoft.DurableTask/schedulers/retentionPolicies": "durabletask.retention_policy.RetentionPolicy",
    "Microsoft.DurableTask/schedulers/taskHubs": "durabletask.task_hub.TaskHub",
    "Microsoft.Insights/actionGroups": "monitor.action_group.ActionGroup",
    "Microsoft.Insights/components": "applicationinsights.component.Component",
    "Microsoft.Insights/diagnosticSettings": "monitor.diagnostic_setting.DiagnosticSetting",
    "Microsoft.Insights/metricAlerts": "monitor.metric_alert.MetricAlert",
    "Microsoft.Insights/scheduledQueryRules": "monitor.scheduled_query_rule.ScheduledQueryRule",
    "Microsoft.Insights/workbooks": "applicationinsights.workbook.Workbook",
    "Microsoft.KeyVault/vaults": "keyvault.vault.Vault",
    "Microsoft.ManagedIdentity/userAssignedIdentities": "managedidentity.user_assigned_identity.UserAssignedIdentity",
    "Microsoft.Network/privateDnsZones": "privatedns.private_zone.PrivateZone",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks": "privatedns.virtual_network_link.VirtualNetworkLink",
    "Microsoft.Network/privateEndpoints": "network.private_endpoint.PrivateEndpoint",
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": "network.private_dns_zone_group.PrivateDnsZoneGroup",
    "Microsoft.Network/virtualNetworks": "network.virtual_network.VirtualNetwork",
    "Microsoft.OperationalInsights/workspaces": "operationalinsights.workspace.Workspace",
    "Microsoft.Resources/resourceGroups": "resources.resource_group.ResourceGroup",
    "Microsoft.SignalRService/webPubSub": "webpubsub.web_pub_sub.WebPubSub",
    "Microsoft.SignalRService/webPubSub/hubs": "webpubsub.web_pub_sub_hub.WebPubSubHub",
    "Microsoft.Storage/storageAccounts": "storage.storage_account.StorageAccount",
    "Microsoft.Storage/storageAccounts/blobServices": "storage.blob_service_properties.BlobServiceProperties",
    "Microsoft.Storage/storageAccounts/blobServices/containers": "storage.blob_container.BlobContainer",
    "Microsoft.Web/serverfarms": "web.app_service_plan.AppServicePlan",
    "Microsoft.Web/sites": "web.web_app.WebApp",
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": "web.web_app_ftp_allowed.WebAppFtpAllowed",
    "Microsoft.Web/sites/config": "web.web_app_application_settings.WebAppApplicationSettings",
    "Microsoft.Web/staticSites": "web.static_site.StaticSite",
}
AZURES_NAMES = {
    "enableHttpsTrafficOnly": "supportsHttpsTrafficOnly",
    "networkRuleSet": "networkAcls",
    "odataType": "odata.type",
    "applicationType": "Application_Type",
    "workspaceResourceId": "WorkspaceResourceId",
    "ingestionMode": "IngestionMode",
    "disableLocalAuth": "DisableLocalAuth",
}
"""What the package calls otherwise; of the last three Azure takes either spelling."""


class Package:
    """The unpacked package, read as source."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "pulumi_azure_native"
        self.parsed = cache(self._parsed)

    def _parsed(self, module: str, file: str) -> dict[str, ast.ClassDef]:
        tree = ast.parse(self.text(module, file))
        return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}

    def text(self, module: str, file: str) -> str:
        """Return a module's source; not every package has nested inputs or values of its own."""
        found = self._root / module / f"{file}.py"
        return "" if file.startswith("_") and not found.exists() else found.read_text(encoding="utf-8")

    def fields(self, module: str, file: str, name: str) -> dict[str, str]:
        """Return the fields of a class of inputs with their annotations, under the names Azure gives them."""
        here, common = self.parsed(module, file), self.parsed(module, "_inputs")
        kind = here.get(f"{name.removesuffix('Args')}InitArgs") or here.get(name) or common[name]
        found = dict[str, str]()
        for node in kind.body:
            for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
                if ast.unparse(decorator).startswith("pulumi.getter") and isinstance(node, ast.FunctionDef):
                    named = re.search(r"name='([^']+)'", ast.unparse(decorator))
                    field, told = named.group(1) if named else node.name, ast.unparse(node.returns or node)
                    found |= {field: told, AZURES_NAMES.get(field, field): told}
        for inner in re.findall(r"'(\w+Args)'", found.pop("properties", "")):
            found |= self.fields(module, file, inner)
        return found

    def values(self, module: str, annotation: str) -> list[str]:
        """Return the values an annotation allows, if it names them."""
        known = self.parsed(module, "_enums")
        return [
            str(node.value.value)
            for name in re.findall(r"'(\w+)'", annotation)
            if name in known
            for node in known[name].body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        ]


def record(package: Package, used: list[Resource]) -> dict[str, Any]:
    """Return what is to be written down of one type, of all its resources."""
    module, file, name = CLASSES[used[0].type].split(".")
    found: shapes.Shapes = {"": sorted(package.fields(module, file, f"{name}Args"))}
    annotations = {"": f"'{name}Args'"}
    values = dict[str, list[str]]()
    for path in sorted({(*path, key) for each in used for path, key in shapes.names(each)}):
        above, here = ".".join(path[:-1]), ".".join(path)
        if found.get(above, shapes.ANY) == shapes.ANY:
            continue
        fields = _fields(package, module, file, annotations[above])
        annotation = fields.get(path[-1], "")
        annotations[here] = annotation
        below = _fields(package, module, file, annotation)
        found[here] = shapes.ANY if "Mapping[str" in annotation else sorted(below)
        values |= {here: allowed} if (allowed := package.values(module, annotation)) else {}
    versions = set(re.findall(rf"azure-native:\w+/v(\d{{8}}\w*):{name}\b", package.text(module, file)))
    return {
        "versions": sorted(versions),
        "shapes": {key: kept for key, kept in found.items() if kept},
        "values": values,
    }


def _fields(package: Package, module: str, file: str, annotation: str) -> dict[str, str]:
    found = dict[str, str]()
    for name in re.findall(r"'(\w+Args)'", annotation):
        found |= package.fields(module, file, name)
    return found


def main(words: list[str]) -> int:
    """Record all types that are used."""
    if len(words) != 1:
        sys.stderr.write("name the folder of the unpacked package\n")
        return 2
    package, by_type = Package(Path(words[0])), dict[str, list[Resource]]()
    for resource in resources():
        if not resource.type.startswith(shapes.GRAPH):
            by_type.setdefault(resource.type, []).append(resource)
    told = {kind: record(package, used) for kind, used in sorted(by_type.items())}
    shapes.RECORDED.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(told)} types\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
