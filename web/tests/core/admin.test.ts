import { expect, test } from "vitest";
import { FakeRequests, refusal } from "../../dev/fake-groups";
import { AdminApi, type UsageReport } from "../../src/core/adminApi";
import { calling, csvOf, isDay, lastDays, sorted, totalOf, usageRows } from "../../src/core/adminTables";
import { ApiError, SignedOutError } from "../../src/core/codes";
import { Loading } from "../../src/core/loading";

const usage = (input: number, output: number, cost: number) => ({
  input_tokens: input,
  cached_input_tokens: 0,
  output_tokens: output,
  cost_micros: cost,
});

const REPORT: UsageReport = {
  currency: "EUR",
  names: { "t.ada": "Ada Winter", "t.ben": "Sam", "t.sam": "Sam" },
  lines: [{ team: "North", person: "t.ada", model: "large", turns: 2, usage: usage(100, 5, 300) }],
  teams: [],
  people: [
    { name: "t.ada", turns: 2, usage: usage(100, 5, 300) },
    { name: "t.eve", turns: 1, usage: usage(7, 1, 20) },
  ],
  models: [],
};

test("the last days end with this one and count it", () => {
  expect(lastDays(7, new Date("2026-03-02T23:59:00Z"))).toEqual({ from: "2026-02-24", to: "2026-03-02" });
  expect(lastDays(1, new Date("2026-03-02T00:00:00Z"))).toEqual({ from: "2026-03-02", to: "2026-03-02" });
});

test("a day is one there is, written as the server wants it", () => {
  expect(["2026-02-28", "2024-02-29"].every(isDay)).toBe(true);
  expect(["2026-02-30", "2026-3-2", "", "2026-13-01", "x2026-03-02", null].some(isDay)).toBe(false);
});

test("people are called by name, and those of one name are told apart", () => {
  const call = calling(REPORT);
  expect(["t.ada", "t.ben", "t.sam", "t.eve"].map(call)).toEqual([
    "Ada Winter",
    "Sam (t.ben)",
    "Sam (t.sam)",
    "t.eve",
  ]);
});

test("usage is told by what it is summed up by, and line by line", () => {
  expect(usageRows(REPORT, "people").map(({ names }) => names)).toEqual([["Ada Winter"], ["t.eve"]]);
  expect(usageRows(REPORT, "lines")).toEqual([
    { names: ["Ada Winter", "North", "large"], turns: 2, usage: usage(100, 5, 300) },
  ]);
  expect(totalOf(REPORT.people)).toEqual({ names: [], turns: 3, usage: usage(107, 6, 320) });
});

test("rows are put in order by number or by word, and equal ones stay as they were", () => {
  const rows = [
    ["b", 10],
    ["a", 9],
    ["c", 10],
  ] as const;
  const cell = (row: (typeof rows)[number], place: number) => row[place] ?? "";
  const order = (by: number, direction: "ascending" | "descending") =>
    sorted(rows, cell, { by, direction }).map(([name]) => name);
  expect(order(1, "descending")).toEqual(["b", "c", "a"]);
  expect(order(1, "ascending")).toEqual(["a", "b", "c"]);
  expect(order(0, "descending")).toEqual(["c", "b", "a"]);
});

test("CSV quotes what has to be quoted, and lets nothing be taken for a formula", () => {
  const rows = [
    ['=HYPERLINK("x")', 1.5],
    ["Winter, Ada", -2],
    ["two\nlines", 0],
    ["@sum", 3],
  ];
  expect(csvOf(["Person", "-Cost"], rows)).toBe(
    'Person,\'-Cost\r\n"\'=HYPERLINK(""x"")",1.5\r\n"Winter, Ada",-2\r\n"two\nlines",0\r\n\'@sum,3\r\n',
  );
});

test("the app is asked for what is wished for, and what is not is left out", async () => {
  const http = new FakeRequests();
  http.on("GET", /^\/manage\/security/, () => ({ events: [], names: {}, next: null }));
  http.on("GET", /^\/manage\/feedback\/reviews\?/, () => ({ reviews: [] }));
  http.on("GET", /^\/manage\/tool-feedback/, () => ({ tools: [], notes: [] }));
  http.on("PUT", /./, () => ({}));
  http.on("DELETE", /./, () => ({}));
  const api = new AdminApi(http);
  await api.security({ day: "2026-03-02", kind: "", person: "" }, null);
  await api.security({ day: "2026-03-02", kind: "access_refused", person: "t.a" }, "e 1");
  const period = { from: "2026-03-01", to: "2026-03-02" };
  await api.reviews(period, false);
  await api.reviews(period, true);
  await api.tools(period, { server: "crm", tool: "find" });
  const review = { review: "/api/manage/feedback/votes/p/v/review" } as Parameters<AdminApi["finish"]>[0];
  await api.finish(review, "");
  await api.finish(review, "Fixed.");
  await api.reopen(review);
  expect(http.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET /manage/security?day=2026-03-02",
    "GET /manage/security?day=2026-03-02&kind=access_refused&person=t.a&before=e+1",
    "GET /manage/feedback/reviews?from=2026-03-01&to=2026-03-02",
    "GET /manage/feedback/reviews?from=2026-03-01&to=2026-03-02&done=true",
    "GET /manage/tool-feedback?from=2026-03-01&to=2026-03-02&server=crm&tool=find",
    "PUT /manage/feedback/votes/p/v/review",
    "PUT /manage/feedback/votes/p/v/review",
    "DELETE /manage/feedback/votes/p/v/review",
  ]);
  expect(http.sent("PUT").map(([, content]) => content)).toEqual([{}, { note: "Fixed." }]);
});

test("an answer of another shape is no answer", async () => {
  const http = new FakeRequests();
  http.on("GET", /./, () => ({ lines: "many" }));
  const asked = new AdminApi(http).usage({ from: "2026-03-01", to: "2026-03-02" });
  await expect(asked).rejects.toMatchObject({ problem: { code: "bad_answer" } });
});

test("what was read stays while something else is read, and a late answer to the first wish is dropped", async () => {
  const loading = new Loading<string>();
  await loading.run(() => Promise.resolve("first"));
  let late: (value: string) => void = () => undefined;
  const slow = loading.run(() => new Promise((resolve) => (late = resolve)));
  expect(loading.view.get()).toEqual({ value: "first", problem: null, busy: true });
  await loading.run(() => Promise.resolve("third"));
  late("second");
  await slow;
  expect(loading.view.get()).toEqual({ value: "third", problem: null, busy: false });
});

test("what was read before is no answer to another wish that fails, and stays none where nothing is to be read", async () => {
  const loading = new Loading<string>();
  await loading.turn(() => Promise.resolve("first"));
  const failing = loading.turn(() => Promise.reject(refusal("store_unavailable", "Away.", true)));
  expect(loading.view.get()).toEqual({ value: "first", problem: null, busy: true });
  await failing;
  expect(loading.view.get()).toMatchObject({ value: null, problem: { message: "Away." }, busy: false });
  await loading.turn(() => Promise.resolve("second"));
  await loading.turn(() => null);
  expect(loading.view.get()).toEqual({ value: null, problem: null, busy: false });
});

test("a reading that failed tells why and keeps what there is; a sign-in that ended is told elsewhere", async () => {
  const loading = new Loading<string>();
  await loading.run(() => Promise.resolve("first"));
  await loading.run(() => Promise.reject(refusal("store_unavailable", "Away.", true)));
  expect(loading.view.get()).toMatchObject({ value: "first", problem: { message: "Away." }, busy: false });
  await loading.run(() => Promise.reject(new SignedOutError()));
  expect(loading.view.get()).toEqual({ value: "first", problem: null, busy: false });
  await expect(loading.run(() => Promise.reject(new Error("a defect")))).rejects.not.toBeInstanceOf(ApiError);
});
