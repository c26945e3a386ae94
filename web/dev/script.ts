import { countCharacters } from "../src/core/steps";
import type { FakeServer } from "./fake-server";
import { asked, COACH, TO_ALL } from "./said";

const ANSWER = `### Your Contoso pipeline

You have **three open opportunities** worth **€412,000**, two of them past their planned close date.

| Opportunity | Stage | Amount | Close date |
| --- | --- | ---: | --- |
| Platform renewal | Negotiation | €240,000 | 12 Dec |
| Analytics add-on | Proposal | €112,000 | 20 Nov |
| Training package | Qualification | €60,000 | 31 Jan |

### What to say about price

1. **Anchor on the cost of doing nothing.** Their own figure from October: two days of manual reporting a week.
2. **Trade, never give.** A lower price needs something back, for example a longer term.
3. **Ask before you answer:**

> When you compare us with the other offer, what would have to be equal for price to decide?

- Mention the reference at *Fabrikam*
- Keep the renewal and the add-on in one conversation

\`\`\`text
"If we could start in January, would a two-year term be something you can defend internally?"
\`\`\`
`;

const CALLS = [
  { server: "crm", tool: "get_pipeline", arguments: '{"account":"Contoso"}', ms: 412 },
  {
    server: "sales_playbook",
    tool: "search_playbook",
    arguments: '{"query":"price objection","limit":3}',
    ms: 1240,
  },
] as const;

const PREVIEW = JSON.stringify({ account: "Contoso", open: 3, total: 412000, currency: "EUR" });

/** A whole turn, already in the log. */
export function appendAnswer(server: FakeServer, sessionId: string, turnId: string): void {
  const at = new Date().toISOString();
  const text = "How is my pipeline for Contoso, and what should I say about price?";
  server.append(sessionId, asked(turnId, text));
  server.append(sessionId, {
    type: "turn.started",
    at,
    actor: COACH,
    turn_id: turnId,
    replaces: null,
    question_id: null,
  });
  askTools(server, sessionId, turnId);
  finishTools(server, sessionId, turnId);
  finish(server, sessionId, turnId);
}

/** The same turn in real time, one word every `pace` milliseconds. */
export function startAnswer(server: FakeServer, sessionId: string, turnId: string, pace: number): void {
  const at = new Date().toISOString();
  server.append(sessionId, {
    type: "turn.started",
    at,
    actor: COACH,
    turn_id: turnId,
    replaces: null,
    question_id: null,
  });
  setTimeout(() => {
    askTools(server, sessionId, turnId);
  }, pace * 20);
  setTimeout(() => {
    finishTools(server, sessionId, turnId);
  }, pace * 60);
  setTimeout(() => {
    stream(server, sessionId, turnId, pace);
  }, pace * 70);
}

function askTools(server: FakeServer, sessionId: string, turnId: string): void {
  const at = new Date().toISOString();
  server.append(sessionId, {
    type: "message.completed",
    at,
    actor: COACH,
    message_id: `${turnId}.0`,
    turn_id: turnId,
    step: 0,
    author: COACH,
    parts: CALLS.map((call, index) => ({ type: "tool_call", call_id: `${turnId}.0.${index}`, ...call })),
    finish: "tools",
    usage: null,
    attempt: 1,
    steered_by: [],
    limit: null,
    manifest_id: null,
    memory_version: null,
    untrusted_from: [],
    ...TO_ALL,
  });
  CALLS.forEach((call, index) =>
    server.append(sessionId, {
      type: "tool_call.started",
      at,
      actor: COACH,
      call_id: `${turnId}.0.${index}`,
      turn_id: turnId,
      server: call.server,
      tool: call.tool,
      arguments: call.arguments,
      lease_until: at,
      idempotent: true,
      round: 0,
      ...TO_ALL,
    }),
  );
}

function finishTools(server: FakeServer, sessionId: string, turnId: string): void {
  CALLS.forEach((call, index) =>
    server.append(sessionId, {
      type: "tool_call.completed",
      at: new Date().toISOString(),
      actor: COACH,
      call_id: `${turnId}.0.${index}`,
      turn_id: turnId,
      server: call.server,
      tool: call.tool,
      status: "completed",
      preview: PREVIEW,
      result_ref: index === 0 ? null : "blob",
      ms: call.ms,
      readers: "everyone",
      trust: "trusted",
      ...TO_ALL,
    }),
  );
}

function stream(server: FakeServer, sessionId: string, turnId: string, pace: number): void {
  const words = ANSWER.split(/(?<=\s)/);
  const step = {
    message_id: `${turnId}.1`,
    turn_id: turnId,
    step: 1,
    attempt: 1,
    at: "",
    conversation_id: sessionId,
  };
  server.send({ type: "message.started", ...step });
  let offset = 0;
  const timer = setInterval(() => {
    const text = words.shift();
    if (text === undefined) {
      clearInterval(timer);
      finish(server, sessionId, turnId);
      return;
    }
    server.send({ type: "message.delta", ...step, offset, text });
    offset += countCharacters(text);
  }, pace);
}

function finish(server: FakeServer, sessionId: string, turnId: string): void {
  const at = new Date().toISOString();
  server.append(sessionId, {
    type: "message.completed",
    at,
    actor: COACH,
    message_id: `${turnId}.1`,
    turn_id: turnId,
    step: 1,
    author: COACH,
    parts: [{ type: "text", text: ANSWER }],
    finish: "stop",
    usage: null,
    attempt: 1,
    steered_by: [],
    limit: null,
    manifest_id: null,
    memory_version: null,
    untrusted_from: [],
    ...TO_ALL,
  });
  server.append(sessionId, {
    type: "chat_response",
    at,
    actor: COACH,
    turn_id: turnId,
    status: "completed",
    message_id: `${turnId}.1`,
    response: ANSWER,
    tool_feedback: [],
    charts: [],
    suggestions: ["Draft the mail to Contoso", "Practise the price talk with me"],
    usage: { input_tokens: 3120, cached_input_tokens: 1024, output_tokens: 412, cost_micros: 8340 },
    error: null,
    next_turn_id: null,
    ...TO_ALL,
  });
}
