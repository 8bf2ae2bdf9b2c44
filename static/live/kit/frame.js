// What Python tells every page alike, and lecture mode, which every page can switch.

/**
 * @typedef {object} Told
 * @property {boolean} lecture
 * @property {string | null} lan this server's address in the local network; null where it does not listen to it
 * @property {{qrcode: string}} files
 */

/** @type {Told} */
const frame = { lecture: false, lan: null, files: { qrcode: "" } };
/** @type {(name: string, value: any) => void} */
let call = () => {};

/**
 * Python has spoken; only where it says something new of lecture mode, the hand is not ahead of it.
 * @param {Told} told
 * @param {(name: string, value: any) => void} event an event of the component
 */
export function follow({ lecture, lan, files }, event) {
  const moved = lecture !== frame.lecture;
  Object.assign(frame, { lecture, lan, files });
  call = event;
  if (moved) showLecture(lecture);
}

export function inLecture() {
  return document.documentElement.classList.contains("lecture");
}

/** Bigger text, the frame folded away: for the back row. @param {boolean} [on] */
export function switchLecture(on = !inLecture()) {
  showLecture(on);
  call("lecture", on);
}

/** @param {boolean} on */
function showLecture(on) {
  if (on === inLecture()) return;
  document.documentElement.classList.toggle("lecture", on);
  window.dispatchEvent(new Event("resize"));
}

/** The module that draws QR codes: where it is published. */
export function qrcodeModule() {
  return frame.files.qrcode;
}

const LOOPBACK = /^(localhost|.+\.localhost|127\..+|\[::1\])$/;

/** @returns {string | null} the present link as other devices can open it; null where they cannot */
export function linkForOthers() {
  const link = new URL(location.href);
  if (!LOOPBACK.test(link.hostname)) return link.href;
  if (!frame.lan) return null;
  link.hostname = frame.lan;
  return link.href;
}

/** Go to the page with this number in the navigation, from 1. @param {number} number */
export function openPage(number) {
  /** @type {NodeListOf<HTMLElement>} */
  const links = document.querySelectorAll("[data-testid=stTopNavLink], [data-testid=stSidebarNavLink]");
  links[number - 1]?.click();
}

/** The page as it opens, for whoever comes next; the browser's Back leads to what was. */
export function freshPage() {
  location.assign(location.pathname);
}
