/** `<idle-lock>`: locks the screen when nobody has touched it for some minutes. */
import { PageElement, filled } from "./element.js";
import { BeforeLock } from "./page-events.js";
const MINUTE_MS = 60_000;
const WARNING_S = 30;
const RETRY_MS = 4000;
/** Fields that send a moment after they are left get that moment. */
const LAST_WORDS_MS = 1000;
/** Other tabs need not hear of every movement. */
const TELL_MS = 1000;
export const CHANNEL = "mesoplan-idle-lock";
const ACTIVITY = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];
export class IdleLock extends PageElement {
    static observedAttributes = ["minutes", "url"];
    #words = { warning: "", locked: "" };
    #alert = document.createElement("div");
    #channel;
    #timer;
    #lastActive = 0;
    #lastTold = 0;
    #isLocked = false;
    start(signal) {
        this.mustBeOnly();
        this.wholeNumber("minutes");
        this.#form();
        this.#words = this.words("warning", "locked");
        this.#alert.setAttribute("role", "alert");
        this.append(this.#alert);
        const channel = new BroadcastChannel(CHANNEL);
        channel.addEventListener("message", (event) => {
            if (event.data === "locked") {
                void this.#lock(false);
            }
            else {
                this.#active();
            }
        });
        this.#channel = channel;
        for (const name of ACTIVITY) {
            const touched = () => this.#touched();
            document.addEventListener(name, touched, { signal, capture: true, passive: true });
        }
        // A tablet that slept runs its timers late.
        document.addEventListener("visibilitychange", () => this.#look(), { signal });
        // Brought back by "Back" as it was left; the server says whether it may still be seen.
        const shown = (event) => {
            if (event.persisted) {
                location.reload();
            }
        };
        window.addEventListener("pageshow", shown, { signal });
        signal.addEventListener("abort", () => {
            clearTimeout(this.#timer);
            channel.close();
            this.#alert.replaceChildren();
        });
        this.#active();
    }
    changed() {
        this.wholeNumber("minutes");
        this.#form();
        this.#look();
    }
    #touched() {
        const now = Date.now();
        // A touch that comes late, as after sleep, must not open what was due to be locked.
        if (now >= this.#due) {
            this.#look();
            return;
        }
        if (now - this.#lastTold >= TELL_MS) {
            this.#lastTold = now;
            this.#channel?.postMessage("active");
        }
        this.#active();
    }
    #active() {
        if (!this.#isLocked) {
            this.#lastActive = Date.now();
            this.#look();
        }
    }
    get #due() {
        return this.#lastActive + this.wholeNumber("minutes") * MINUTE_MS;
    }
    /** See what is due, and come back when the next thing is. */
    #look() {
        if (this.#isLocked) {
            return;
        }
        clearTimeout(this.#timer);
        const left = this.#due - Date.now();
        if (left <= 0) {
            void this.#lock(true);
            return;
        }
        const untilWarning = left - WARNING_S * 1000;
        this.#warn(untilWarning <= 0);
        this.#timer = setTimeout(() => this.#look(), untilWarning > 0 ? untilWarning : left);
    }
    #warn(isDue) {
        if (isDue === this.#alert.hasChildNodes()) {
            return;
        }
        const warning = document.createElement("p");
        warning.className = "toast toast--fixed";
        warning.textContent = filled(this.#words.warning, { seconds: WARNING_S });
        this.#alert.replaceChildren(...(isDue ? [warning] : []));
    }
    /** The form that locks: it stands on the page, as the button "Lock" of the navigation. */
    #form() {
        const url = this.address("url").href;
        const form = [...document.forms].find((each) => each.method === "post" && each.action === url);
        if (form === undefined) {
            throw this.mistake(`needs a form on the page that posts to ${url}`);
        }
        return form;
    }
    /** Hide the page, let it save what is under way, lock on the server, show the server's page. */
    async #lock(isFirst) {
        if (this.#isLocked) {
            return;
        }
        this.#isLocked = true;
        clearTimeout(this.#timer);
        if (document.activeElement instanceof HTMLElement) {
            document.activeElement.blur();
        }
        this.#hidePage();
        await pause(LAST_WORDS_MS);
        const event = new BeforeLock();
        document.dispatchEvent(event);
        await event.finished();
        location.replace(isFirst ? await this.#post() : this.address("url").href);
    }
    #hidePage() {
        const note = document.createElement("p");
        note.className = "lock-note";
        note.setAttribute("role", "alert");
        note.textContent = this.#words.locked;
        for (const part of document.body.children) {
            part.setAttribute("inert", "");
        }
        document.documentElement.classList.add("is-locked");
        document.title = this.#words.locked;
        document.body.append(note);
    }
    /** The address of the page that the server shows now; asks again while there is no connection. */
    async #post() {
        const form = this.#form();
        const body = new URLSearchParams();
        for (const [name, value] of new FormData(form)) {
            body.append(name, String(value));
        }
        for (;;) {
            try {
                const response = await fetch(form.action, { method: "POST", body, redirect: "follow" });
                this.#channel?.postMessage("locked");
                return response.redirected ? response.url : this.address("url").href;
            }
            catch {
                await pause(RETRY_MS);
            }
        }
    }
}
function pause(duration) {
    return new Promise((resolve) => {
        setTimeout(resolve, duration);
    });
}
customElements.define("idle-lock", IdleLock);
