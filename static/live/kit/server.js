// The server that links and models come from. While it is gone a slim line says what goes on and what waits, in the
// place of Streamlit's dialog; once it is back it is told what was moved meanwhile.

import { visitOf } from "./arrival.js";

const STATE = "data-test-connection-state"; // Streamlit's, on .stApp
const LINE = "The server cannot be reached. Drawing and sliders go on; links and other models wait until it is back.";
const LATE = 3000; // ms: what was sent so shortly before the loss was noticed may not have arrived
const SESSION = 1e6; // visits of one session are not so far apart, those of two are

class Server {
  lostAt = 0; // 0 while the server is there
  /** @type {{value: object, time: number} | null} */
  last = null; // place that was sent
  /** @type {object | null} */
  page = null; // the one that is mounted
  back = false; // whether a server came back that does not know yet where we are
  heard = 0; // the last visit of a server that knew
  visit = 0; // the one that the page was told
  /** @type {object | null} */
  data = null; // of the last call: what failed is read again
  /** @type {number | null} */
  alias = null; // the visit that such a server thinks of: it sends nobody anywhere
  /** @type {(name: string, value: any) => void} */
  send = () => {};

  constructor() {
    const app = document.querySelector(".stApp");
    if (app) new MutationObserver(() => this.heed(app)).observe(app, { attributeFilter: [STATE] });
    new MutationObserver(() => this.lostAt && closeDialog()).observe(document.body, { childList: true });
  }

  /** @param {object} page the one that is mounted @param {(name: string, value: any) => void} send */
  through(page, send) {
    if (page !== this.page) Object.assign(this, { last: null, back: false, alias: null });
    Object.assign(this, { page, send });
    /** @param {string} name @param {any} value */
    return (name, value) => {
      if (name === "place") this.last = { value, time: performance.now() };
      send(name, value);
    };
  }

  /**
   * What Python sends a page. A server that had been lost begins with where the link leads; we stay where we moved.
   * @param {Record<string, any>} data
   */
  read(data) {
    const visit = visitOf(data);
    if (this.back && data !== this.data) {
      const another = Math.abs(visit - this.heard) > SESSION;
      if (another) this.alias = visit;
      this.back = another && !data.heard;
    }
    if (!this.back) this.heard = visit;
    this.data = data;
    if (visit !== this.alias) {
      this.visit = visit;
      return data;
    }
    if (data.place?.visit === undefined) return { ...data, visit: this.visit };
    return { ...data, place: { ...data.place, visit: this.visit } };
  }

  /** @param {Element} app */
  heed(app) {
    const lost = app.getAttribute(STATE) !== "CONNECTED";
    if (lost === Boolean(this.lostAt)) return;
    const moved = this.last && this.last.time > this.lostAt - LATE;
    this.lostAt = lost ? performance.now() : 0;
    document.documentElement.classList.toggle("server-lost", lost);
    document.querySelector("body > .lost-line")?.remove();
    if (lost) {
      closeDialog();
      const line = { className: "lost-line", role: "status", textContent: LINE };
      document.body.append(Object.assign(document.createElement("div"), line));
    } else if (moved) {
      this.back = true;
      this.send("place", { ...this.last?.value });
    }
  }
}

/** One for all pages. */
export const server = new Server();

/** Streamlit's dialog covers the picture, and holds the keyboard. */
function closeDialog() {
  const close = document.querySelector(".stDialog button[aria-label=Close]");
  if (close instanceof HTMLElement) close.click();
}
