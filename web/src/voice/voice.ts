import { openTurn, type Conversation } from "../core/state";
import { Store } from "../core/store";
import { Aloud } from "./aloud";
import { voicesOf, type VoiceChoices } from "./choices";
import { DeliveryMeter, NOTHING_SAID, type Delivery } from "./delivery";
import { Ear, type EarListener } from "./ear";
import { EchoGuard } from "./echo";
import { primary } from "./fillers";
import { AT_REST, next, PAUSE_MS, type Effect, type VoiceEvent, type VoiceState } from "./machine";
import type { Manner, MouthListener } from "./mouth";
import type { Platform } from "./platform";

/** Where words go: the box somebody writes in, and the way what is written there takes. */
export interface Outlet {
  readonly draft: (text: string) => void;
  readonly send: (text: string) => void;
}

/** The conversation that is shown. */
export interface Shown {
  readonly sessionId: string | null;
  readonly conversation: Conversation | null;
}

export interface VoiceParts {
  readonly platform: Platform;
  readonly shown: Store<Shown>;
  readonly choices: Store<VoiceChoices>;
  /** The language while none is chosen. */
  readonly pageLanguage: () => string;
  readonly now?: () => number;
}

/** Listening and speaking for one page. What it measures stays in `delivery`; only words leave it, through the outlet. */
export class Voice {
  readonly state = new Store<VoiceState>(AT_REST);
  readonly delivery = new Store<Delivery>(NOTHING_SAID);
  readonly choices: Store<VoiceChoices>;
  private outlet: Outlet | null = null;
  private readonly ear: Ear;
  private readonly aloud: Aloud;
  private readonly guard = new EchoGuard();
  private meter = new DeliveryMeter();
  private pauseTimer: ReturnType<typeof setTimeout> | undefined;
  private target: string | null;
  private wasOpen = false;
  private readonly now: () => number;
  private readonly unsubscribe: readonly (() => void)[];

  constructor(private readonly parts: VoiceParts) {
    const { platform, shown, choices, now = () => performance.now() } = parts;
    this.now = now;
    this.choices = choices;
    this.target = targetOf(shown.get());
    this.ear = new Ear(platform, this.earListener(), now);
    this.aloud = new Aloud({ platform, listener: this.mouthListener(), manner: () => this.manner(), now });
    this.readOn();
    this.unsubscribe = [
      shown.subscribe(() => {
        this.follow();
      }),
      choices.subscribe(() => {
        this.chosen();
      }),
    ];
  }

  /** Where words go from now on. */
  use(outlet: Outlet): void {
    this.outlet = outlet;
  }

  get canListen(): boolean {
    return this.parts.platform.makeRecogniser !== null;
  }

  get canSpeak(): boolean {
    return this.parts.platform.synthesis !== null;
  }

  get language(): string {
    return this.choices.get().language ?? this.pageLanguage;
  }

  get pageLanguage(): string {
    return this.parts.pageLanguage();
  }

  /** The voices there are for the language. */
  get voices(): readonly SpeechSynthesisVoice[] {
    return voicesOf(this.parts.platform.synthesis?.getVoices() ?? [], this.language);
  }

  readonly dispatch = (event: VoiceEvent): void => {
    const [state, ...effects] = next(this.state.get(), event);
    this.state.set(state);
    for (const effect of effects) this.carryOut(effect);
    this.readOn();
  };

  /** The page is out of sight: nobody wants to be listened to there. */
  hidden(): void {
    if (this.state.get().handsFree) this.dispatch({ type: "hands_free", on: false });
    else this.dispatch({ type: "release" });
  }

  /** Begin to measure anew. */
  forget(): void {
    this.meter = new DeliveryMeter();
    this.delivery.set(NOTHING_SAID);
  }

  close(): void {
    for (const unsubscribe of this.unsubscribe) unsubscribe();
    clearTimeout(this.pauseTimer);
    this.ear.drop();
    this.aloud.hush(null);
    this.outlet = null;
  }

  private carryOut(effect: Effect): void {
    if (effect.do === "draft" || effect.do === "send") {
      this.outlet?.[effect.do](effect.text);
      return;
    }
    const acts: Record<typeof effect.do, () => void> = {
      listen: () => {
        this.ear.listen(this.language);
      },
      finish: () => {
        this.ear.finish();
      },
      drop: () => {
        this.ear.drop();
      },
      hush: () => {
        this.aloud.hush(this.parts.shown.get().conversation);
      },
      await_pause: () => {
        this.restartPause(true);
      },
      forget_pause: () => {
        this.restartPause(false);
      },
    };
    acts[effect.do]();
  }

  private restartPause(again: boolean): void {
    clearTimeout(this.pauseTimer);
    if (!again) return;
    this.pauseTimer = setTimeout(() => {
      this.dispatch({ type: "pause" });
    }, PAUSE_MS);
  }

  private readOn(): void {
    const wanted = this.canSpeak && (this.choices.get().readAloud || this.state.get().handsFree);
    this.aloud.want(wanted, this.parts.shown.get().conversation);
  }

  private follow(): void {
    const shown = this.parts.shown.get();
    const before = this.target;
    this.target = targetOf(shown);
    // A new chat becomes a session without being left.
    const became = before === null && shown.sessionId === null;
    if (before !== this.target && !became) this.dispatch({ type: "moved" });
    const { conversation } = shown;
    if (!conversation) return;
    this.followTurn(conversation);
    this.aloud.follow(conversation);
  }

  private followTurn(conversation: Conversation): void {
    const turn = openTurn(conversation);
    if (turn?.phase === "stopping") this.dispatch({ type: "hush" });
    if (this.wasOpen && !turn) this.dispatch({ type: "answered" });
    this.wasOpen = turn !== null;
  }

  private chosen(): void {
    this.readOn();
    if (this.state.get().ear === "on") this.ear.listen(this.language);
  }

  private manner(): Manner {
    const { voices, rate } = this.choices.get();
    const uri = voices[primary(this.language)];
    const voice = this.voices.find((candidate) => candidate.voiceURI === uri) ?? null;
    return { language: this.language, rate, voice };
  }

  private earListener(): EarListener {
    return {
      heard: (text, startedAt) => {
        this.dispatch({ type: "heard", text: this.guard.own(text, startedAt) });
      },
      said: (utterance) => {
        const text = this.guard.own(utterance.text, utterance.startedAt);
        if (text !== "")
          this.measure((meter) => {
            meter.said({ ...utterance, text }, this.language);
          });
        this.dispatch({ type: "said", text });
      },
      ended: () => {
        this.dispatch({ type: "ear_ended" });
      },
      failed: (problem) => {
        this.dispatch({ type: "ear_failed", problem });
      },
    };
  }

  private mouthListener(): MouthListener {
    return {
      began: (sentence) => {
        this.guard.began(sentence);
        this.dispatch({ type: "speaking" });
      },
      spoke: (from, to) => {
        this.measure((meter) => {
          meter.coachSpoke(from, to);
        });
      },
      silent: () => {
        this.guard.silent(this.now());
        this.dispatch({ type: "silent" });
      },
      failed: (problem) => {
        this.dispatch({ type: "mouth_failed", problem });
      },
    };
  }

  private measure(count: (meter: DeliveryMeter) => void): void {
    count(this.meter);
    this.delivery.set(this.meter.delivery);
  }
}

function targetOf({ sessionId, conversation }: Shown): string | null {
  return conversation?.sessionId ?? sessionId;
}
