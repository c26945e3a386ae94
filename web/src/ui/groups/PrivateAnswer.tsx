import { useState } from "react";
import { deedKey } from "../../core/roomDeeds";
import { Icon } from "../Icon";
import { useRoomActions } from "./roomActions";
import { roomStrings as words } from "./roomStrings";
import { useFate } from "./useFate";

interface PrivateProps {
  readonly messageId: string;
  readonly shared: boolean;
  readonly writes: boolean;
}

/** Says that nobody else sees the answer, and lets the person share it: once, and for good. */
export function PrivateAnswer({ messageId, shared, writes }: PrivateProps) {
  const [sure, setSure] = useState(false);
  const actions = useRoomActions();
  const fate = useFate(deedKey("share", messageId));
  const sending = fate?.state === "sending";
  return (
    <p className="whisper-mark" data-testid="private-answer">
      <Icon name="eye" size={14} />
      {shared ? words.sharedAlready : words.onlyYou}
      {writes && !shared && (
        <button
          type="button"
          className={sure ? "link sure" : "link"}
          data-testid="share"
          disabled={sending}
          onBlur={() => {
            setSure(false);
          }}
          onClick={() => {
            if (sure) actions.share(messageId);
            setSure(!sure);
          }}
        >
          {sending ? words.sharing : sure ? words.shareSure : words.share}
        </button>
      )}
    </p>
  );
}
