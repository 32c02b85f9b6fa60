/**
 * Gestures on their way to the server. Each is kept on the device before it is sent and removed
 * when the server has taken it, so that a killed tab, tablet or server loses none.
 */
const DATABASE = "mesoplan-outbox";
const STORE = "gestures";
const LOCK = "mesoplan-outbox";
const CHANNEL = "mesoplan-outbox";
const RETRY_MS = 4000;
const PATIENCE_MS = 10_000;
/** A request that outlives its page may carry 64 KiB. */
const KEEPALIVE_BYTES = 60_000;
/** A gesture that makes the server fail this often must not hold up those behind it. */
const MOST_FAILURES = 5;
/** Answers that say "later", beside those from 501 upwards. */
const LATER = new Set([408, 425, 429]);
function settled(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}
/** The gestures kept on this device, of all users; each method sees one user's. */
export class GestureStore {
    #database;
    async add(gesture) {
        await this.#run("readwrite", (store) => store.add({ ...gesture, failures: 0, refused: 0 }));
    }
    async of(user) {
        const all = await this.#run("readonly", (store) => store.getAll());
        return all.filter((gesture) => gesture.user === user);
    }
    /** Forget what nobody takes any more, of all users. */
    async forgetOld() {
        const all = await this.#run("readonly", (store) => store.getAll());
        const now = Date.now();
        await this.remove(...all.filter((gesture) => gesture.until !== 0 && gesture.until <= now));
    }
    async put(gesture) {
        await this.#run("readwrite", (store) => store.put(gesture));
    }
    async remove(...gestures) {
        for (const gesture of gestures) {
            await this.#run("readwrite", (store) => store.delete(gesture.sequence));
        }
    }
    async #run(mode, act) {
        this.#database ??= this.#open();
        const transaction = (await this.#database).transaction(STORE, mode);
        const done = new Promise((resolve, reject) => {
            transaction.oncomplete = () => resolve();
            transaction.onabort = () => reject(transaction.error);
        });
        const [result] = await Promise.all([settled(act(transaction.objectStore(STORE))), done]);
        return result;
    }
    async #open() {
        try {
            const opening = indexedDB.open(DATABASE, 1);
            opening.onupgradeneeded = () => {
                opening.result.createObjectStore(STORE, { keyPath: "sequence", autoIncrement: true });
            };
            return await settled(opening);
        }
        catch (error) {
            this.#database = undefined;
            throw error;
        }
    }
}
/** Whole seconds by this device's clock; none where it was set back meanwhile. */
function secondsSince(moment) {
    return Math.max(0, Math.floor((Date.now() - moment) / 1000));
}
function outcomeOf(response) {
    // Who is not signed in is sent elsewhere: that page is an answer, but nothing was saved.
    if (response.redirected || response.status === 401) {
        return "signed-out";
    }
    if (response.ok) {
        return "saved";
    }
    if (response.status === 500) {
        return "failed";
    }
    return response.status > 500 || LATER.has(response.status) ? "later" : "refused";
}
/** An answer without content that leads where the server wants who is not signed in to go. */
function leadingTo(response) {
    const address = response.redirected ? null : response.headers.get("HX-Redirect");
    return new Response(null, {
        status: 204,
        headers: address === null ? {} : { "HX-Redirect": address },
    });
}
/** Sends one user's gestures, one after another and each of them once. */
export class Outbox {
    #store = new GestureStore();
    #waiting = new Map();
    #user;
    #token;
    #listener;
    #channel;
    #running;
    #wanted = false;
    #hindrance;
    #unsent = 0;
    #refused = 0;
    constructor(user, token, listener) {
        this.#user = user;
        this.#token = token;
        this.#listener = listener;
    }
    /** Send what is kept: now, every few seconds, and when the connection comes back. */
    start(signal) {
        const retry = () => {
            if (this.#unsent > 0) {
                void this.pump();
            }
        };
        const timer = setInterval(retry, RETRY_MS);
        const channel = new BroadcastChannel(CHANNEL);
        // Another tab has sent what may have been kept here.
        channel.addEventListener("message", (event) => {
            if (event.data.user === this.#user) {
                this.#listener.saved(event.data, true);
                void this.pump();
            }
        });
        this.#channel = channel;
        signal.addEventListener("abort", () => {
            clearInterval(timer);
            channel.close();
            this.#channel = undefined;
        });
        window.addEventListener("online", retry, { signal });
        void this.pump();
    }
    /** Forget what nobody takes any more, whoever it is of. */
    forgetOld() {
        return this.#store.forgetOld();
    }
    /** Whether nothing is left on the device, after an attempt to send what is. */
    async isEmpty() {
        await this.pump();
        return (await this.kept()).length === 0;
    }
    /** All gestures kept for this user, oldest first. */
    kept() {
        return this.#store.of(this.#user);
    }
    /**
     * Keep and send a gesture. Resolves with the server's answer, or with an empty one (204) where
     * the gesture stays on the device for later; rejects where it can be neither kept nor sent.
     */
    async add(gesture, headers) {
        try {
            await this.#store.add(gesture);
        }
        catch (error) {
            reportError(new Error("this device keeps no gestures", { cause: error }));
            return this.#sendUnkept(gesture, headers);
        }
        return new Promise((resolve) => {
            this.#waiting.set(gesture.id, { headers, answer: resolve });
            void this.pump();
        });
    }
    async #sendUnkept(gesture, headers) {
        const response = await this.#post(gesture, headers);
        const outcome = outcomeOf(response);
        if (outcome === "saved") {
            this.#listener.saved(gesture, false);
        }
        else if (outcome === "refused") {
            this.#listener.refused();
        }
        else {
            throw new Error(`a gesture was neither kept nor taken: ${outcome}`);
        }
        return response;
    }
    /** Send refused gestures again, with this page's token. */
    async retryRefused() {
        for (const gesture of await this.kept()) {
            await this.#store.put({ ...gesture, refused: 0, failures: 0 });
        }
        await this.pump();
    }
    async discardRefused() {
        const all = await this.kept();
        await this.#store.remove(...all.filter((gesture) => gesture.refused !== 0));
    }
    /** Send until nothing is left or something hinders; resolves then. */
    pump() {
        this.#wanted = true;
        this.#running ??= this.#run();
        return this.#running;
    }
    async #run() {
        try {
            while (this.#wanted) {
                this.#wanted = false;
                // One tab at a time, so that what two tabs have kept is sent once and in order.
                await navigator.locks.request(LOCK, () => this.#drain());
            }
        }
        catch (error) {
            reportError(error);
            this.#giveUp("kept");
        }
        finally {
            this.#running = undefined;
        }
    }
    async #drain() {
        for (;;) {
            const waiting = [...this.#waiting.keys()];
            const all = await this.kept();
            const open = all.filter((gesture) => gesture.refused === 0);
            const [next] = open;
            this.#unsent = open.length;
            this.#refused = all.length - open.length;
            this.#tell();
            // Another tab may have been quicker; what it was answered is on its own page.
            for (const id of waiting.filter((one) => all.every((gesture) => gesture.id !== one))) {
                this.#answer(id, new Response(null, { status: 204 }));
            }
            if (next === undefined) {
                return;
            }
            const hindrance = await this.#send(next);
            if (hindrance !== undefined) {
                this.#giveUp(hindrance);
                return;
            }
            this.#hindrance = undefined;
        }
    }
    async #send(gesture) {
        let response;
        try {
            response = await this.#post(gesture, this.#waiting.get(gesture.id)?.headers ?? {});
        }
        catch {
            return "kept";
        }
        const outcome = outcomeOf(response);
        const isLate = !this.#waiting.has(gesture.id);
        const failures = gesture.failures + (outcome === "failed" ? 1 : 0);
        if (outcome === "signed-out") {
            this.#answer(gesture.id, leadingTo(response));
            return outcome;
        }
        if (outcome === "later") {
            return "kept";
        }
        if (outcome === "failed" && failures < MOST_FAILURES) {
            await this.#store.put({ ...gesture, failures });
            return "kept";
        }
        if (outcome === "saved") {
            await this.#store.remove(gesture);
            this.#channel?.postMessage(gesture);
            this.#listener.saved(gesture, isLate);
        }
        else {
            // A page that waits shows what is wrong with its field. A refusal of rights says nothing
            // about the value, and one that comes late is seen by nobody: these are kept.
            if (isLate || ![409, 422].includes(response.status)) {
                await this.#store.put({ ...gesture, refused: response.status });
            }
            else {
                await this.#store.remove(gesture);
                this.#listener.refused();
            }
        }
        this.#answer(gesture.id, response);
        return undefined;
    }
    async #post(gesture, headers) {
        const body = new URLSearchParams(gesture.pairs.map((pair) => [...pair]));
        body.set("gesture", gesture.id);
        body.set("gesture_field", gesture.field);
        body.set("gesture_age", String(secondsSince(gesture.madeAt)));
        return fetch(gesture.url, {
            method: "POST",
            body,
            headers: {
                Accept: "text/html",
                "HX-Request": "true",
                ...headers,
                "X-CSRFToken": this.#token(),
            },
            credentials: "same-origin",
            mode: "same-origin",
            keepalive: body.toString().length < KEEPALIVE_BYTES,
            signal: AbortSignal.timeout(PATIENCE_MS),
        });
    }
    #answer(id, response) {
        const waiter = this.#waiting.get(id);
        this.#waiting.delete(id);
        if (waiter === undefined) {
            void response.body?.cancel();
        }
        else {
            waiter.answer(response);
        }
    }
    /** What waits stays on the device; the page goes on without an answer. */
    #giveUp(hindrance) {
        this.#hindrance = hindrance;
        for (const id of [...this.#waiting.keys()]) {
            this.#answer(id, new Response(null, { status: 204 }));
        }
        this.#tell();
    }
    #tell() {
        const hindrance = this.#unsent > 0 ? this.#hindrance : undefined;
        this.#listener.stateChanged({ unsent: this.#unsent, refused: this.#refused, hindrance });
    }
}
