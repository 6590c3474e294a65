// UTF-8, which QuickJS does not bring: it has no TextEncoder and no TextDecoder.

/** The bytes of a text. A half of a surrogate pair becomes U+FFFD, as TextEncoder does it. */
export function encodeUtf8(text: string): Uint8Array {
  // The engine's own code does the work: percent-encode, then take the escapes as bytes.
  const bytes = unescape(encodeURIComponent(wellFormed(text)));
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i += 1) out[i] = bytes.charCodeAt(i);
  return out;
}

/** The text of some bytes.
 * @throws URIError if they are not UTF-8 */
export function decodeUtf8(bytes: Uint8Array): string {
  let binary = "";
  // In pieces, for a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8_192) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  }
  return decodeURIComponent(escape(binary));
}

/** The text with U+FFFD for every half of a surrogate pair: a host takes nothing else. */
export function wellFormed(text: string): string {
  return text.toWellFormed();
}
