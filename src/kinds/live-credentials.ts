/** What a live document holds that import would leave out: it is shown and kept nowhere either. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type JsonPath, stringAt } from "../model/json.ts";
import { isCredentialAs, isCredentialText } from "./shared/credentials.ts";
import { findCredentials } from "./shared/without-credentials.ts";
import { holdsCredential, isCredential, isCredentialName } from "./webhook/credentials.ts";

/**
 * The texts and numbers in a document that are taken for credentials, by the rules of import. What the document calls things by (ids, names, ends of
 * connections) is none, however random it looks: plans could not be read, and kept documents not be put back, without it.
 */
export function credentialsOf(type: string, document: JsonObject): ReadonlySet<string | number> {
  const found = new Set<string | number>([...textsAt(document, findCredentials(document)), ...quotedIn(document)]);
  if (type === "webhook") for (const text of webhookCredentials(document)) found.add(text);
  for (const name of namesIn(document)) found.delete(name);
  return found;
}

function textsAt(value: Json, paths: readonly JsonPath[]): readonly (string | number)[] {
  return paths.flatMap((path) => {
    const found = path.reduce<Json | undefined>(step, value);
    if (typeof found === "string" || typeof found === "number") return [found];
    if (!isJsonObject(found)) return [];
    // One of its keys is a credential, which says nothing about the rest.
    const keys = Object.keys(found).filter(isCredentialText);
    const rest = Object.entries(found).flatMap(([key, item]) => textsAt(item, findCredentials(item, key)));
    return [...keys, ...rest];
  });
}

function step(value: Json | undefined, part: string | number): Json | undefined {
  if (value === undefined) return undefined;
  if (typeof part === "number") return isJsonArray(value) ? value[part] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
}

/** What conditions compare with. */
function quotedIn(document: JsonObject): readonly string[] {
  return ["connections", "transitions"].flatMap((list) => {
    const edges = document[list];
    if (!isJsonArray(edges)) return [];
    return edges.flatMap((edge) => {
      const quoted = (stringAt(edge, "condition") ?? "").match(/'[^']*'|"[^"]*"/g) ?? [];
      return quoted.map((text) => text.slice(1, -1)).filter((text) => isCredentialAs("", text));
    });
  });
}

function webhookCredentials({ url = null, headers = null }: JsonObject): readonly string[] {
  const texts = isJsonObject(headers)
    ? Object.entries(headers).flatMap(([name, value]) =>
        typeof value === "string" && (isCredentialName(name) || isCredential(value)) ? [value] : [],
      )
    : [];
  return typeof url === "string" && holdsCredential(url) ? [url, ...texts] : texts;
}

const NAMES = ["id", "name", "type", "event", "source", "target", "source_node_id", "target_node_id"];

function namesIn(document: JsonObject): readonly string[] {
  const parts = [document, ...["nodes", "connections", "transitions"].flatMap((list) => document[list] ?? [])].flat();
  return parts.flatMap((part) => {
    return NAMES.flatMap((field) => stringAt(part, field) ?? []);
  });
}
