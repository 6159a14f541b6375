import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = process.env.PITVIEW_SERVER ?? "http://127.0.0.1:8080";

/** The server answers /app and /claim with app.html, /c/… with clip.html, /v/… with certificate.html; the development server must do the same. */
function consoleEntry(): Plugin {
  return {
    name: "pitview-console-entry",
    configureServer(dev) {
      dev.middlewares.use((request, _response, next) => {
        if (request.url !== undefined && /^\/(?:app(?:[/?]|$)|claim(?:\?|$))/.test(request.url))
          request.url = "/app.html";
        if (request.url?.startsWith("/c/")) request.url = "/clip.html";
        if (request.url?.startsWith("/v/")) request.url = "/certificate.html";
        next();
      });
    },
  };
}

export default defineConfig({
  plugins: [react(), tailwindcss(), consoleEntry()],
  build: {
    // Small files would become data: URIs, which the content security policy blocks.
    assetsInlineLimit: 0,
    // The polyfill would be an inline script in older outputs and no supported browser needs it.
    modulePreload: { polyfill: false },
    manifest: true,
    target: "es2022",
    rollupOptions: {
      input: {
        index: "index.html",
        app: "app.html",
        clip: "clip.html",
        certificate: "certificate.html",
      },
    },
  },
  server: {
    proxy: {
      "/api": { target: server },
      "/ws": { target: server, ws: true },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/shared/testing/setup.ts"],
    restoreMocks: true,
  },
});
