"""The tool catalog as an administrator sees it: which one is used, what is wrong with it, who may use what."""

from typing import Annotated

from pydantic import Field

from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from api.inputs import Input
from shared.tools.catalog import Policy
from shared.tools.catalog_access import Access, access_of, roles_of
from shared.tools.catalog_document import ExpiryName, ReadersName, TrustName
from shared.tools.catalog_lint import Finding, lint
from shared.tools.catalogs import Catalogs, Origin

ADMIN = "Admin"
_TAG = "admin"


class AsQuery(Input):
    """`as` narrows the list to what one app role may use; without it every role is listed."""

    role: Annotated[str | None, Field(alias="as", min_length=1, max_length=64)] = None


class AccessLine(Output):
    """What one role may do with one tool (`*`: all that are not listed).

    `policy` holds where one person talks to the coach, `in_group` in a group.
    """

    role: str
    server: str
    tool: str
    policy: Policy
    in_group: Policy
    read_only: bool
    idempotent: bool
    editable: bool
    expires: ExpiryName
    trust: TrustName
    readers: ReadersName


class ServerLine(Output):
    """A server of the catalog; never a secret, only where one is named."""

    name: str
    url: str
    auth: str
    timeout_s: float
    max_result_bytes: int
    private_network: bool


class FindingLine(Output):
    """What looks like a mistake in the catalog that is used."""

    path: str
    message: str
    line: int
    column: int


class CatalogView(Output):
    """The catalog as this process uses it now.

    `origin`: the packaged file, the override in Blob Storage, or none because that is wrong from the start.
    `degraded` says why the newest override is not used.
    """

    origin: Origin
    version: str
    degraded: str | None
    roles: tuple[str, ...]
    servers: tuple[ServerLine, ...]
    access: tuple[AccessLine, ...]
    warnings: tuple[FindingLine, ...]


class CatalogAdminApi:
    """Endpoints for administrators over the tool catalog."""

    def __init__(self, catalogs: Catalogs) -> None:
        self._catalogs = catalogs

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(
                name="view_catalog",
                method="GET",
                path="manage/catalog",
                summary="Show the tool catalog and who may use what",
                handle=self.view,
                tag=_TAG,
                query=AsQuery,
                reply=CatalogView,
                roles=frozenset({ADMIN}),
            ),
        )

    async def view(self, request: ApiRequest) -> ApiReply:
        role = request.query_as(AsQuery).role
        known = await self._catalogs.known()
        catalog = known.catalog
        roles = roles_of(catalog)
        view = CatalogView(
            origin=known.origin,
            version=known.version,
            degraded=self._catalogs.degraded,
            roles=roles,
            servers=tuple(
                ServerLine(
                    name=spec.name,
                    url=spec.url.partition("?")[0],
                    auth=spec.auth.mode,
                    timeout_s=spec.timeout_s,
                    max_result_bytes=spec.max_result_bytes,
                    private_network=spec.private_network,
                )
                for spec in catalog.servers.values()
                if role is None or role in spec.roles
            ),
            access=tuple(
                _line(access) for shown in ((role,) if role else roles) for access in access_of(catalog, shown)
            ),
            warnings=tuple(_finding(finding) for finding in lint(catalog.text)) if catalog.text else (),
        )
        return ApiReply(body=view)


def _finding(finding: Finding) -> FindingLine:
    path = ".".join(map(str, finding.path))
    return FindingLine(path=path, message=finding.message, line=finding.line, column=finding.column)


def _line(access: Access) -> AccessLine:
    return AccessLine(
        role=access.role,
        server=access.server,
        tool=access.tool,
        policy=access.policy,
        in_group=access.in_group,
        read_only=access.read_only,
        idempotent=access.idempotent,
        editable=access.editable,
        expires=access.expires,
        trust=access.trust,
        readers=access.readers,
    )
