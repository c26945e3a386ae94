"""The people of the development tenant."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

TENANT = "5a1e5c0a-0000-4000-8000-000000000001"
PARTNER_TENANT = "5a1e5c0a-0000-4000-8000-000000000002"
USERS_FILE = Path(__file__).with_name("users.json")


class User(BaseModel):
    """A person; `key` is a short handle for tests, `groups` are names of the directory's groups.

    `tenant` is where the account lives; a person of another tenant is a guest here.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    oid: str
    tenant: str = TENANT
    name: str
    preferred_username: str
    title: str = ""
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class Directory(BaseModel):
    """Users and the ids of their groups."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    groups: dict[str, str] = Field(default_factory=dict[str, str])
    users: tuple[User, ...]

    @model_validator(mode="after")
    def _consistent(self) -> "Directory":
        unknown = {group for user in self.users for group in user.groups} - set(self.groups)
        if unknown:
            raise ValueError(f"groups without an id: {', '.join(sorted(unknown))}")
        for names in ([user.key for user in self.users], [user.oid for user in self.users]):
            if len(set(names)) != len(names):
                raise ValueError("keys and oids of users must be unique")
        return self

    def find(self, name: str | None) -> User | None:
        """Return the user with this key, object id or sign-in name."""
        wanted = (name or "").lower()
        return next(
            (user for user in self.users if wanted in (user.key, user.oid, user.preferred_username.lower())), None
        )

    def members(self, tenant: str) -> tuple[User, ...]:
        """Return who can sign in at a tenant: everybody at home, guests included; elsewhere its own accounts."""
        return tuple(user for user in self.users if tenant in (TENANT, user.tenant))

    def group_ids(self, user: User) -> list[str]:
        return [self.groups[name] for name in user.groups]


def load(path: Path = USERS_FILE) -> Directory:
    """Read a directory file.

    Raises:
        OSError, ValueError: it cannot be read, or is not of this form.

    """
    return Directory.model_validate_json(path.read_bytes())
