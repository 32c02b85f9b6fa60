/**
 * Fields across a morph: what a person has entered and the server does not have yet stays; all else
 * shows what the server says. A morph alone does neither: it writes over text that waits to be sent,
 * and a box or choice that was ever touched no longer follows its own markup.
 */

import { type Field, allFields, isDirty, showMarkup, takesText } from "./fields.js";
import { contextOf } from "./htmx.js";

/** What a field held when a swap began; fields that are entered while it runs are left out. */
type Held = Map<Field, () => void>;

/** Stand by while htmx swaps, until the signal ends. */
export function listenToSwaps(signal?: AbortSignal): void {
  const options = signal === undefined ? {} : { signal };
  const running = new Map<object, { held: Held; entered: Set<EventTarget> }>();
  document.addEventListener(
    "htmx:before:swap",
    (event) => {
      const context = contextOf(event);
      if (context !== undefined) {
        const open = allFields().filter((field) => isDirty(field) || isTypedIn(field));
        const held: Held = new Map(open.map((field) => [field, memoryOf(field)]));
        running.set(context, { held, entered: new Set() });
      }
    },
    options,
  );
  document.addEventListener(
    "input",
    ({ target }) => {
      for (const { entered } of running.values()) {
        if (target !== null) {
          entered.add(target);
        }
      }
    },
    { ...options, capture: true },
  );
  document.addEventListener(
    "htmx:finally:swap",
    (event) => {
      const context = contextOf(event);
      const swap = context === undefined ? undefined : running.get(context);
      if (context === undefined || swap === undefined) {
        return;
      }
      running.delete(context);
      for (const field of allFields().filter((each) => !swap.entered.has(each))) {
        const putBack = swap.held.get(field);
        if (putBack !== undefined) {
          putBack();
        } else if (isDirty(field)) {
          showMarkup(field);
        }
      }
    },
    options,
  );
}

function isTypedIn(field: Field): boolean {
  return field === document.activeElement && takesText(field);
}

/** Takes the state of a field, and gives what puts it back. */
function memoryOf(field: Field): () => void {
  if (field instanceof HTMLSelectElement) {
    const chosen = [...field.selectedOptions].map((option) => option.value);
    return () => {
      for (const option of field.options) {
        option.selected = chosen.includes(option.value);
      }
    };
  }
  if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) {
    const { checked } = field;
    return () => {
      field.checked = checked;
    };
  }
  const { value } = field;
  return () => {
    if (field.value !== value) {
      field.value = value;
    }
  };
}
