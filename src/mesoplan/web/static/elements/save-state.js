/** `<save-state>`: says whether what was entered is saved, and keeps on the device what is not. */
import { PageElement, filled } from "./element.js";
import { fieldsIn, restore, settle } from "./fields.js";
import { holdForms } from "./held-forms.js";
import { contextOf } from "./htmx.js";
import { Outbox } from "./outbox.js";
import { BeforeLock, GESTURES_SENT } from "./page-events.js";
/** A saving that takes less is not worth a word. */
const PATIENCE_MS = 400;
const HOUR_MS = 3_600_000;
const WORDS = ["saved", "pending", "kept", "signed-out", "refused", "lost"];
const RECORDING = "save-state:not([standby])";
const LOOKS = {
    saved: "saved",
    pending: "saved saved--pending",
    kept: "saved saved--failed",
    "signed-out": "saved saved--failed",
    refused: "saved saved--failed",
    lost: "saved saved--failed",
};
export class SaveState extends PageElement {
    static observedAttributes = ["user", "csrf-token", "hours", "standby"];
    #words;
    #outbox;
    #state = { unsent: 0, refused: 0, hindrance: undefined };
    /** When the last writing was taken by the server. */
    #savedAt;
    /** How the last answered writing failed, until one succeeds. */
    #fault;
    #keeping = 0;
    #sendingOnce = new Set();
    #timer;
    #isSlow = false;
    #isLeaving = false;
    #sentLate = false;
    #said = "";
    start(signal) {
        if (this.#isStandby && document.querySelector(RECORDING) !== null) {
            return;
        }
        this.mustBeOnly(this.#isStandby ? this.localName : RECORDING);
        const user = this.required("user");
        if (!isSecureContext) {
            throw this.mistake("needs HTTPS, or an address on this computer");
        }
        this.required("csrf-token");
        if (this.hasAttribute("hours")) {
            this.wholeNumber("hours");
        }
        this.#words = this.words(...WORDS);
        for (const part of ["[role=status]", "button[data-do=retry]", "button[data-do=discard]"]) {
            this.child(part);
        }
        const outbox = new Outbox(user, () => this.required("csrf-token"), {
            stateChanged: (state) => this.#stateChanged(state),
            saved: (gesture, late) => this.#saved(gesture, late),
            refused: () => this.#faulty("refused"),
        });
        this.#outbox = outbox;
        this.addEventListener("click", (event) => void this.#chosen(event, outbox), { signal });
        this.#listen(signal);
        holdForms(() => this.#isAllSent(outbox), signal);
        void this.#begin(outbox, signal);
    }
    /** On a page without a form that records: it speaks of what other pages have left unsent. */
    get #isStandby() {
        return this.hasAttribute("standby");
    }
    async #isAllSent(outbox) {
        try {
            return await outbox.isEmpty();
        }
        catch (error) {
            // A device that keeps nothing has nothing left to send.
            reportError(error);
            return true;
        }
    }
    /** The fields first: what is sent is soon forgotten. */
    async #begin(outbox, signal) {
        try {
            await outbox.forgetOld();
            await this.#restore(outbox);
        }
        finally {
            if (!signal.aborted) {
                outbox.start(signal);
            }
        }
    }
    async #chosen(event, outbox) {
        const button = event.target instanceof Element ? event.target.closest("[data-do]") : null;
        const choice = button?.getAttribute("data-do");
        if (choice === "retry") {
            await outbox.retryRefused();
        }
        else if (choice === "discard") {
            await outbox.discardRefused();
            // The fields still show what was refused; the page is read again to show what is saved.
            location.reload();
        }
    }
    #listen(signal) {
        const on = (name, act) => document.addEventListener(name, act, { signal });
        on("htmx:config:request", (event) => this.#configured(event));
        if (!this.#isStandby) {
            on("htmx:before:request", (event) => this.#onceStarted(event));
            on("htmx:error", (event) => this.#onceEnded(event));
            on("htmx:after:request", (event) => this.#onceEnded(event));
        }
        // The server's own words may have come with a swap, and know nothing of what is unsent.
        on("htmx:finally:swap", () => this.#show());
        on(BeforeLock.type, (event) => {
            this.#isLeaving = true;
            if (event instanceof BeforeLock && this.#outbox !== undefined) {
                event.waitFor(this.#outbox.pump());
            }
        });
        window.addEventListener("beforeunload", (event) => this.#warn(event), { signal });
        signal.addEventListener("abort", () => clearTimeout(this.#timer));
    }
    /** htmx is about to send: a gesture is kept first, and sent in its turn. */
    #configured(event) {
        const context = contextOf(event);
        if (context === undefined || event.defaultPrevented) {
            return;
        }
        const manner = mannerOf(context);
        if (manner === "once" && !this.#isStandby) {
            // An undo must not overtake what it takes back.
            context.fetch = async (action, request) => {
                const isClear = (await this.#outbox?.isEmpty()) ?? true;
                return isClear ? fetch(action, request) : new Response(null, { status: 204 });
            };
        }
        if (manner !== "keep") {
            return;
        }
        const { body, headers, action, method } = context.request;
        if (method !== "POST" || !(body instanceof FormData) || context.confirm) {
            throw this.mistake(`keeps what is posted without a question, not ${method} ${action}`);
        }
        body.delete("csrfmiddlewaretoken");
        const gesture = {
            id: crypto.randomUUID(),
            user: this.required("user"),
            url: new URL(action, document.baseURI).href,
            field: fieldOf(context),
            pairs: [...body].map(([name, value]) => {
                if (typeof value !== "string") {
                    throw this.mistake(`keeps no files, and ${name} is one`);
                }
                return [name, value];
            }),
            madeAt: Date.now(),
            until: this.hasAttribute("hours") ? Date.now() + this.wholeNumber("hours") * HOUR_MS : 0,
        };
        const answer = this.#outbox?.add(gesture, { ...headers });
        if (answer !== undefined) {
            // htmx may drop the request while another is under way; the gesture is sent all the same.
            void this.#watch(answer);
            context.fetch = () => answer;
        }
    }
    async #watch(answer) {
        this.#keeping += 1;
        this.#show();
        try {
            await answer;
        }
        catch {
            this.#fault = "lost";
        }
        finally {
            this.#keeping -= 1;
            this.#show();
        }
    }
    #onceStarted(event) {
        const context = contextOf(event);
        if (context !== undefined && mannerOf(context) === "once") {
            this.#sendingOnce.add(context);
            this.#show();
        }
    }
    #onceEnded(event) {
        const context = contextOf(event);
        if (context === undefined || !this.#sendingOnce.delete(context)) {
            return;
        }
        const status = context.response?.status ?? 0;
        if (event.type === "htmx:error" || status >= 500) {
            this.#faulty("lost");
        }
        else if (status >= 400) {
            this.#faulty("refused");
        }
        else {
            this.#succeeded();
        }
    }
    #stateChanged(state) {
        this.#state = state;
        if (state.unsent === 0 && this.#sentLate) {
            this.#sentLate = false;
            document.dispatchEvent(new Event(GESTURES_SENT));
        }
        this.#show();
    }
    #saved(gesture, late) {
        for (const sender of sendersTo(gesture.url)) {
            for (const field of fieldsOf(gesture, sender)) {
                settle(field, gesture.pairs);
            }
        }
        this.#sentLate ||= late;
        this.#succeeded();
    }
    #succeeded() {
        this.#savedAt = new Date();
        this.#fault = undefined;
        this.#show();
    }
    #faulty(fault) {
        this.#fault = fault;
        this.#show();
    }
    /** Put what was kept back into the fields of this page, the latest last. */
    async #restore(outbox) {
        for (const gesture of await outbox.kept()) {
            for (const sender of sendersTo(gesture.url)) {
                for (const field of fieldsOf(gesture, sender)) {
                    restore(field, gesture.pairs);
                }
            }
        }
    }
    get #isUnderWay() {
        return this.#keeping > 0 || this.#sendingOnce.size > 0 || this.#state.unsent > 0;
    }
    /** What is to be said now: the worst first; nothing while a saving may still be quick. */
    get #word() {
        if (this.#state.hindrance !== undefined) {
            return this.#state.hindrance;
        }
        if (this.#state.refused > 0) {
            return "refused";
        }
        if (this.#isUnderWay) {
            return this.#isSlow ? "pending" : undefined;
        }
        return this.#fault ?? (this.#savedAt === undefined ? undefined : "saved");
    }
    #show() {
        if (this.#isUnderWay) {
            this.#timer ??= setTimeout(() => {
                this.#isSlow = true;
                this.#show();
            }, PATIENCE_MS);
        }
        else {
            clearTimeout(this.#timer);
            this.#timer = undefined;
            this.#isSlow = false;
        }
        for (const button of this.querySelectorAll("button[data-do]")) {
            button.hidden = this.#state.refused === 0;
        }
        const word = this.#word;
        const status = this.querySelector("[role=status]");
        if (word === undefined || this.#words === undefined || status === null) {
            return;
        }
        const text = filled(this.#words[word], { time: this.#savedAt ? clock(this.#savedAt) : "" });
        // "Saved" is said once: the server may then say it in more words.
        const isSaid = text === this.#said && (word === "saved" || status.textContent === text);
        if (!isSaid) {
            this.#said = text;
            status.className = LOOKS[word];
            status.textContent = text;
        }
    }
    /**
     * The browser asks before it leaves a page that has said that something is not saved; but where
     * nobody is signed in, leaving for the page to sign in is the way to save it.
     */
    #warn(event) {
        const isOnTheWay = this.#isLeaving || this.#word === "signed-out";
        if (this.#isUnderWay && this.#word !== undefined && !isOnTheWay) {
            event.preventDefault();
        }
    }
}
/** Whether a writing is kept until it is sent, or sent once; nothing for readings. */
function mannerOf(context) {
    if (context.request.method === "GET") {
        return undefined;
    }
    const said = context.sourceElement.closest("[data-gesture]")?.getAttribute("data-gesture");
    if (said !== "keep" && said !== "once") {
        const { method, action } = context.request;
        throw new Error(`${method} ${action}: data-gesture must say "keep" or "once"`);
    }
    return said;
}
/** The name of the field or button that caused the request. */
function fieldOf(context) {
    const { target, submitter } = context.sourceEvent ?? {};
    const cause = target instanceof HTMLFormElement ? submitter : target;
    return cause instanceof Element ? (cause.getAttribute("name") ?? "") : "";
}
/** The forms and fields of this page that send to an address. */
function sendersTo(url) {
    return [...document.querySelectorAll("form[action], [hx-post], [data-hx-post]")].filter((element) => {
        const to = element.getAttribute("hx-post") ??
            element.getAttribute("data-hx-post") ??
            element.getAttribute("action") ??
            "";
        return new URL(to, document.baseURI).href === url;
    });
}
/** The fields of a sender that a gesture is about: the named one, or all of a whole form. */
function fieldsOf(gesture, sender) {
    const names = new Set(gesture.field === "" ? gesture.pairs.map(([name]) => name) : [gesture.field]);
    return fieldsIn(sender).filter((field) => names.has(field.name));
}
function clock(moment) {
    return new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
        hourCycle: "h23",
    }).format(moment);
}
customElements.define("save-state", SaveState);
