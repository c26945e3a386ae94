export const COMPOSER_ID = "composer-box";

/** On a phone focus would open the keyboard over the conversation. */
export function hasKeyboard(): boolean {
  return window.matchMedia("(hover: hover)").matches;
}

/** Where focus goes when the control that had it is gone. */
export function focusComposer(): void {
  if (hasKeyboard()) document.getElementById(COMPOSER_ID)?.focus();
}
