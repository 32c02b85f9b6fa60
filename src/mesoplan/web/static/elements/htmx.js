/** What the elements use of htmx 4, as its own htmx.d.ts describes it. */
/** The context of a htmx event; of htmx:error only where a request has failed. */
export function contextOf(event) {
    return event.detail.ctx;
}
