"""The one thing the CRM's tools write."""

from mcp.server.mcpserver.exceptions import ToolError

from local.mcp_servers.crm.queries import activity
from local.mcp_servers.crm.shapes import Account, ActivityKind, LoggedActivity
from local.mcp_servers.crm.store import CrmStore

BY = "SalesCoach"


def log(store: CrmStore, account: Account, *, kind: ActivityKind, note: str, action_id: str | None) -> LoggedActivity:
    """Append an activity dated today, or return the one logged before under the same `action_id`.

    Raises:
        ToolError: the note is blank, or `action_id` was used for something else.

    """
    note = note.strip()
    if not note:
        raise ToolError("Nothing was logged: the note is blank.")
    number = store.insert_activity(
        account_id=account.id, day=store.today(), kind=kind, note=note, by=BY, action_id=action_id
    )
    if number is not None:
        (row,) = store.rows("SELECT * FROM activities WHERE number = ?", (number,))
        message = f"Logged a {kind} at {account.name}."
        return LoggedActivity(account=account.name, activity=activity(row), duplicate=False, message=message)
    (row,) = store.rows("SELECT * FROM activities WHERE action_id = ?", (action_id,))
    if (row["account_id"], row["kind"], row["note"]) != (account.id, kind, note):
        raise ToolError(f"Nothing was logged: action_id {action_id!r} was used for a different activity.")
    message = "This action was logged before; nothing was added."
    return LoggedActivity(account=account.name, activity=activity(row), duplicate=True, message=message)
