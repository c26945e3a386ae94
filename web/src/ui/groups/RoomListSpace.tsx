const KEY = "salescoach.rooms.height";
/** Of the list without any group. Pixels. */
const LEAST = 71;

/** Room for the list of groups while it is on its way, as high as it was the last time: what is below stays in place. */
export function RoomListSpace() {
  const remembered = Number(window.localStorage.getItem(KEY));
  return <div className="room-list" aria-hidden="true" style={{ height: Math.max(LEAST, remembered) }} />;
}

/** To be told of the list once it is shown. */
export function rememberHeight(list: HTMLElement | null): void {
  if (list) window.localStorage.setItem(KEY, String(list.offsetHeight));
}
