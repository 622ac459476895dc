/** A base URL as the client uses it, or what is wrong with the one that is written. */
export type BaseUrl = { readonly url: string } | { readonly message: string; readonly hint: string };

/**
 * Checks a base URL: https, or http on loopback only, because everything sent there carries a token. No user information (it
 * would be a credential in the configuration), no query, no fragment. Trailing slashes are dropped.
 */
export function readBaseUrl(written: string): BaseUrl {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined) {
    return { message: "is not a URL", hint: 'Write it in full, such as "https://example.niceincontact.com".' };
  }
  const isHttp = url.protocol === "http:";
  if (url.protocol !== "https:" && !isHttp)
    return { message: "is not an https URL", hint: 'Start it with "https://".' };
  if (isHttp && !isLoopback(url.hostname)) {
    return { message: "is plain http, which is allowed on loopback only", hint: 'Start it with "https://".' };
  }
  if (url.username !== "" || url.password !== "") {
    return { message: "holds user information", hint: 'Give credentials under "credentials" only.' };
  }
  if (url.search !== "" || url.hash !== "" || /[?#]/.test(written)) {
    return { message: "has a query or a fragment", hint: 'End it before the "?" or "#".' };
  }
  return { url: `${url.origin}${url.pathname}`.replace(/\/+$/, "") };
}

/** By the name as URL parsing normalised it: `127.1` and `0x7f000001` have become `127.0.0.1`. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
