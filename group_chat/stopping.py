"""Stopping a turn in a group: whoever asked it may, who leads the group, and an administrator of the app."""

from group_chat.dependencies import GroupDependencies
from group_chat.desk import desk_of
from group_chat.door import GroupDoor
from group_chat.roles import LEADERS
from shared.commands.stopping import stop
from shared.connection import Answer, Connection
from shared.errors import CommandRefused
from shared.event_log.documents import MemberDocument
from shared.event_log.head import Head
from shared.protocol.codes import ErrorCode
from shared.protocol.commands import TurnStop
from shared.security_events import SecurityKind
from shared.turns import TurnEngine
from shared.whispers import found

ADMIN = "Admin"
NOT_YOURS = "Only who asked, or who leads the group, can stop this answer."


class _Stops:
    """Whether somebody may stop a turn; remembers whether only their app role lets them."""

    def __init__(self, turn_id: str, roles: frozenset[str]) -> None:
        self._turn_id = turn_id
        self._roles = roles
        self.by_app_role = False

    def check(self, head: Head, member: MemberDocument) -> None:
        self.by_app_role = False
        turn = found(head, self._turn_id)
        if turn is None or turn.asker == member.principal or member.role in LEADERS:
            return
        if ADMIN not in self._roles:
            raise CommandRefused(NOT_YOURS, code=ErrorCode.FORBIDDEN)
        self.by_app_role = True


async def stop_turn(deps: GroupDependencies, engine: TurnEngine, connection: Connection, command: TurnStop) -> Answer:
    """Stop a turn, as in a session.

    Raises:
        CommandRefused, NotAllowed: there is no such turn, or it is not theirs to stop; nothing was changed.
        Transient: the webhook is delivered again; stopping twice is stopping once.

    """
    principal, group_id = connection.state.principal, command.conversation_id
    grant = await deps.people.grant(principal, deps.now())
    stops = _Stops(command.turn_id, grant.roles)
    answer = await stop(desk_of(deps), engine, GroupDoor(deps.gate, principal, group_id, stops.check), command)
    if stops.by_app_role:
        told = f"stopped turn {command.turn_id} in {group_id}"
        await deps.security.report(SecurityKind.ADMIN_INTERVENED, principal, told)
    return answer
