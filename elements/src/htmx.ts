/** What the elements use of htmx 4, as its own htmx.d.ts describes it. */

export interface HtmxContext {
  readonly sourceElement: Element;
  readonly sourceEvent?: Event & { readonly submitter?: HTMLElement | null };
  readonly confirm?: string | null;
  readonly request: {
    readonly action: string;
    readonly method: string;
    readonly headers: Record<string, string>;
    /** FormData during htmx:config:request. */
    readonly body: FormData | URLSearchParams | null;
  };
  readonly response?: { readonly status: number };
  fetch?: (action: string, request: RequestInit) => Promise<Response>;
}

export interface Swap {
  readonly text: string;
  readonly swap: "innerMorph" | "outerMorph";
  readonly target: Element;
  readonly sourceElement: Element;
}

declare global {
  // The page loads htmx as a classic script.
  var htmx: { swap(swap: Swap): Promise<void> } | undefined;
}

/** The context of a htmx event; of htmx:error only where a request has failed. */
export function contextOf(event: Event): HtmxContext | undefined {
  return (event as CustomEvent<{ ctx?: HtmxContext }>).detail.ctx;
}
