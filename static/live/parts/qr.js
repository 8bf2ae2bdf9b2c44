// The present link as a QR code, large, for a room full of phones.
import { appRoot } from "../engine/files.js";
import { cardOn } from "../kit/dialog.js";
import { linkForOthers, qrcodeModule } from "../kit/frame.js";
import { withCode } from "../kit/markup.js";

const UNREACHABLE =
  "Other devices cannot reach this app: it listens to this machine alone. Start it with `make run ADDRESS=0.0.0.0`.";

/**
 * @param {HTMLElement} root of the page
 * @returns {() => Promise<void>} shows the code of the link as it is then
 */
export function qrCard(root) {
  const { card, body } = cardOn(root, "qr", "Open this page on another device");
  return async () => {
    const link = linkForOthers(),
      text = document.createElement("p");
    body.replaceChildren(text);
    card.showModal();
    if (!link) return text.replaceChildren(...withCode(UNREACHABLE));
    text.append(Object.assign(document.createElement("a"), { href: link, textContent: link }));
    try {
      body.prepend(await codeOf(link));
    } catch (error) {
      console.warn(error);
      text.prepend("This link is too long for a QR code, or what draws it could not be fetched. ");
    }
  };
}

/** @param {string} link @returns {Promise<HTMLElement>} */
async function codeOf(link) {
  const { qrcode } = await import(appRoot() + qrcodeModule()),
    code = qrcode(0, "L"), // the smallest that holds it
    picture = document.createElement("div");
  code.addData(link);
  code.make();
  picture.innerHTML = code.createSvgTag({ scalable: true, alt: "QR code of the link below" });
  return picture;
}
