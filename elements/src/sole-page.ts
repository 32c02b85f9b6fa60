/** `<sole-page>`: while this page is open, no other tab of the browser shows a page with a lock. */

import { PageElement } from "./element.js";
import { CHANNEL, type Message } from "./idle-lock.js";

export class SolePage extends PageElement {
  static readonly observedAttributes = [] as string[];

  protected start(signal: AbortSignal): void {
    this.mustBeOnly();
    const channel = new BroadcastChannel(CHANNEL);
    const claim = (): void => channel.postMessage("locked" satisfies Message);
    // A page that comes back from the history is shown without being loaded.
    window.addEventListener("pageshow", claim, { signal });
    signal.addEventListener("abort", () => channel.close());
    claim();
  }
}

customElements.define("sole-page", SolePage);
