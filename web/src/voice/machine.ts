import type { VoiceProblem } from "./problems";

export interface VoiceState {
  /** `finishing`: it listens no more, and what was said last is still being recognised. */
  readonly ear: "off" | "on" | "finishing";
  /** What is said is sent after a pause; else it goes into the draft. */
  readonly handsFree: boolean;
  readonly mouth: "silent" | "speaking";
  /** What was said is sent, and nothing is answered yet. */
  readonly awaiting: boolean;
  /** The words that are being recognised, the person's own. */
  readonly interim: string;
  /** What was said and, hands-free, is not sent yet. */
  readonly collected: readonly string[];
  /** Something was recognised since the ear was opened. */
  readonly anything: boolean;
  readonly problem: VoiceProblem | null;
}

/** What each event carries. */
interface Carried {
  /** Push-to-talk, begun and ended. */
  readonly talk: object;
  readonly release: object;
  readonly hands_free: { readonly on: boolean };
  /** Words that may still change, and words that will not. */
  readonly heard: { readonly text: string };
  readonly said: { readonly text: string };
  /** Nothing more was said for a while. */
  readonly pause: object;
  readonly ear_ended: object;
  readonly ear_failed: { readonly problem: VoiceProblem };
  readonly speaking: object;
  readonly silent: object;
  readonly mouth_failed: { readonly problem: VoiceProblem };
  /** The coach shall be quiet. */
  readonly hush: object;
  /** Nothing is being answered any more. */
  readonly answered: object;
  /** Another conversation is shown. */
  readonly moved: object;
  readonly dismiss: object;
}

export type VoiceEvent = { [T in keyof Carried]: { readonly type: T } & Carried[T] }[keyof Carried];

export type Effect =
  | { readonly do: "listen" | "finish" | "drop" | "hush" | "await_pause" | "forget_pause" }
  | { readonly do: "draft" | "send"; readonly text: string };

export type Next = readonly [VoiceState, ...Effect[]];

export const AT_REST: VoiceState = {
  ear: "off",
  handsFree: false,
  mouth: "silent",
  awaiting: false,
  interim: "",
  collected: [],
  anything: false,
  problem: null,
};

/** A pause after which what was said hands-free counts as said. */
export const PAUSE_MS = 1_200;

/** One word that is not final yet does not stop the coach: recognisers take noise for words. */
const BARGE_IN_WORDS = 2;

const FOLLOWS: { [T in keyof Carried]: (state: VoiceState, carried: Carried[T]) => Next } = {
  talk,
  release: (state) =>
    state.ear === "on" && !state.handsFree ? [{ ...state, ear: "finishing" }, { do: "finish" }] : [state],
  hands_free: (state, { on }) => handsFree(state, on),
  heard: (state, { text }) => heard(state, text),
  said: (state, { text }) => said(state, text),
  pause,
  ear_ended: (state) => earOff(state, state.anything ? null : "nothing_heard"),
  ear_failed: (state, { problem }) => earOff(state, problem),
  speaking: (state) => [{ ...state, mouth: "speaking", awaiting: false }],
  silent: (state) => [{ ...state, mouth: "silent" }],
  mouth_failed: (state, { problem }) => [{ ...state, mouth: "silent", problem }],
  hush,
  answered: (state) => [{ ...state, awaiting: false }],
  moved,
  dismiss: (state) => [{ ...state, problem: null }],
};

/** What follows of an event. Pure: effects are for the caller to carry out, in order. */
export function next<T extends keyof Carried>(
  state: VoiceState,
  event: { readonly type: T } & Carried[T],
): Next {
  return FOLLOWS[event.type](state, event);
}

function talk(state: VoiceState): Next {
  if (state.handsFree) return handsFree(state, false);
  if (state.ear === "on") return [state];
  const [quiet, ...effects] = hush(state);
  const [begun, ...kept] = putAside(quiet);
  return [{ ...begun, ear: "on", anything: false, problem: null }, ...effects, ...kept, { do: "listen" }];
}

function handsFree(state: VoiceState, on: boolean): Next {
  if (on === state.handsFree) return [state];
  if (on) {
    const begun: VoiceState = { ...state, handsFree: true, ear: "on", problem: null };
    return state.ear === "on" ? [begun] : [begun, { do: "listen" }];
  }
  const [quiet, ...effects] = hush(state);
  const [off, ...kept] = putAside(quiet);
  return [
    { ...off, handsFree: false, ear: "off", awaiting: false },
    { do: "drop" },
    { do: "forget_pause" },
    ...effects,
    ...kept,
  ];
}

/** Words that were meant to be sent and are not are the person's to send. */
function putAside(state: VoiceState): Next {
  const text = [...state.collected, ...(state.interim ? [state.interim] : [])].join(" ");
  const empty: VoiceState = { ...state, collected: [], interim: "" };
  return text === "" ? [empty] : [empty, { do: "draft", text }];
}

function heard(state: VoiceState, text: string): Next {
  if (state.ear === "off" || (text === "" && state.interim === "")) return [state];
  const enough = text.split(/\s+/).length >= BARGE_IN_WORDS;
  const [quiet, ...effects]: Next = enough ? hush(state) : [state];
  const waits: Effect[] = state.collected.length > 0 ? [{ do: "await_pause" }] : [];
  return [{ ...quiet, interim: text }, ...effects, ...waits];
}

function said(state: VoiceState, text: string): Next {
  if (state.ear === "off") return [state];
  if (text === "") return [{ ...state, interim: "" }];
  const [quiet, ...effects] = hush(state);
  const after: VoiceState = { ...quiet, interim: "", anything: true };
  if (!state.handsFree) return [after, ...effects, { do: "draft", text }];
  return [{ ...after, collected: [...after.collected, text] }, ...effects, { do: "await_pause" }];
}

function pause(state: VoiceState): Next {
  if (!state.handsFree || state.collected.length === 0) return [state];
  const text = state.collected.join(" ");
  return [
    { ...state, collected: [], awaiting: true },
    { do: "send", text },
  ];
}

function earOff(state: VoiceState, problem: VoiceProblem | null): Next {
  const [off, ...effects] = putAside(state);
  return [
    { ...off, ear: "off", handsFree: false, awaiting: false, problem },
    { do: "forget_pause" },
    ...effects,
  ];
}

function hush(state: VoiceState): Next {
  return state.mouth === "speaking" ? [{ ...state, mouth: "silent" }, { do: "hush" }] : [state];
}

/** What was said for the one before is not sent into this one. */
function moved(state: VoiceState): Next {
  const [quiet, ...effects] = hush(state);
  const [after, ...kept] = putAside(quiet);
  return [{ ...after, awaiting: false }, { do: "forget_pause" }, ...effects, ...kept];
}
