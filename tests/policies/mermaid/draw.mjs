// Draws diagrams with the real Mermaid in headless Chromium.
// Reads a JSON list of diagram texts from stdin, writes a JSON list of { svg, text } or { error } to stdout.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const script = join(require.resolve("mermaid"), "..", "mermaid.min.js");
const diagrams = JSON.parse(readFileSync(0, "utf-8"));
const profile = mkdtempSync(join(tmpdir(), "escalate-mermaid-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync"],
});
try {
  const page = await browser.newPage();
  await page.setContent("<!doctype html><body></body>");
  await page.addScriptTag({ path: script });
  const drawn = await page.evaluate(async (texts) => {
    mermaid.initialize({ startOnLoad: false, suppressErrorRendering: true });
    const results = [];
    for (const [number, text] of texts.entries()) {
      try {
        const { svg } = await mermaid.render(`drawn${number}`, text);
        document.body.innerHTML = svg;
        const labels = [...document.querySelectorAll(".nodeLabel, .edgeLabel, .cluster-label")];
        results.push({
          svg,
          labels: labels.map((label) => label.textContent),
          dangerous: document.body.querySelectorAll("script, iframe, img, [onerror], [onclick]").length,
        });
      } catch (error) {
        results.push({ error: String(error) });
      }
    }
    return results;
  }, diagrams);
  process.stdout.write(JSON.stringify(drawn));
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
