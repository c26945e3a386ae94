import type { Rooms } from "../../core/rooms";
import type { RoomSummary } from "../../core/roomsApi";
import { Logo } from "../Icon";
import { useOnce } from "../useOnce";
import { leavePageOf } from "./groupRoute";
import { groupStrings } from "./groupStrings";
import { roomStrings } from "./roomStrings";

interface InvitedProps {
  readonly rooms: Rooms;
  readonly invitation: RoomSummary;
}

/** Stands where the group would, for who is invited by name and has not answered yet. */
export default function RoomInvited({ rooms, invitation }: InvitedProps) {
  const { groupId, invitedBy, role } = invitation;
  const title = invitation.title || roomStrings.untitled;
  const accept = useOnce(async () => {
    await rooms.accept(groupId);
  });
  const decline = useOnce(async () => {
    if (await rooms.decline(groupId)) leavePageOf(groupId);
  });
  return (
    <section className="open-problem" role="status" data-testid="room-invited">
      <Logo size={60} />
      <h2>{groupStrings.invitationTo(title)}</h2>
      <p>{groupStrings.joinByName({ title, invited_by: invitedBy, role })}</p>
      <div>
        <button type="button" className="primary" data-testid="join-room" onClick={accept}>
          {groupStrings.join}
        </button>
        <button type="button" className="secondary" data-testid="decline-room" onClick={decline}>
          {groupStrings.decline}
        </button>
      </div>
    </section>
  );
}
