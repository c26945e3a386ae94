import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { connectClient } from "./core/client";
import { loadSettings } from "./core/settings";
import { App } from "./ui/App";
import { followInvitation } from "./ui/groups/groupRoute";
import { startLanguage } from "./ui/languages/language";
import { PageBoundary } from "./ui/PageBoundary";
import { followAddress } from "./ui/route";
import { StartFailed } from "./ui/SignIn";
import "./ui/styles/index.css";

const host = document.getElementById("root");
if (!host) throw new Error("index.html has no #root");
const root = createRoot(host);

// Not awaited out here: the words of another language are a file that imports this one, and would wait for its end.
void start();

async function start(): Promise<void> {
  const spoken = startLanguage();
  try {
    const client = await connectClient(await loadSettings());
    await spoken;
    // The end of a sign-in has put back the address the person came from.
    followAddress();
    followInvitation();
    root.render(
      <StrictMode>
        <PageBoundary>
          <App client={client} />
        </PageBoundary>
      </StrictMode>,
    );
  } catch (error) {
    console.error("SalesCoach could not start.", error);
    await spoken;
    root.render(<StartFailed />);
  }
}
