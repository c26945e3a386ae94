import { describe, expect, it } from "vitest";
import { newTraceparent } from "../../src/core/trace";

describe("a trace begun by a click", () => {
  it("is what the W3C calls a trace context, sampled", () => {
    expect(newTraceparent()).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it("is another one each time", () => {
    expect(newTraceparent()).not.toBe(newTraceparent());
  });

  it("never has an id of zeros", () => {
    const original = crypto.getRandomValues.bind(crypto);
    crypto.getRandomValues = (array) => array;
    try {
      expect(newTraceparent()).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/);
    } finally {
      crypto.getRandomValues = original;
    }
  });
});
