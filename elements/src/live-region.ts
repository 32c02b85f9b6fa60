/** `<live-region>`: shows what others change, and leaves alone what is being typed here. */

import { PageElement } from "./element.js";
import { fieldsIn, isDirty, takesText } from "./fields.js";
import { GESTURES_SENT } from "./page-events.js";

export class LiveRegion extends PageElement {
  static readonly observedAttributes = ["url", "version", "every"];

  #life: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAsking = false;

  protected start(signal: AbortSignal): void {
    this.#life = signal;
    this.address("url");
    this.required("version");
    this.wholeNumber("every");
    partsOf(this);
    if (globalThis.htmx === undefined && document.readyState === "complete") {
      throw this.mistake("needs htmx");
    }
    const ask = (): void => void this.#ask();
    document.addEventListener("visibilitychange", ask, { signal });
    document.addEventListener(GESTURES_SENT, ask, { signal });
    window.addEventListener("online", ask, { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
    this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    if (this.#life?.aborted === false) {
      this.#timer = setTimeout(() => void this.#ask(), this.wholeNumber("every") * 1000);
    }
  }

  /** Ask for what is newer than this version; a hidden page asks when it is seen again. */
  async #ask(): Promise<void> {
    if (this.#isAsking || document.hidden || this.#life?.aborted !== false) {
      return;
    }
    this.#isAsking = true;
    try {
      const url = this.address("url");
      url.searchParams.set("version", this.required("version"));
      const response = await fetch(url, { headers: { Accept: "text/html" }, signal: this.#life });
      if (response.status === 200 && !response.redirected) {
        await this.#show(await response.text());
      } else if (response.redirected || (response.status >= 400 && response.status < 500)) {
        // No longer this person's to see; the next page says why.
        this.dispatchEvent(new CustomEvent("closed", { bubbles: true }));
        return;
      }
    } catch (error) {
      // Without connection there is nothing new; it is asked again.
      if (!(error instanceof TypeError) && !this.#life.aborted) {
        throw error;
      }
    } finally {
      this.#isAsking = false;
    }
    this.#wait();
  }

  async #show(text: string): Promise<void> {
    const sent = new DOMParser().parseFromString(text, "text/html");
    const fresh = [...sent.querySelectorAll<HTMLElement>(this.localName)].find(
      (region) => region.id === this.id,
    );
    const version = fresh?.getAttribute("version");
    if (fresh === undefined || !version) {
      throw this.mistake(`got no region ${this.id} with a version from ${this.required("url")}`);
    }
    const parts = partsOf(this);
    const freshParts = partsOf(fresh);
    const names = [...parts.keys()].filter((name) => freshParts.has(name));
    const changed: string[] = [];
    if (!isBusy(this)) {
      await this.#morph(this, "innerMorph", fresh.innerHTML);
      changed.push(...names);
      this.setAttribute("version", version);
    } else {
      // The version stays: what is left out here comes again until it can be shown.
      for (const name of names) {
        const [part, freshPart] = [parts.get(name), freshParts.get(name)];
        if (part !== undefined && freshPart !== undefined && !isBusy(part)) {
          await this.#morph(part, "outerMorph", freshPart.outerHTML);
          changed.push(name);
        }
      }
    }
    this.dispatchEvent(new CustomEvent("refreshed", { bubbles: true, detail: changed }));
  }

  async #morph(target: Element, swap: "innerMorph" | "outerMorph", text: string): Promise<void> {
    if (globalThis.htmx === undefined) {
      throw this.mistake("needs htmx");
    }
    await globalThis.htmx.swap({ text, swap, target, sourceElement: target });
  }
}

/** Whether somebody is typing in a part, or it holds something that is not saved yet. */
function isBusy(part: Element): boolean {
  const focused = document.activeElement;
  const isTyping = takesText(focused) && part.contains(focused);
  return isTyping || fieldsIn(part).some(isDirty);
}

/** The parts of a region by name. */
function partsOf(region: HTMLElement): Map<string, HTMLElement> {
  const parts = new Map<string, HTMLElement>();
  for (const part of region.querySelectorAll<HTMLElement>("[data-part]")) {
    const name = part.dataset["part"] ?? "";
    if (name === "" || parts.has(name)) {
      throw new Error(`<live-region> needs a name of its own for each data-part, not "${name}"`);
    }
    parts.set(name, part);
  }
  return parts;
}

customElements.define("live-region", LiveRegion);
