/** Forms that are sent once, and not before what was kept earlier has reached the server. */

/**
 * Hold every plain form with `data-gesture="once"` until all is sent: closing a record must not
 * overtake what belongs into it. Where something stays unsent the form is not sent either. One with
 * `data-gesture="after"` waits for the sending alone, whatever comes of it.
 */
export function holdForms(isAllSent: () => Promise<boolean>, signal: AbortSignal): void {
  const held = new WeakSet<HTMLFormElement>();
  const released = new WeakSet<HTMLFormElement>();

  async function release(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
    try {
      const isClear = (await isAllSent()) || form.dataset["gesture"] === "after";
      if (isClear && form.isConnected) {
        released.add(form);
        form.requestSubmit(submitter?.isConnected === true ? submitter : null);
      }
    } finally {
      held.delete(form);
      released.delete(form);
    }
  }

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || !isSentOnce(form) || released.delete(form)) {
        return;
      }
      event.preventDefault();
      if (!held.has(form)) {
        held.add(form);
        void release(form, event.submitter);
      }
    },
    { signal },
  );
}

/** Whether the browser itself sends the form, and once. htmx sends its own. */
function isSentOnce(form: HTMLFormElement): boolean {
  const isOfHtmx = form.matches("[hx-post], [data-hx-post]");
  const waits = ["once", "after"].includes(form.dataset["gesture"] ?? "");
  return form.method === "post" && waits && !isOfHtmx;
}
