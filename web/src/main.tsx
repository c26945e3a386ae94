import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { connectClient } from "./core/client";
import { loadSettings } from "./core/settings";
import { App } from "./ui/App";
import { followInvitation } from "./ui/groups/groupRoute";
import { followAddress } from "./ui/route";
import { StartFailed } from "./ui/SignIn";
import "./ui/styles/index.css";

const host = document.getElementById("root");
if (!host) throw new Error("index.html has no #root");
const root = createRoot(host);

try {
  const client = await connectClient(await loadSettings());
  // The end of a sign-in has put back the address the person came from.
  followAddress();
  followInvitation();
  root.render(
    <StrictMode>
      <App client={client} />
    </StrictMode>,
  );
} catch (error) {
  console.error("SalesCoach could not start.", error);
  root.render(<StartFailed />);
}
