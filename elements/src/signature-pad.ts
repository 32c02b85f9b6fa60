/** `<signature-pad>`: a place to sign with pen, finger or mouse; a field of its form. */

import { PageElement, drawn } from "./element.js";
import { type Point, parseDrawing, pathOf, rounded, simplified } from "./strokes.js";

/** Height of the drawing in its own units; the width follows from the aspect. */
const HEIGHT = 100;

interface Stroke {
  readonly pointer: number;
  readonly kind: string;
  readonly points: Point[];
  readonly path: SVGPathElement;
  /** From the screen's pixels to the drawing's units, as it lay when the stroke began. */
  readonly toDrawing: DOMMatrix;
}

export class SignaturePad extends PageElement {
  static readonly formAssociated = true;
  static readonly observedAttributes = ["name", "label", "value", "disabled"];

  readonly #internals = this.attachInternals();
  readonly #svg = drawn("svg", { class: "sign", role: "img" });
  readonly #base = drawn("line", { class: "sign__base" });
  readonly #ink = drawn("g");
  #words: Record<"signed" | "empty", string> = { signed: "", empty: "" };
  #clear: HTMLButtonElement | undefined;
  #strokes: Point[][] = [];
  #aspect = 1;
  #stroke: Stroke | undefined;
  #penSeen = false;
  /** Drawn or cleared since the value was read from the attribute. */
  #touched = false;

  get name(): string {
    return this.getAttribute("name") ?? "";
  }

  /** The drawing as JSON; an empty text while nothing is drawn. */
  get value(): string {
    if (this.#strokes.length === 0) {
      return "";
    }
    return JSON.stringify({ aspect: this.#aspect, strokes: this.#strokes });
  }

  set value(text: string) {
    this.#read(text);
    this.#touched = text !== this.defaultValue;
  }

  /** What the server has: the attribute `value`. */
  get defaultValue(): string {
    return this.getAttribute("value") ?? "";
  }

  set defaultValue(text: string) {
    this.setAttribute("value", text);
  }

  get disabled(): boolean {
    return this.matches(":disabled");
  }

  protected start(signal: AbortSignal): void {
    this.required("name");
    this.required("label");
    this.#words = this.words("signed", "empty");
    this.#clear = this.child<HTMLButtonElement>("button[data-do=clear]");
    this.#svg.append(this.#base, this.#ink);
    this.prepend(this.#svg);
    this.#clear.addEventListener("click", () => this.#clearAll(), { signal });
    this.#svg.addEventListener("pointerdown", (event) => this.#begin(event), { signal });
    this.#svg.addEventListener("pointermove", (event) => this.#extend(event), { signal });
    this.#svg.addEventListener("pointerup", (event) => this.#end(event), { signal });
    this.#svg.addEventListener("pointercancel", (event) => this.#drop(event), { signal });
    const sizes = new ResizeObserver(() => this.#fit());
    sizes.observe(this.#svg);
    signal.addEventListener("abort", () => {
      sizes.disconnect();
      this.#drop();
    });
    if (!this.#touched) {
      this.#read(this.defaultValue);
    }
    this.#fit();
  }

  protected override changed(name: string): void {
    if (name === "value" && (!this.#touched || this.value === this.defaultValue)) {
      this.#read(this.defaultValue);
    }
    this.#show();
  }

  formResetCallback(): void {
    this.#read(this.defaultValue);
  }

  formDisabledCallback(): void {
    this.#drop();
    this.#show();
  }

  #read(text: string): void {
    let drawing;
    try {
      drawing = parseDrawing(text);
    } catch (error) {
      throw new Error(`<signature-pad> cannot read its value`, { cause: error });
    }
    this.#strokes = (drawing?.strokes ?? []).map((stroke) => [...stroke]);
    this.#aspect = drawing?.aspect ?? this.#aspect;
    this.#touched = false;
    this.#fit();
  }

  /** An empty pad takes the shape of its place; a drawing keeps the shape it was made in. */
  #fit(): void {
    const { width, height } = this.#svg.getBoundingClientRect();
    if (this.#strokes.length === 0 && this.#stroke === undefined && width > 0 && height > 0) {
      this.#aspect = rounded(width / height);
    }
    this.#show();
  }

  get #width(): number {
    return rounded(this.#aspect * HEIGHT);
  }

  #show(): void {
    const label = this.getAttribute("label") ?? "";
    const state = this.#strokes.length === 0 ? this.#words.empty : this.#words.signed;
    this.#svg.setAttribute("aria-label", `${label}, ${state}`);
    this.#svg.setAttribute("viewBox", `0 0 ${this.#width} ${HEIGHT}`);
    const line = { x1: 0.02 * this.#width, x2: 0.98 * this.#width, y1: 81, y2: 81 };
    for (const [end, value] of Object.entries(line)) {
      this.#base.setAttribute(end, String(rounded(value)));
    }
    const paths = this.#strokes.map((stroke) =>
      drawn("path", { class: "sign__ink", d: pathOf(stroke, this.#width, HEIGHT) }),
    );
    this.#ink.replaceChildren(...paths, ...(this.#stroke ? [this.#stroke.path] : []));
    if (this.#clear !== undefined) {
      this.#clear.hidden = this.disabled;
      this.#clear.setAttribute("aria-disabled", String(this.#strokes.length === 0));
    }
    this.#internals.setFormValue(this.value);
  }

  #begin(event: PointerEvent): void {
    // A hand may rest beside the pad: the finger that signs is then not the first on the screen.
    const palm = event.pointerType === "touch" && this.#penSeen;
    if (this.disabled || event.button !== 0 || palm) {
      return;
    }
    if (event.pointerType === "pen") {
      this.#penSeen = true;
      if (this.#stroke?.kind === "touch") {
        this.#drop();
      }
    }
    const placed = this.#svg.getScreenCTM();
    if (this.#stroke !== undefined || placed === null) {
      return;
    }
    event.preventDefault();
    this.#svg.setPointerCapture(event.pointerId);
    const path = drawn("path", { class: "sign__ink" });
    this.#stroke = {
      pointer: event.pointerId,
      kind: event.pointerType,
      points: [],
      path,
      toDrawing: DOMMatrix.fromMatrix(placed).inverse(),
    };
    this.#ink.append(path);
    this.#extend(event);
  }

  #extend(event: PointerEvent): void {
    const stroke = this.#stroke;
    if (stroke === undefined || event.pointerId !== stroke.pointer) {
      return;
    }
    const coalesced = event.getCoalescedEvents();
    for (const { clientX, clientY } of coalesced.length > 0 ? coalesced : [event]) {
      const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(stroke.toDrawing);
      stroke.points.push([within(x / this.#width), within(y / HEIGHT)]);
    }
    stroke.path.setAttribute("d", pathOf(stroke.points, this.#width, HEIGHT));
  }

  #end(event: PointerEvent): void {
    const stroke = this.#stroke;
    if (stroke === undefined || event.pointerId !== stroke.pointer) {
      return;
    }
    this.#extend(event);
    this.#stroke = undefined;
    this.#strokes.push(simplified(stroke.points, this.#aspect));
    this.#changeMade();
  }

  /** The system took the pointer away, or a pen came after a palm: no stroke was meant. */
  #drop(event?: PointerEvent): void {
    if (event === undefined || event.pointerId === this.#stroke?.pointer) {
      this.#stroke?.path.remove();
      this.#stroke = undefined;
    }
  }

  #clearAll(): void {
    if (this.disabled || this.#strokes.length === 0) {
      return;
    }
    this.#drop();
    this.#strokes = [];
    this.#penSeen = false;
    this.#fit();
    this.#changeMade();
  }

  #changeMade(): void {
    this.#touched = true;
    this.#show();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}

customElements.define("signature-pad", SignaturePad);
