/**
 * An id as one segment of a path, or undefined where it cannot be one: `.` and `..` would name another endpoint, an empty
 * id the whole collection, and text with half a surrogate pair has no UTF-8 form.
 */
export function toPathSegment(id: string): string | undefined {
  if (id === "" || id === "." || id === ".." || !id.isWellFormed()) return undefined;
  return encodeURIComponent(id);
}

/** The address of a path below a base URL, whose own path prefix is kept. */
export function joinUrl(baseUrl: string, path: string): string {
  return `${baseUrl.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`;
}
