import type { CardOpened } from "../src/protocol/generated";
import type { FakeServer } from "./fake-server";
import { asked, COACH, TO_ALL } from "./said";

const MAIL = JSON.stringify({
  to: "jan@contoso.example",
  subject: "Renewal: our proposal for two years",
  body: "Dear Jan,\n\nas promised, here is our proposal for the platform renewal. A two-year term lets us hold the price of this year.\n\nBest regards\nAda",
  urgent: false,
});

const MAIL_SCHEMA = JSON.stringify({
  type: "object",
  required: ["to", "subject", "body"],
  properties: {
    to: { type: "string", format: "email", title: "To", description: "One recipient." },
    subject: { type: "string", maxLength: 100 },
    body: { type: "string", maxLength: 5000 },
    urgent: { type: "boolean", default: false },
  },
});

const FORM_SCHEMA = JSON.stringify({
  type: "object",
  required: ["quantity", "term", "starts"],
  properties: {
    quantity: { type: "integer", minimum: 1, title: "Seats", description: "How many people will use it." },
    term: { type: "string", enum: ["12", "24", "36"], enumNames: ["One year", "Two years", "Three years"] },
    starts: { type: "string", format: "date", title: "Starts on" },
    contact: { type: "string", format: "email", title: "Contact at the customer" },
    modules: {
      type: "array",
      items: { type: "string", enum: ["Analytics", "Forecast", "Training"] },
      title: "Modules",
    },
    renewal: { type: "boolean", title: "This is a renewal", default: true },
  },
});

type Kind = CardOpened["kind"];

export const SCENES: Record<Kind, Partial<CardOpened> & Pick<CardOpened, "tool" | "server">> = {
  approval: {
    server: "mail",
    tool: "send_mail",
    message: "The coach wants to send this mail in your name.",
    arguments: MAIL,
    schema: MAIL_SCHEMA,
  },
  form: {
    server: "quotes",
    tool: "get_quote",
    kind: "form",
    message: "For a quote for Contoso I need to know a few things.",
    schema: FORM_SCHEMA,
  },
  url: {
    server: "quotes",
    tool: "get_quote",
    kind: "url",
    message: "Confirm the discount with the deal desk, then come back.",
    url: "https://deal-desk.contoso.example/approvals/4711?from=coach",
  },
  sign_in: {
    server: "quotes",
    tool: "get_quote",
    kind: "sign_in",
    message: "Quotes wants to know who you are.",
    url: "/api/oauth/start?ticket=t",
  },
};

/** A turn that has come to a call which asks the person something of this kind. */
export function appendCard(
  server: FakeServer,
  sessionId: string,
  turnId: string,
  kind: Kind,
  change: Partial<CardOpened> = {},
): CardOpened {
  const { server: from, tool, arguments: text } = SCENES[kind];
  const callId = `${turnId}.0.0`;
  server.append(sessionId, asked(turnId, "Get Contoso to sign before the end of the month."));
  const begun = { type: "turn.started", at: "", actor: COACH, replaces: null, question_id: null } as const;
  server.append(sessionId, { ...begun, turn_id: turnId });
  server.append(sessionId, {
    type: "message.completed",
    at: "",
    actor: COACH,
    message_id: `${turnId}.0`,
    turn_id: turnId,
    step: 0,
    author: COACH,
    parts: [
      { type: "text", text: "I will take the next step for you." },
      { type: "tool_call", call_id: callId, server: from, tool, arguments: text ?? "{}" },
    ],
    finish: "tools",
    usage: null,
    attempt: 1,
    steered_by: [],
    limit: null,
    manifest_id: null,
    memory_version: null,
    ...TO_ALL,
  });
  return server.cards.ask(sessionId, { ...SCENES[kind], turn_id: turnId, call_id: callId, ...change });
}
