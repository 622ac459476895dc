/** The secrets that are planted in a run's environment. None may ever show in an output or in what the trail keeps. */
export interface Planted {
  readonly variable: string;
  readonly value: string;
}

export const CLIENT_SECRET: Planted = { variable: "CXONE_CLIENT_SECRET", value: "planted-client-secret-5f2c" };
export const HOOK_SECRET: Planted = { variable: "PLANTED_HOOK_SECRET", value: "whsec_cGxhbnRlZC1ob29rLXNlY3JldA" };
export const PROPERTY_SECRET: Planted = { variable: "PLANTED_PROPERTY", value: "planted-lookup-key-81d0" };

const PLANTED = [CLIENT_SECRET, HOOK_SECRET, PROPERTY_SECRET];

export const ENVIRONMENT: Readonly<Record<string, string>> = {
  CXONE_CLIENT_ID: "client-1234",
  ...Object.fromEntries(PLANTED.map(({ variable, value }) => [variable, value])),
};

/** Which of the planted secrets, or of these tokens, stand in a text: as they are, or in base64. */
export function secretsIn(text: string, tokens: Iterable<string>): readonly string[] {
  const planted = PLANTED.map(({ variable, value }) => [variable, value] as const);
  const issued = [...tokens].map((token) => ["an access token", token] as const);
  const found = [...planted, ...issued].filter(([, value]) => shows(text, value));
  return [...new Set(found.map(([what]) => what))];
}

function shows(text: string, value: string): boolean {
  return text.includes(value) || text.includes(Buffer.from(value).toString("base64").replace(/=+$/, ""));
}
