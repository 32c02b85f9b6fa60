/**
 * Keys that act on `data-shortcut`: a link or button is pressed, a form sent, a field focused.
 * `/` and `?` are marked in the page like any other key.
 */
import { takesText } from "./fields.js";
/** Presses with Ctrl (or Command) that have a name. */
const CHORDS = { "ctrl+z": "undo", "ctrl+shift+z": "redo" };
const NAMES = new Set(Object.values(CHORDS));
/** Act on keys until the signal ends. `<html data-shortcuts="off">` switches single keys off. */
export function listenToShortcuts(signal) {
    document.addEventListener("keydown", pressed, signal === undefined ? {} : { signal });
}
function pressed(event) {
    const target = event.target instanceof Element ? event.target : null;
    if (event.defaultPrevented || event.isComposing || event.altKey) {
        return;
    }
    if (event.key === "Escape") {
        if (target instanceof HTMLElement && takesText(target)) {
            target.blur();
        }
        return;
    }
    const name = shortcutOf(event);
    // In a field, keys write and Ctrl+Z takes back what was written.
    if (name === undefined || takesText(target)) {
        return;
    }
    const found = elementFor(name);
    if (found !== undefined) {
        event.preventDefault();
        if (!event.repeat) {
            act(found);
        }
    }
}
function shortcutOf(event) {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
        return CHORDS[`ctrl+${event.shiftKey ? "shift+" : ""}${key}`];
    }
    const isLetter = key !== event.key.toUpperCase();
    const isOff = document.documentElement.dataset["shortcuts"] === "off";
    return key.length !== 1 || isOff || (isLetter && event.shiftKey) ? undefined : key;
}
/** The one element on the page that is seen, open and marked with this shortcut. */
function elementFor(name) {
    const marked = document.querySelectorAll("[data-shortcut]");
    for (const { dataset } of marked) {
        const shortcut = dataset["shortcut"] ?? "";
        if (shortcut.length !== 1 && !NAMES.has(shortcut)) {
            throw new Error(`data-shortcut is one character, undo or redo, not "${shortcut}"`);
        }
    }
    const found = [...marked].filter((element) => element.dataset["shortcut"]?.toLowerCase() === name && isOpen(element));
    if (found.length > 1) {
        throw new Error(`data-shortcut "${name}" stands on ${found.length} elements of this page`);
    }
    return found[0];
}
function isOpen(element) {
    const dialog = document.querySelector("dialog:modal");
    // A form may hold nothing but its token.
    const isSeen = element instanceof HTMLFormElement || element.checkVisibility();
    return (isSeen &&
        !element.matches(":disabled, [aria-disabled=true]") &&
        element.closest("[inert], [hidden]") === null &&
        (dialog === null || dialog.contains(element)));
}
function act(element) {
    if (element instanceof HTMLFormElement) {
        element.requestSubmit();
    }
    else if (takesText(element)) {
        element.focus();
    }
    else {
        element.click();
    }
}
