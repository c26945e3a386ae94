import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The local stack's static server: it has the settings, and passes `/api` on to the app. */
const STACK = "http://127.0.0.1:4280";

export default defineConfig({
  plugins: [react()],
  server: { host: "127.0.0.1", proxy: { "/api": STACK, "/config.json": STACK } },
  // React is a file of its own, which stays in the browser's cache when other parts change. How much the first load takes
  // is held by `npm run first-load`; the limit here is in bytes before compression.
  build: {
    target: "es2022",
    sourcemap: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: "react", test: /node_modules\/(react|react-dom|scheduler)\// }] },
      },
    },
  },
  test: { include: ["tests/**/*.test.{ts,tsx}"], environment: "jsdom", restoreMocks: true },
});
