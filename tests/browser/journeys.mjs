// The ways that people take through the registry.

import assert from "node:assert/strict";
import { DESKTOP, PHONE, withPage } from "./browser.mjs";
import { fitsTheWidth, focusIsVisible, onProduct, tabTo } from "./expect.mjs";

const INVOICES = "sales.invoices";
const POSTED = "accounting.invoices";

/** The same way is taken with a script and without. */
async function searchOpenAndFollow(page) {
  await page.goto("/");
  await page.locator("#home-search").fill("invoices");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search?q=invoices");
  assert.ok((await page.locator("#results mark").count()) > 0, "what matches is marked");
  await page.locator(`#results a[href="/products/${INVOICES}"]`).click();
  await onProduct(page, INVOICES);
  await page.locator(`.lineage a[href^="/products/${POSTED}#"]`).click();
  await onProduct(page, POSTED);
  await page.locator('nav[aria-label="Breadcrumbs"] a', { hasText: "accounting" }).click();
  await page.waitForURL("**/domains/accounting");
  assert.equal(await page.locator("h1").innerText(), "accounting");
}

export const journeys = {
  "search for a product, open it, follow its lineage to another, go up to its domain": ({ browser, base }) =>
    withPage(browser, base, {}, searchOpenAndFollow),

  "the same without JavaScript": ({ browser, base }) =>
    withPage(browser, base, { javaScriptEnabled: false }, async (page) => {
      await searchOpenAndFollow(page);
      await page.goto(`/products/${INVOICES}`);
      assert.equal(await page.locator("button.copy").count(), 0, "no button that could do nothing");
      assert.match(await page.locator("#read ~ .command code").first().innerText(), /^mesh add sales\.invoices@/);
      await page.locator(".more summary", { hasText: "The same as a table" }).click();
      assert.ok(await page.locator("#lineage ~ details td", { hasText: POSTED }).first().isVisible());
    }),

  "the same on a phone": ({ browser, base }) =>
    withPage(browser, base, { viewport: PHONE, hasTouch: true, isMobile: true }, searchOpenAndFollow),

  "results come while one types, and arrow keys reach them": ({ browser, base }) =>
    withPage(browser, base, {}, async (page) => {
      await page.goto("/");
      await page.locator("#home-search").pressSequentially("invoi");
      const found = page.locator(`.found a[href="/products/${INVOICES}"]`);
      await found.waitFor();
      for (let presses = 0; presses < 20; presses++) {
        await page.keyboard.press("ArrowDown");
        if (await found.evaluate((link) => link === document.activeElement)) break;
      }
      await focusIsVisible(page);
      await page.keyboard.press("Escape");
      assert.equal(await page.locator(".found").count(), 0, "Escape closes the list");
      assert.equal(await page.evaluate(() => document.activeElement.id), "home-search");
      await page.goto("/search");
      await page.locator("#page-search").pressSequentially("payroll");
      await page.waitForURL("**/search?q=payroll");
      await page.locator('#results a[href="/products/accounting.payroll"]').waitFor();
      assert.equal(await page.locator('[role="status"]').innerText(), "1 product");
    }),

  "copy a command": ({ browser, base }) =>
    withPage(browser, base, { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
      await page.goto(`/products/${INVOICES}`);
      const command = page.locator("#read ~ .command").first();
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      await command.locator("button.copy").click();
      await page.locator('[role="status"]', { hasText: "Copied" }).waitFor();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await command.locator("code").innerText());
      assert.equal(await page.evaluate(() => document.documentElement.scrollHeight), height, "nothing moves");
    }),

  "a browser that forbids copying selects the command instead": ({ browser, base }) =>
    withPage(browser, base, {}, async (page) => {
      await page.addInitScript(() => {
        Object.defineProperty(navigator, "clipboard", { value: { writeText: () => Promise.reject(new Error("forbidden")) } });
      });
      await page.goto(`/products/${INVOICES}`);
      const command = page.locator("#read ~ .command").first();
      await command.locator("button.copy").click();
      await page.locator('[role="status"]', { hasText: "Selected" }).waitFor();
      assert.equal(await page.evaluate(() => getSelection().toString()), await command.locator("code").innerText());
    }),

  "everything with the keyboard alone": ({ browser, base }) =>
    withPage(browser, base, {}, async (page) => {
      await page.goto("/");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.className), "skip", "the first stop skips the bar");
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement.id), "main");
      await page.keyboard.press("/");
      assert.equal(await page.evaluate(() => document.activeElement.id), "home-search");
      await page.keyboard.type("invoices");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/search?q=invoices");
      await tabTo(page, `a[href="/products/${INVOICES}"]`);
      await page.keyboard.press("Enter");
      await onProduct(page, INVOICES);
      await tabTo(page, `.lineage a[href^="/products/${POSTED}#"]`);
      await page.keyboard.press("Enter");
      await onProduct(page, POSTED);
    }),

  "what is not there says so, and how to go on": ({ browser, base }) =>
    withPage(browser, base, {}, async (page, { expectRefusal }) => {
      for (const path of ["/products/sales.nothing", "/nowhere", "/domains/nothing"]) {
        expectRefusal(path);
        const response = await page.goto(path);
        assert.equal(response.status(), 404);
        assert.match(response.headers()["content-type"], /^text\/html/);
        assert.ok(await page.locator("#problem-search").isVisible());
      }
      expectRefusal("/products/NotAName");
      assert.equal((await page.goto("/products/NotAName")).status(), 400);
    }),

  "pages fit every width and nothing on them moves while they load": async ({ browser, base, paths }) => {
    for (const width of [320, PHONE.width, 768, DESKTOP.width, 1920]) {
      await withPage(browser, base, { viewport: { width, height: 800 } }, async (page, { expectRefusal }) => {
        await page.addInitScript(() => {
          window.shifted = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
          }).observe({ type: "layout-shift", buffered: true });
        });
        for (const path of paths) {
          if (path === "/nowhere") expectRefusal(path);
          await page.goto(path);
          await fitsTheWidth(page);
          const shifted = await page.evaluate(() => window.shifted);
          assert.ok(shifted < 0.01, `${path} moves by ${shifted} at ${width} pixels`);
        }
      });
    }
  },
};
