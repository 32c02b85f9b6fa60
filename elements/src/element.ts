/** What the elements share: their attributes and words are checked, their listeners end with them. */

const EVERYWHERE = new Set([
  "class", "dir", "hidden", "id", "inert", "lang", "role", "slot", "tabindex", "title", "translate",
]);
const EVERYWHERE_PREFIXES = ["aria-", "data-", "hx-"];

/**
 * An element that keeps its children in the page (light DOM) and draws beside them.
 *
 * A mistake in the page's markup is thrown, so it stands in the console with the element's name.
 */
export abstract class PageElement extends HTMLElement {
  #life: AbortController | undefined;

  /** Attach listeners with this signal; it ends when the element leaves the page. */
  protected abstract start(signal: AbortSignal): void;

  /** An attribute changed after the start. */
  protected changed(_name: string): void {}

  connectedCallback(): void {
    // A morph inserts an element first and writes its attributes and children then.
    queueMicrotask(() => {
      if (this.isConnected && this.#life === undefined) {
        this.#life = new AbortController();
        this.#checkAttributes();
        this.start(this.#life.signal);
      }
    });
  }

  disconnectedCallback(): void {
    // An element that is only moved is back in the page by then.
    queueMicrotask(() => {
      if (!this.isConnected) {
        this.#life?.abort();
        this.#life = undefined;
      }
    });
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (this.#life !== undefined && before !== after) {
      this.changed(name);
    }
  }

  /** The value of an attribute that must be there and say something. */
  protected required(name: string): string {
    const value = this.getAttribute(name);
    if (value === null || value.trim() === "") {
      throw this.mistake(`needs the attribute ${name}`);
    }
    return value;
  }

  /** The value of an attribute that must be a whole number of at least 1. */
  protected wholeNumber(name: string): number {
    const text = this.required(name);
    if (!/^[1-9][0-9]*$/.test(text)) {
      throw this.mistake(`needs a whole number of at least 1 in ${name}, not "${text}"`);
    }
    return Number(text);
  }

  /** The address in an attribute, in full; only this site's own. */
  protected address(name: string): URL {
    const url = new URL(this.required(name), document.baseURI);
    if (url.origin !== location.origin) {
      throw this.mistake(`needs an address of this site in ${name}`);
    }
    return url;
  }

  /** The texts in `<template data-word="...">` children, which the server translates. */
  protected words<Name extends string>(...names: Name[]): Record<Name, string> {
    const found = new Map<string, string>();
    for (const template of this.querySelectorAll<HTMLTemplateElement>(
      ":scope > template[data-word]",
    )) {
      const name = template.dataset["word"] ?? "";
      if (found.has(name)) {
        throw this.mistake(`has the word ${name} twice`);
      }
      if (!names.some((wanted) => wanted === name)) {
        throw this.mistake(`does not know the word ${name}; its words are ${names.join(", ")}`);
      }
      found.set(name, template.content.textContent?.trim() ?? "");
    }
    const missing = names.filter((name) => !found.get(name));
    if (missing.length > 0) {
      throw this.mistake(`needs <template data-word> for ${missing.join(", ")}`);
    }
    return Object.fromEntries(found) as Record<Name, string>;
  }

  /** The child that the server has written for a role of this element. */
  protected child<Kind extends HTMLElement>(selector: string): Kind {
    const found = this.querySelectorAll<Kind>(selector);
    const [only] = found;
    if (only === undefined || found.length > 1) {
      throw this.mistake(`needs one child ${selector}, not ${found.length}`);
    }
    return only;
  }

  /** Throws where the page has a second element of this kind, or like the selector. */
  protected mustBeOnly(selector = this.localName): void {
    if (document.querySelectorAll(selector).length > 1) {
      throw this.mistake("stands twice on this page");
    }
  }

  protected mistake(what: string): Error {
    return new Error(`<${this.localName}> ${what}`);
  }

  #checkAttributes(): void {
    const kind = this.constructor as typeof HTMLElement & { observedAttributes?: string[] };
    const own = kind.observedAttributes ?? [];
    for (const name of this.getAttributeNames()) {
      const known =
        own.includes(name) ||
        EVERYWHERE.has(name) ||
        EVERYWHERE_PREFIXES.some((prefix) => name.startsWith(prefix));
      if (!known) {
        throw this.mistake(`does not know the attribute ${name}; its own are ${own.join(", ")}`);
      }
    }
  }
}

/** The text with `{name}` replaced by the value of that name. */
export function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A new SVG element with these attributes. */
export function drawn<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string | number> = {},
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, String(value));
  }
  return element;
}
