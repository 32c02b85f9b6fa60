"""What can be measured of how a page looks: contrast and names, width, targets, size of type."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = {"serious", "critical"}

MEASURE = """() => {
  const LEAST = 43.5, HOLDERS = "label, .rowlink, .field__box, .search, .nudge, td, summary";
  const shown = (each) => each.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })
    && !each.closest(".visually-hidden, .skip");
  const named = (each) => each.outerHTML.replace(/\\s+/g, " ").slice(0, 160);
  const said = [];
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  // Where a part of the page hides what is too wide, the page itself does not scroll.
  const most = [...document.querySelectorAll("main *, .bar *, header *")].filter((each) =>
    shown(each) && each.getBoundingClientRect().right > innerWidth + 1 && !each.closest(".scroll"));
  if (wide > 0 || most.length) {
    said.push(`too wide by ${wide}: ${most.slice(0, 2).map(named).join(" and ")}`);
  }
  const big = (rect) => rect.width >= LEAST && rect.height >= LEAST;
  // A link within a sentence is read, and as high as its line.
  const isInSentence = (each) => each.matches("a") && getComputedStyle(each).display === "inline"
    && [...each.parentNode.childNodes].some((near) => near.nodeType === 3 && near.data.trim());
  for (const each of document.querySelectorAll(
      "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=link]")) {
    if (!shown(each) || isInSentence(each)) continue;
    const holder = each.closest(HOLDERS);
    const rects = [each, holder].filter(Boolean).map((one) => one.getBoundingClientRect());
    if (rects[0].width && !rects.some(big)) {
      const { width, height } = rects[0];
      said.push(`target ${width.toFixed(0)}x${height.toFixed(0)}: ${named(each)}`);
    }
  }
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = new Set();
  while (words.nextNode()) {
    const holder = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || !shown(holder)) continue;
    const scale = holder instanceof SVGGraphicsElement ? holder.getScreenCTM()?.a ?? 1 : 1;
    const size = parseFloat(getComputedStyle(holder).fontSize) * scale;
    if (size < 12.99) small.add(`type of ${size.toFixed(1)} px: ${named(holder)}`);
  }
  return [...said, ...[...small].slice(0, 3)];
}"""


def measured(page: Page) -> list[str]:
    """What is too wide, too small to hit, or too small to read."""
    found: list[str] = page.evaluate(MEASURE)
    return found


def barriers(page: Page, *rules: str) -> list[str]:
    """Serious and critical findings of axe; with ``rules`` only those of them."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{item['id']}: {item['help']}: {node['html'][:160]} {node['failureSummary'][-120:]}"
        for item in found
        if item["impact"] in GRAVE
        for node in item["nodes"][:3]
    ]
