/** Writes a report as a comment on the pull request; a report of the same tenant that is there already is edited in place. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { reportOfFailure } from "./failure-report.ts";
import { type Input, need } from "./input.ts";

/** What `plan --output markdown` and `drift --output markdown` print first. */
const MARKER = /^<!-- cxone-gitops (?:plan|drift) tenant=\S+ -->$/;
const PER_PAGE = 100;
const MOST_PAGES = 100;
const TIMEOUT_MS = 20_000;

interface Comment {
  readonly id: number;
  readonly body: string;
  readonly author: string;
}

/** Needs a token that may write to pull requests, as GH_TOKEN. Throws what GitHub answered when it refuses. */
export async function postComment(input: Input): Promise<number> {
  const report = resolve(input.cwd, input.report);
  const body = input.tenant !== "" && !existsSync(report) ? reportOfFailure(input) : readFileSync(report, "utf8");
  const [marker = ""] = body.split("\n", 1);
  if (!MARKER.test(marker))
    throw new Error(`${input.report} is no report of plan or drift: its first line names no tenant`);
  const repository = need(input, "GITHUB_REPOSITORY");
  const found = await findComment(input, `repos/${repository}/issues/${pullRequestOf(input)}/comments`, marker);
  if (found === undefined) {
    await call(input, "POST", `repos/${repository}/issues/${pullRequestOf(input)}/comments`, { body });
  } else {
    await call(input, "PATCH", `repos/${repository}/issues/comments/${found.id}`, { body });
  }
  process.stdout.write(found === undefined ? "comment written\n" : `comment ${found.id} edited\n`);
  return 0;
}

function pullRequestOf(input: Input): number {
  const event: unknown = JSON.parse(readFileSync(need(input, "GITHUB_EVENT_PATH"), "utf8"));
  const number = at(at(event, "pull_request"), "number");
  if (typeof number !== "number") throw new Error("this run is not about a pull request");
  return number;
}

/** Anybody, and any bot, can write a comment that begins with the marker; only one by the token's own login is ours to edit. */
async function findComment(input: Input, path: string, marker: string): Promise<Comment | undefined> {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await call(input, "GET", `${path}?per_page=${PER_PAGE}&page=${page}`);
    const comments = Array.isArray(answer) ? answer.map(readComment) : [];
    const found = comments.find(({ author, body }) => author === input.author && body.split(/\r?\n/, 1)[0] === marker);
    if (found !== undefined) return found;
    if (comments.length < PER_PAGE) return undefined;
  }
  return undefined;
}

function readComment(value: unknown): Comment {
  const [id, body, login] = [at(value, "id"), at(value, "body"), at(at(value, "user"), "login")];
  return {
    id: typeof id === "number" ? id : 0,
    body: typeof body === "string" ? body : "",
    author: typeof login === "string" ? login : "",
  };
}

async function call(input: Input, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${input.env["GITHUB_API_URL"] ?? "https://api.github.com"}/${path}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${need(input, "GH_TOKEN")}`,
      "content-type": "application/json",
      "user-agent": "cxone-gitops",
      "x-github-api-version": "2022-11-28",
    },
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok)
    throw new Error(`GitHub answered ${answer.status} to ${method} ${path.split("?")[0]}: ${text.slice(0, 300)}`);
  return text === "" ? null : JSON.parse(text);
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}
