// Opens reports in headless Chromium with the network off: on a phone, a screen and on paper, by day and by night.
// Reads a JSON list of pages from stdin, writes a JSON list of what was seen to stdout. With a folder as its argument
// it keeps pictures there, for people to look at.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const pages = JSON.parse(readFileSync(0, "utf-8"));
const pictures = process.argv[2];
const profile = mkdtempSync(join(tmpdir(), "escalate-read-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  offline: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND"],
});

// How many colours a picture shows within each of some boxes; a blank one shows one.
const beside = await browser.newPage();
const colours = (png, boxes) => beside.evaluate(async ([data, boxes]) => {
  const image = new Image();
  image.src = `data:image/png;base64,${data}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  return boxes.map(({ left, top, width, height }) => {
    const { buffer } = context.getImageData(left, top, Math.min(width, image.width - left), height).data;
    return new Set(new Uint32Array(buffer)).size;
  });
}, [png.toString("base64"), boxes]);

const seen = () => {
  const box = (each) => each.getBoundingClientRect();
  const charts = [...document.querySelectorAll("svg[role=img]")];
  const marks = "rect:not(.track):not(.none):not(.pill), circle, polyline, .way";
  const heads = [...document.querySelectorAll("h1, h2, h3, h4, h5")].map((each) => Number(each.tagName[1]));
  return {
    charts: charts.map((each) => ({
      title: each.querySelector(":scope > title")?.textContent ?? "",
      desc: each.querySelector(":scope > desc")?.textContent ?? "",
      left: box(each).left + scrollX,
      top: box(each).top + scrollY,
      width: box(each).width,
      height: box(each).height,
      marks: [...each.querySelectorAll(marks)].filter((mark) => box(mark).width + box(mark).height > 1).length,
      texts: [...each.querySelectorAll("text")].filter((text) => box(text).width > 0).length,
      // Letters that leave the picture at a side are cut off, or lie over the next one.
      outside: [...each.querySelectorAll("text")].filter((text) => box(text).right > box(each).right + 1
        || box(text).left < box(each).left - 1).map((text) => text.textContent),
      tabled: Boolean(each.closest("article")?.querySelector("details table")),
    })),
    wider: document.documentElement.scrollWidth - innerWidth,
    text: document.body.textContent,
    lang: document.documentElement.lang,
    mains: document.querySelectorAll("main").length,
    heads,
    skipped: heads.some((level, place) => level > (place ? heads[place - 1] : 0) + 1),
    links: [...document.querySelectorAll("a")].every((each) =>
      document.getElementById(each.getAttribute("href").slice(1))),
    twice: [...document.querySelectorAll("[id]")].map((each) => each.id)
      .filter((id, place, ids) => ids.indexOf(id) !== place),
    alive: document.querySelectorAll("script, iframe, img, form, link, object, embed, base").length
      + [...document.querySelectorAll("*")].filter((each) => [...each.attributes]
        .some((given) => given.name.startsWith("on") || /^\s*javascript:/i.test(given.value))).length,
    // What a page around the report looks like: a report in a notebook must not change it.
    outside: ["p", "h3", "table", "svg"].map((name) => document.querySelector(`.outside ${name}`))
      .filter(Boolean).map((each) => {
        const style = getComputedStyle(each);
        return [style.color, style.margin, style.font, style.display, style.borderCollapse].join();
      }),
  };
};

try {
  const results = [];
  for (const [number, html] of pages.entries()) {
    const page = await browser.newPage();
    const errors = [], asked = [];
    page.on("console", (message) => errors.push(message.text()));
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("request", (request) => asked.push(request.url()));
    await page.setContent(html);
    const result = { errors, asked };
    for (const [name, width, scheme] of [["phone", 390, "light"], ["screen", 1280, "light"], ["night", 1280, "dark"]]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 800 });
      result[name] = await page.evaluate(seen);
      const path = pictures && join(pictures, `${number}-${name}.png`);
      const { charts, mains } = result[name];
      if (!mains) continue; // a part of a notebook is drawn as on a page of its own
      const found = await colours(await page.screenshot({ fullPage: true, ...(path && { path }) }), charts);
      charts.forEach((chart, place) => { chart.colours = found[place]; });
    }
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    result.paper = await page.evaluate(() => ({
      hidden: ["nav", "details:not(.counted)", ".counted summary", ".skip"].every((name) => [...document.querySelectorAll(name)]
        .every((each) => getComputedStyle(each).display === "none")),
      // What is folded on a screen has no box there; on paper nobody can click.
      told: [...document.querySelectorAll(".definition")].every((each) => each.checkVisibility({
        contentVisibilityAuto: true }) && each.getBoundingClientRect().height > 0),
      ground: getComputedStyle(document.body).backgroundColor,
    }));
    const pdf = await page.pdf(pictures ? { path: join(pictures, `${number}.pdf`) } : {});
    result.paper.pages = (pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? []).length;
    results.push(result);
    await page.close();
  }
  process.stdout.write(JSON.stringify(results));
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
