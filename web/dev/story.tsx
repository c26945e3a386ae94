/** The page over the in-memory server: `npm run dev`, then /dev/index.html?scene=empty|chat|running|offline|problem|welcome|approval|form|url|sign_in|decided. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createClient } from "../src/core/client";
import { App } from "../src/ui/App";
import { startLanguage } from "../src/ui/languages/language";
import { go } from "../src/ui/route";
import "../src/ui/styles/index.css";
import { appendCard } from "./card-scenes";
import { FakeAuth } from "./fake-auth";
import { FakeServer } from "./fake-server";
import { appendAnswer, startAnswer } from "./script";

const scene = new URLSearchParams(window.location.search).get("scene") ?? "empty";
const now = Date.now();
const server = new FakeServer();
const auth = new FakeAuth(scene === "welcome" ? null : undefined);
server.titles.set("s_demo", "Contoso pipeline and price");
server.page = {
  sessions: [
    ["s_demo", "Contoso pipeline and price", 0],
    ["s_2", "Discovery call with Fabrikam", 3],
    ["s_3", "Follow-up mail to Northwind after the demo", 26],
    ["s_4", "Role-play: sceptical CFO", 70],
    ["s_5", "Competitor at 20% less", 400],
  ].map(([id, title, hours]) => ({
    sessionId: String(id),
    title: String(title),
    pinned: id === "s_4",
    updatedAt: new Date(now - Number(hours) * 3_600_000).toISOString(),
  })),
  next: "more",
};
server.onQuery = (_query, sessionId, turnId) => {
  startAnswer(server, sessionId, turnId, 40);
};
if (scene === "chat" || scene === "running") appendAnswer(server, "s_demo", "t_demo");
const isCard = scene === "approval" || scene === "form" || scene === "url" || scene === "sign_in";
if (isCard) appendCard(server, "s_demo", "t_demo", scene);
if (scene === "decided") {
  const sent = appendCard(server, "s_demo", "t_demo", "approval");
  server.cards.close("s_demo", sent, {
    arguments: '{"to":"eva@contoso.example"}',
    note: "Eva signs for them.",
  });
  server.cards.close("s_demo", appendCard(server, "s_demo", "t_next", "form"), { outcome: "declined" });
}
if (scene === "offline") server.down = true;
if (scene === "problem") {
  server.refuse = (command) =>
    command.type === "query"
      ? {
          type: "error",
          conversation_id: "",
          at: "",
          code: "queue_full",
          fault: "user",
          message: "Too many questions are waiting already.",
          retryable: true,
          after_ms: null,
          command_id: command.command_id ?? null,
          client_message_id: command.client_message_id ?? null,
          trace_id: null,
        }
      : null;
}
const client = createClient({
  auth,
  api: server,
  openSocket: server.openSocket,
  storage: window.sessionStorage,
});
if (isCard || scene === "chat" || scene === "running" || scene === "decided") go("s_demo", { replace: true });
else go(null, { replace: true });

await startLanguage();
const host = document.getElementById("root");
if (!host) throw new Error("index.html has no #root");
createRoot(host).render(
  <StrictMode>
    <App client={client} />
  </StrictMode>,
);
if (scene === "running") {
  setTimeout(() => {
    client.chat.ask("And what should I say when they ask for a discount?");
  }, 500);
}
