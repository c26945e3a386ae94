/** How long an early event is held before the missing one is asked for. Milliseconds. */
const HOLD_MS = 300;
/** The first and the longest wait between asking and asking again. Milliseconds. */
const AGAIN_MS = 1_000;
const AGAIN_CAP_MS = 16_000;
/** A turn that runs and says nothing for this long may have lost its last word. */
const QUIET_MS = 15_000;

/** Decides when to ask for what is missing: after a held gap, and after too long a silence of a running turn. */
export class GapWatch {
  private gap: ReturnType<typeof setTimeout> | null = null;
  private quiet: ReturnType<typeof setTimeout> | null = null;
  private again = AGAIN_MS;

  constructor(private readonly sync: () => void) {}

  /** Tell what is so after an event was folded. */
  observe(gap: boolean, turnOpen: boolean): void {
    if (!gap) this.stopGap();
    else this.gap ??= setTimeout(this.ask, HOLD_MS);
    if (this.quiet) clearTimeout(this.quiet);
    this.quiet = turnOpen ? setTimeout(this.askQuiet, QUIET_MS) : null;
  }

  /** Ask soon, unless a gap is already watched: something is known to have been stored but did not arrive. */
  expect(): void {
    this.gap ??= setTimeout(this.ask, AGAIN_MS);
  }

  stop(): void {
    this.stopGap();
    if (this.quiet) clearTimeout(this.quiet);
    this.quiet = null;
  }

  private stopGap(): void {
    if (this.gap) clearTimeout(this.gap);
    this.gap = null;
    this.again = AGAIN_MS;
  }

  /** The answer may not reach over the gap yet (a checkpoint is behind its stream), so ask again until it does. */
  private readonly ask = (): void => {
    this.gap = setTimeout(this.ask, this.again);
    this.again = Math.min(AGAIN_CAP_MS, this.again * 2);
    this.sync();
  };

  private readonly askQuiet = (): void => {
    this.quiet = setTimeout(this.askQuiet, QUIET_MS);
    this.sync();
  };
}
