import { expect, it } from "vitest";
import { numberLocale, timeLocale } from "../../src/ui/vegaLocale";

it("writes the numbers of a drawing as the language does, and leaves amounts their currency", () => {
  expect(numberLocale("en")).toEqual({
    decimal: ".",
    thousands: ",",
    grouping: [3, 3, 3, 3],
    currency: ["$", ""],
  });
  expect(numberLocale("de")).toMatchObject({ decimal: ",", thousands: ".", currency: ["$", ""] });
  expect(numberLocale("en-IN").grouping).toEqual([3, 2, 2, 2, 2]);
});

it("writes its dates as the language does, from Sunday and January on", () => {
  const { date, time, days, shortMonths } = timeLocale("de");
  expect([date, time]).toEqual(["%d.%m.%Y", "%H:%M:%S"]);
  expect([days[0], days[6], shortMonths[2]]).toEqual(["Sonntag", "Samstag", "Mär"]);
  expect(timeLocale("en-US").date).toBe("%m/%d/%Y");
});
