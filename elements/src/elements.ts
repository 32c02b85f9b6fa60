/** Everything a page loads: `<script type="module" src=".../elements/elements.js">`, before htmx. */

import "./count-down.js";
import "./idle-lock.js";
import "./live-region.js";
import "./save-state.js";
import "./search-list.js";
import "./signature-pad.js";
import "./sole-page.js";
import { listenToShortcuts } from "./shortcuts.js";
import { listenToSwaps } from "./swaps.js";

listenToShortcuts();
listenToSwaps();
