/** What of the browser's recogniser is used; TypeScript's library knows its events, but not the recogniser itself. */
export interface Recogniser {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  onspeechstart: (() => void) | null;
  onresult: ((event: RecogniserResults) => void) | null;
  onerror: ((event: { readonly error: string }) => void) | null;
  onend: (() => void) | null;
  start(): void;
  /** Recognise what was said so far, then end. */
  stop(): void;
  /** End at once. */
  abort(): void;
}

export interface RecogniserResults {
  /** The first result that differs from those of the event before. */
  readonly resultIndex: number;
  readonly results: ArrayLike<ArrayLike<{ readonly transcript: string }> & { readonly isFinal: boolean }>;
}

/** What the browser can do; null is what it cannot. */
export interface Platform {
  readonly makeRecogniser: (() => Recogniser) | null;
  /** Whether one recogniser goes on after a pause; Android's repeats its results when told to. */
  readonly continuous: boolean;
  readonly synthesis: SpeechSynthesis | null;
  readonly makeUtterance: (text: string) => SpeechSynthesisUtterance;
}

type Scope = Window & typeof globalThis;
type MakesRecogniser = new () => Recogniser;

export function platformOf(scope: Scope): Platform {
  const Made = recogniserOf(scope);
  return {
    makeRecogniser: Made ? () => new Made() : null,
    continuous: !scope.navigator.userAgent.includes("Android"),
    synthesis: canSpeak(scope) ? scope.speechSynthesis : null,
    makeUtterance: (text) => new scope.SpeechSynthesisUtterance(text),
  };
}

/** The browser can recognise speech or speak: there is something to show. */
export function hasVoice(scope: Scope): boolean {
  return recogniserOf(scope) !== null || canSpeak(scope);
}

/** Microphones are for pages that came over a safe connection; elsewhere the recogniser is there and always fails. */
function recogniserOf(scope: Scope): MakesRecogniser | null {
  if (!scope.isSecureContext) return null;
  const found: unknown =
    Reflect.get(scope, "SpeechRecognition") ?? Reflect.get(scope, "webkitSpeechRecognition");
  return typeof found === "function" ? (found as MakesRecogniser) : null;
}

/** Sentences are told apart by the browser, too. */
function canSpeak(scope: Scope): boolean {
  return "speechSynthesis" in scope && "SpeechSynthesisUtterance" in scope && "Segmenter" in Intl;
}
