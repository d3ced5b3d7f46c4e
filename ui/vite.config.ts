// Builds the page into dist/, from where CMake puts it into the program. `npm run dev` serves it with the mock station, or
// with a running gemel when GEMEL_URL names one.
import { defineConfig, type Plugin } from "vite";

const gemel = process.env["GEMEL_URL"];
const mockPort = 8477;

const mockStation: Plugin = {
  name: "mock-station",
  apply: "serve",
  async configureServer(server) {
    if (gemel) return;
    const { startMock } = await import("./mock/server.mjs");
    const mock = await startMock({ port: mockPort });
    server.httpServer?.once("close", () => mock.close());
  },
};

const target = gemel ?? `http://127.0.0.1:${mockPort}`;

export default defineConfig({
  base: "./",
  plugins: [mockStation],
  esbuild: { jsx: "automatic" },
  build: { target: "es2022", sourcemap: false, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    host: "127.0.0.1",
    proxy: {
      // gemel takes changes only from pages of its own origin.
      "/api": { target, ws: true, changeOrigin: true, headers: { origin: target } },
      "/healthz": { target },
      "/metrics": { target },
    },
  },
});
