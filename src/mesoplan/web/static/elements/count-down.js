/** `<count-down>`: minutes that run from a moment the server knows, drawn as a ring of ticks. */
import { PageElement, drawn, filled } from "./element.js";
const MINUTE_MS = 60_000;
/** Minutes before the end at which it is said once. */
const SOON = 5;
/** Seconds after the start in which a page still says that it has started. */
const JUST_STARTED_S = 10;
/** More ticks than these cannot be told apart. */
const MOST_TICKS = 90;
const TICK_MINUTES = [1, 5, 15, 60];
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
export class CountDown extends PageElement {
    static observedAttributes = ["started", "minutes", "label", "server-now"];
    #svg = drawn("svg", { class: "ring", viewBox: "0 0 160 160", role: "img" });
    #ticks = drawn("g");
    #number = drawn("text", { class: "ring__n", y: 8 });
    #unit = drawn("text", { class: "ring__u", y: 32 });
    #voice = document.createElement("span");
    #words = {
        ring: "", of: "", over: "", "say-start": "", "say-soon": "", "say-end": "",
    };
    #synchronised = { with: "", offset: 0 };
    #started = 0;
    #minutes = 0;
    /** Milliseconds that had run when last looked, undefined before the first look. */
    #last;
    #startSaid = false;
    #ended = false;
    start(signal) {
        this.#words = this.words("ring", "of", "over", "say-start", "say-soon", "say-end");
        this.#readAttributes();
        const face = drawn("g", { transform: "translate(80 80)" });
        face.append(this.#ticks, this.#number, this.#unit);
        this.#svg.append(face);
        this.#voice.className = "visually-hidden";
        this.#voice.setAttribute("aria-live", "polite");
        this.prepend(this.#svg, this.#voice);
        // The first look is silent: who listens to the voice or the event may start a moment later.
        this.#draw();
        const timer = setInterval(() => this.#look(), 1000);
        signal.addEventListener("abort", () => {
            clearInterval(timer);
            this.#svg.replaceChildren();
        });
        document.addEventListener("visibilitychange", () => this.#look(), { signal });
    }
    changed(name) {
        this.#readAttributes();
        if (name === "started") {
            this.#last = undefined;
            this.#startSaid = false;
            this.#ended = false;
        }
        this.#draw();
    }
    #readAttributes() {
        this.required("label");
        this.#minutes = this.wholeNumber("minutes");
        this.#started = this.#instant("started");
        const now = this.required("server-now");
        // Once for each moment the server gives: by the time the element is moved, that moment is past.
        if (now !== this.#synchronised.with) {
            this.#synchronised = { with: now, offset: this.#instant("server-now") - Date.now() };
        }
    }
    #instant(name) {
        const text = this.required(name);
        const read = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
        if (Number.isNaN(read)) {
            throw this.mistake(`needs date, time and offset in ${name}, not "${text}"`);
        }
        return read;
    }
    /** Milliseconds since the start by the server's clock. */
    get #elapsed() {
        return Math.max(0, Date.now() + this.#synchronised.offset - this.#started);
    }
    #look() {
        const elapsed = this.#elapsed;
        this.#draw();
        this.#speak(elapsed);
        this.#last = elapsed;
        if (elapsed >= this.#minutes * MINUTE_MS && !this.#ended) {
            this.#ended = true;
            this.dispatchEvent(new CustomEvent("elapsed", { bubbles: true }));
        }
    }
    #draw() {
        const elapsed = this.#elapsed;
        const minutes = Math.floor(elapsed / MINUTE_MS);
        const seconds = Math.floor((elapsed % MINUTE_MS) / 1000);
        const isOver = minutes >= this.#minutes;
        const label = this.required("label");
        const over = filled(this.#words.over, { minutes: minutes - this.#minutes });
        const of = filled(this.#words.of, { minutes: this.#minutes });
        this.#number.textContent = `${minutes}:${String(seconds).padStart(2, "0")}`;
        this.#unit.textContent = isOver ? over : of;
        this.#svg.setAttribute("aria-label", isOver
            ? `${label}, ${over}`
            : filled(this.#words.ring, { label, elapsed: minutes, minutes: this.#minutes }));
        const each = TICK_MINUTES.find((step) => this.#minutes / step <= MOST_TICKS) ?? 60;
        const count = Math.ceil(this.#minutes / each);
        const on = Math.min(count, Math.floor(minutes / each));
        if (this.#ticks.childElementCount !== count) {
            this.#ticks.replaceChildren(...Array.from({ length: count }, (_, at) => tick(at, count)));
        }
        [...this.#ticks.children].forEach((line, at) => {
            line.setAttribute("class", at < on ? "ring__on" : "ring__off");
        });
    }
    /** Says something where a moment was passed since the last look, and never at each tick. */
    #speak(elapsed) {
        const end = this.#minutes * MINUTE_MS;
        const soon = end - SOON * MINUTE_MS;
        const last = this.#last ?? elapsed;
        const passed = (moment) => last < moment && elapsed >= moment;
        if (passed(end)) {
            this.#say("say-end", this.#minutes);
        }
        else if (soon > 0 && passed(soon)) {
            this.#say("say-soon", SOON);
        }
        else if (!this.#startSaid && elapsed < JUST_STARTED_S * 1000) {
            this.#say("say-start", this.#minutes);
            this.#startSaid = true;
        }
    }
    #say(word, minutes) {
        this.#voice.textContent = filled(this.#words[word], {
            label: this.required("label"),
            minutes,
        });
    }
}
/** One graduation of the ring; each fifth is longer and starts the ring at the top. */
function tick(at, count) {
    const angle = (2 * Math.PI * at) / count;
    const isLong = at % 5 === 0;
    const [inner, outer] = [isLong ? 62 : 66, 76];
    const place = (radius, part) => (radius * part).toFixed(1);
    return drawn("line", {
        x1: place(inner, Math.sin(angle)),
        y1: place(inner, -Math.cos(angle)),
        x2: place(outer, Math.sin(angle)),
        y2: place(outer, -Math.cos(angle)),
    });
}
customElements.define("count-down", CountDown);
