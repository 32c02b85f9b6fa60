/** `<search-list>`: keys through the results of a search, and Enter for the first that is shown. */
import { PageElement } from "./element.js";
export class SearchList extends PageElement {
    static observedAttributes = [];
    start(signal) {
        this.child("input[type=search]");
        this.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    }
    #pressed(event) {
        if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
            return;
        }
        const field = this.child("input[type=search]");
        const results = [...this.querySelectorAll("[data-result]")];
        const place = results.findIndex((result) => result === document.activeElement);
        if (document.activeElement !== field && place < 0) {
            return;
        }
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            const next = place + (event.key === "ArrowDown" ? 1 : -1);
            (next < 0 ? field : results[next])?.focus();
        }
        else if (event.key === "Enter" && place < 0 && this.#answers(field.value)) {
            event.preventDefault();
            results[0]?.click();
        }
    }
    /**
     * Whether the list is that of what stands in the field. While the answer is still on its way,
     * Enter sends the form: nobody opens what she has not seen.
     */
    #answers(sought) {
        const list = this.child("[data-sought]");
        return sought.trim() !== "" && list.dataset["sought"] === sought;
    }
}
customElements.define("search-list", SearchList);
