// What a journey expects, in one line each.

import assert from "node:assert/strict";

/** The page shown is that of a product. */
export async function onProduct(page, address) {
  await page.waitForURL((url) => url.pathname.startsWith(`/products/${address}`));
  assert.equal(await page.locator("h1").innerText(), address);
}

/** What has the focus can be seen to have it. */
export async function focusIsVisible(page) {
  const seen = await page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return "nothing has the focus";
    const drawn = element.matches("svg a") ? element.querySelector("rect") : element;
    const style = getComputedStyle(drawn);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    const stroked = drawn !== element && parseFloat(style.strokeWidth) >= 2;
    const box = element.getBoundingClientRect();
    if (box.bottom < 0 || box.top > innerHeight) return `${element.outerHTML.slice(0, 80)} is out of sight`;
    return outlined || stroked ? "" : `${element.outerHTML.slice(0, 80)} does not show its focus`;
  });
  assert.equal(seen, "");
}

/** Presses Tab until what has the focus matches, and sees to it that each stop shows its focus. */
export async function tabTo(page, selector, most = 150) {
  for (let presses = 0; presses < most; presses++) {
    await page.keyboard.press("Tab");
    await focusIsVisible(page);
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
  }
  assert.fail(`${selector} is not reached by ${most} presses of Tab`);
}

/** Nothing is wider than the window. */
export async function fitsTheWidth(page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `the page is ${wide} pixels wider than the window`);
}
