import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeServer } from "../../dev/fake-server";
import { backoffDelay, RECONNECT } from "../../src/core/backoff";
import { ApiError, SignedOutError, type ConnectionState } from "../../src/core/codes";
import { Connection } from "../../src/core/connection";

let server: FakeServer;
let connection: Connection;
let states: ConnectionState[];

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "warn").mockReturnValue();
  server = new FakeServer();
  connection = new Connection(server, server.openSocket);
  states = [connection.status.get().state];
  connection.status.subscribe(() => {
    const { state } = connection.status.get();
    if (state !== states.at(-1)) states.push(state);
  });
});

afterEach(() => {
  connection.stop();
  vi.useRealTimers();
});

describe("a connection", () => {
  it("is connected once the service says so", async () => {
    connection.start();
    expect(connection.status.get().state).toBe("connecting");
    await vi.advanceTimersByTimeAsync(0);
    expect(states).toEqual(["connecting", "connected"]);
  });

  it("that drops is made anew, and says that it knows no session", async () => {
    const opened = vi.fn();
    connection.opened.on(opened);
    connection.start();
    await vi.advanceTimersByTimeAsync(6_000);
    server.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(states).toEqual(["connecting", "connected", "reconnecting", "connected"]);
    expect(opened).toHaveBeenCalledTimes(2);
  });

  it("goes offline after several failures, with the time of the next attempt, and comes back by itself", async () => {
    server.down = true;
    connection.start();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(connection.status.get().state).toBe("offline");
    expect(connection.status.get().retryAt).toBeGreaterThanOrEqual(Date.now());
    server.down = false;
    await vi.advanceTimersByTimeAsync(RECONNECT.cap);
    expect(connection.status.get().state).toBe("connected");
  });

  it("is tried at once when a person asks or the network returns", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    server.down = true;
    connection.start();
    await vi.advanceTimersByTimeAsync(60_000);
    server.down = false;
    connection.retryNow();
    await vi.advanceTimersByTimeAsync(0);
    expect(connection.status.get().state).toBe("connected");
  });

  it("that falls silent is shown as lost, and as connected again when it is heard", async () => {
    const opened = vi.fn();
    connection.opened.on(opened);
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
    server.mute = true;
    await vi.advanceTimersByTimeAsync(9_000);
    expect(connection.status.get().state).toBe("reconnecting");
    server.mute = false;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(connection.status.get().state).toBe("connected");
    expect(opened).toHaveBeenCalledTimes(1);
  });

  it("that stays silent is given up for a new one", async () => {
    const opened = vi.fn();
    connection.opened.on(opened);
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
    server.mute = true;
    await vi.advanceTimersByTimeAsync(17_000);
    expect(opened).toHaveBeenCalledTimes(2);
    expect(server.listeners.size).toBe(1);
  });

  it("stops trying when the sign-in is gone", async () => {
    const negotiate = vi.spyOn(server, "negotiate").mockRejectedValue(new SignedOutError());
    connection.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.status.get().state).toBe("signed_out");
    expect(negotiate).toHaveBeenCalledTimes(1);
  });

  it("goes on trying after an error of the app", async () => {
    const problem = { code: "store_unavailable", message: "", retryable: true } as const;
    vi.spyOn(server, "negotiate").mockRejectedValueOnce(new ApiError(503, problem));
    connection.start();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(states).toEqual(["connecting", "connected"]);
  });

  it("refuses commands while there is none", async () => {
    await expect(connection.send({ type: "sync", conversation_id: "s_1", after: 0 })).rejects.toThrow(
      "not connected",
    );
  });
});

describe("the wait between attempts", () => {
  it("is anything up to a bound that doubles and then stays", () => {
    const bounds = [0, 1, 2, 3, 10, 500].map((attempt) => backoffDelay(RECONNECT, attempt, () => 1));
    expect(bounds).toEqual([500, 1_000, 2_000, 4_000, RECONNECT.cap, RECONNECT.cap]);
    expect(backoffDelay(RECONNECT, 5, () => 0)).toBe(0);
  });
});
