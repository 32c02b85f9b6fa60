/** Form fields: whether they hold something that the server does not have yet. */

/** A field that is an element of ours; `<signature-pad>` is the one there is. */
interface DrawnField extends HTMLElement {
  readonly name: string;
  value: string;
  defaultValue: string;
}

export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement | DrawnField;

/** Name and value, as a form sends them. */
export type Pair = readonly [string, string];

const FIELDS = "input, textarea, select, signature-pad";
const CHOSEN = new Set(["checkbox", "radio"]);
/** Inputs that a person moves or points at, without typing. */
const SET = new Set(["color", "range"]);
/** Inputs whose value the page writes, not a person; a file cannot be written by the page at all. */
const NOT_ENTERED = new Set(["button", "file", "hidden", "image", "reset", "submit"]);

/** All fields in a part of the page; of a form also those that name it from elsewhere. */
export function fieldsIn(part: Element): Field[] {
  const found = part instanceof HTMLFormElement ? [...part.elements] : [];
  const own = part.matches(FIELDS) ? [part] : [];
  const all = new Set([...found, ...own, ...part.querySelectorAll(FIELDS)]);
  return [...all].filter((each): each is Field => each.matches(FIELDS));
}

/** All fields of the page. */
export function allFields(): Field[] {
  return [...document.querySelectorAll<Field>(FIELDS)];
}

/** Whether a person who has the focus there may be in the middle of a word. */
export function takesText(element: Element | null): boolean {
  return (
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement ||
    (element instanceof HTMLInputElement &&
      ![CHOSEN, SET, NOT_ENTERED].some((types) => types.has(element.type))) ||
    (element instanceof HTMLElement && element.isContentEditable)
  );
}

function isChosen(field: Field): field is HTMLInputElement {
  return field instanceof HTMLInputElement && CHOSEN.has(field.type);
}

function isEntered(field: Field): boolean {
  return !(field instanceof HTMLInputElement) || !NOT_ENTERED.has(field.type);
}

/** The options a select has when nobody has touched it. */
function defaultOptions(select: HTMLSelectElement): HTMLOptionElement[] {
  const options = [...select.options];
  const marked = options.filter((option) => option.defaultSelected);
  if (select.multiple) {
    return marked;
  }
  const only = marked.at(-1) ?? options.find((option) => !option.disabled);
  return only === undefined ? [] : [only];
}

/** Whether the field holds something else than the server last said or took. */
export function isDirty(field: Field): boolean {
  if (field instanceof HTMLSelectElement) {
    const untouched = defaultOptions(field);
    return [...field.options].some((option) => option.selected !== untouched.includes(option));
  }
  if (isChosen(field)) {
    return field.checked !== field.defaultChecked;
  }
  return isEntered(field) && field.value !== field.defaultValue;
}

/** The server has what was sent: a field that still holds it is no longer dirty. */
export function settle(field: Field, sent: readonly Pair[]): void {
  const values = valuesOf(field, sent);
  if (field instanceof HTMLSelectElement) {
    const chosen = [...field.selectedOptions].map((option) => option.value);
    if (chosen.join("\n") === values.join("\n")) {
      for (const option of field.options) {
        option.defaultSelected = option.selected;
      }
    }
  } else if (isChosen(field)) {
    if (field.checked === values.includes(field.value)) {
      field.defaultChecked = field.checked;
    }
  } else if (isDirty(field) && values.includes(field.value)) {
    field.defaultValue = field.value;
  }
}

/** Put what was sent and not taken back into the field. */
export function restore(field: Field, sent: readonly Pair[]): void {
  const values = valuesOf(field, sent);
  if (field instanceof HTMLSelectElement) {
    for (const option of field.options) {
      option.selected = values.includes(option.value);
    }
  } else if (isChosen(field)) {
    field.checked = values.includes(field.value);
  } else if (isEntered(field)) {
    field.value = values[0] ?? field.value;
  }
}

/** Show what the markup says, also where a person had changed the field earlier. */
export function showMarkup(field: Field): void {
  if (field instanceof HTMLSelectElement) {
    const untouched = defaultOptions(field);
    for (const option of field.options) {
      option.selected = untouched.includes(option);
    }
  } else if (isChosen(field)) {
    field.checked = field.defaultChecked;
  } else if (isEntered(field)) {
    field.value = field.defaultValue;
  }
}

function valuesOf(field: Field, sent: readonly Pair[]): string[] {
  return sent.filter(([name]) => name === field.name).map(([, value]) => value);
}
