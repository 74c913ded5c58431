// Every page by every rule that axe-core knows, light and dark, on a desktop and on a phone.

import assert from "node:assert/strict";
import axe from "axe-core";
import { DESKTOP, PHONE, withPage } from "./browser.mjs";

const looks = [];
for (const colorScheme of ["light", "dark"]) {
  for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    looks.push({ name: `${colorScheme}-${size}`, colorScheme, viewport });
  }
}

/** Checks each path in each look, and takes its picture if there is a folder for it. */
export const accessibility = Object.fromEntries(
  looks.map(({ name, ...options }) => [
    `axe-core finds nothing, ${name.replace("-", ", ")}`,
    ({ browser, base, paths, picture }) =>
      withPage(browser, base, options, async (page, { expectRefusal }) => {
        const found = [];
        for (const path of paths) {
          if (path === "/nowhere") expectRefusal(path);
          await page.goto(path);
          await picture(page, path, name);
          for (const details of await page.locator("details").all()) {
            await details.evaluate((element) => { element.open = true; });
          }
          // The policy forbids scripts of others in the page; what the browser's own tools evaluate is none of them.
          await page.evaluate(axe.source);
          const { violations, incomplete } = await page.evaluate(() => axe.run(document));
          // Contrast that axe cannot compute is a question to a person; everything else that it leaves open is none.
          const open = incomplete.filter((rule) => rule.id !== "color-contrast" && rule.id !== "color-contrast-enhanced");
          for (const rule of [...violations, ...open]) {
            const where = rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join("\n    ");
            found.push(`${path}: ${rule.id}: ${rule.help}\n    ${where}`);
          }
        }
        assert.equal(found.join("\n"), "");
      }),
  ]),
);
