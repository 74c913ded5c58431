// Runs every journey against a registry that serves the example domains.
//
//   MESH_BROWSER_URL=http://127.0.0.1:4600 node main.mjs [words of a name]
//
// MESH_BROWSER_SHOTS names a folder for a picture of each page; MESH_BROWSER_CHROMIUM another browser.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { accessibility } from "./accessibility.mjs";
import { withBrowser } from "./browser.mjs";
import { journeys } from "./journeys.mjs";

const base = process.env.MESH_BROWSER_URL;
if (!base) {
  console.error("error: MESH_BROWSER_URL is not set; set it to the address of a registry that serves the example domains");
  process.exit(2);
}

const paths = {
  home: "/",
  search: "/search?q=invoice",
  domains: "/domains",
  domain: "/domains/sales",
  product: "/products/sales.orders",
  ending: "/products/sales.customers",
  deprecations: "/deprecations",
  missing: "/nowhere",
};
const shots = process.env.MESH_BROWSER_SHOTS;
if (shots) await mkdir(shots, { recursive: true });
const picture = async (page, path, look) => {
  if (!shots) return;
  const name = Object.keys(paths).find((key) => paths[key] === path);
  await page.screenshot({ path: join(shots, `${name}-${look}.png`) });
};

const wanted = process.argv.slice(2).join(" ");
const failed = await withBrowser(async (browser) => {
  const failures = [];
  for (const [name, run] of Object.entries({ ...journeys, ...accessibility })) {
    if (!name.includes(wanted)) continue;
    const started = performance.now();
    try {
      await run({ browser, base, paths: Object.values(paths), picture });
      console.log(`ok      ${name} (${Math.round(performance.now() - started)} ms)`);
    } catch (error) {
      failures.push(name);
      console.log(`FAILED  ${name}\n${String(error.stack ?? error).replace(/^/gm, "        ")}`);
    }
  }
  return failures;
});
if (failed.length) {
  console.error(`error: ${failed.length} failed`);
  process.exit(1);
}
