import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// The tests run without globals, so the library cannot register its own clean-up.
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  localStorage.clear();
});
