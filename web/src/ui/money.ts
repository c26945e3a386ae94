import { locale } from "./languages/language";
import { NO_CURRENCY } from "../core/currency";

const MICROS = 1_000_000;
/** A single answer costs little: what is not 0 is shown, in no more than four digits behind the zeros. */
const SMALL = { maximumSignificantDigits: 4 } as const;
const USUAL = { minimumFractionDigits: 2, maximumFractionDigits: 4 } as const;

/** Millionths of a currency as money, in the language of the page. */
export function money(micros: number, currency: string): string {
  const amount = micros / MICROS;
  const digits = amount > 0 && amount < 0.01 ? SMALL : USUAL;
  const unit = { style: "currency", currency, currencyDisplay: "code" } as const;
  return new Intl.NumberFormat(locale(), currency === NO_CURRENCY ? digits : { ...unit, ...digits }).format(
    amount,
  );
}
