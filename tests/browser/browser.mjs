// One browser with a profile of its own, and pages that remember everything that went wrong on them.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Starts a browser, runs something with it, and leaves nothing behind. */
export async function withBrowser(run) {
  const profile = await mkdtemp(join(tmpdir(), "mesh-browser-"));
  const executablePath = process.env.MESH_BROWSER_CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: [...FLAGS, `--disk-cache-dir=${join(profile, "cache")}`] });
  try {
    return await run(browser);
  } finally {
    await browser.close();
    await rm(profile, { recursive: true, force: true });
  }
}

/**
 * Opens a page in a context of its own and runs something on it. Whatever the browser complains about is a failure:
 * a script's error, a refusal of the content security policy, a request that failed or went to another host.
 */
export async function withPage(browser, base, options, run) {
  const context = await browser.newContext({ baseURL: base, viewport: DESKTOP, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(10_000);
  const complaints = [];
  const expected = new Set();
  try {
    const page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(`a script failed: ${error.message}`));
    page.on("console", (message) => {
      const expectedStatus = expected.size && /status of 4\d\d/.test(message.text());
      if (message.type() === "error" && !expectedStatus) complaints.push(`the console says: ${message.text()}`);
    });
    page.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith("http") && origin !== new URL(base).origin) complaints.push(`it asks ${origin}`);
    });
    page.on("response", (response) => {
      const path = new URL(response.url()).pathname;
      if (response.status() >= 400 && !expected.has(path)) complaints.push(`${path} answers ${response.status()}`);
    });
    const result = await run(page, { context, expectRefusal: (path) => expected.add(path) });
    if (complaints.length) throw new Error(complaints.join("\n"));
    return result;
  } finally {
    await context.close();
  }
}
