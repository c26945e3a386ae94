import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The local stack's static server: it has the settings, and passes `/api` on to the app. */
const STACK = "http://127.0.0.1:4280";

export default defineConfig({
  plugins: [react()],
  server: { host: "127.0.0.1", proxy: { "/api": STACK, "/config.json": STACK } },
  // The client is one file of about 180 kB gzip, and what draws charts another of 300 kB, loaded with the first chart;
  // the limit is in bytes before compression.
  build: {
    target: "es2022",
    sourcemap: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  test: { include: ["tests/**/*.test.{ts,tsx}"], environment: "jsdom", restoreMocks: true },
});
