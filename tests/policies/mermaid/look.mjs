// Opens HTML pages in headless Chromium with the network off, on a phone, a screen and on paper.
// Reads a JSON list of pages from stdin, writes a JSON list of what was seen to stdout. With a folder as its argument
// it keeps pictures there, for people to look at.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const pages = JSON.parse(readFileSync(0, "utf-8"));
const pictures = process.argv[2];
const profile = mkdtempSync(join(tmpdir(), "escalate-look-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  offline: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync"],
});
try {
  const seen = [];
  for (const [number, html] of pages.entries()) {
    const page = await browser.newPage();
    const errors = [], asked = [];
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("request", (request) => asked.push(request.url()));
    await page.setContent(html);
    const result = { errors, asked, wider: {} };
    for (const [name, width] of [["phone", 360], ["screen", 1200]]) {
      await page.setViewportSize({ width, height: 800 });
      result.wider[name] = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (pictures) await page.screenshot({ path: join(pictures, `${number}-${name}.png`), fullPage: true });
    }
    Object.assign(result, await page.evaluate(() => ({
      text: document.body.textContent,
      lang: document.documentElement.lang,
      alive: document.querySelectorAll("script, iframe, img, form, link, object").length
        + [...document.querySelectorAll("*")].filter((each) => [...each.attributes]
          .some((given) => given.name.startsWith("on") || /^\s*javascript:/i.test(given.value))).length,
      boxes: [...document.querySelectorAll("svg rect")].map((each) => each.getBoundingClientRect().width),
      links: [...document.querySelectorAll("nav a")].every((each) =>
        document.getElementById(each.getAttribute("href").slice(1))),
      unnamed: [...document.querySelectorAll("svg")].filter((each) => !each.querySelector("title")).length,
    })));
    await page.emulateMedia({ media: "print" });
    result.printed = await page.evaluate(() =>
      ["nav", "details"].every((each) => getComputedStyle(document.querySelector(each)).display === "none"));
    if (pictures) await page.pdf({ path: join(pictures, `${number}.pdf`) });
    seen.push(result);
    await page.close();
  }
  process.stdout.write(JSON.stringify(seen));
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
