/** The comments of one pull request, behind the part of GitHub's API that our action uses. */
import { createServer, type IncomingMessage } from "node:http";
import type { TestContext } from "node:test";
import { stringAt } from "../../src/model/json.ts";

export interface StoredComment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string; readonly type: "User" | "Bot" };
}

export interface GithubApi {
  readonly url: string;
  readonly comments: StoredComment[];
  /** `METHOD path` of every request. */
  readonly requests: string[];
}

export const TOKEN = "planted-github-token";

/** Starts one that ends with the test. Whoever writes with the token is a bot, as the token of a job is. */
export async function startGithubApi(t: TestContext): Promise<GithubApi> {
  const comments: StoredComment[] = [];
  const requests: string[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((text) => {
      const url = new URL(request.url ?? "", "http://localhost");
      requests.push(`${request.method} ${url.pathname}`);
      const { status, body } =
        request.headers.authorization === `Bearer ${TOKEN}`
          ? answer(comments, { method: request.method ?? "", url, text })
          : { status: 401, body: { message: "Bad credentials" } };
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, comments, requests };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function answer(
  comments: StoredComment[],
  { method, url, text }: { readonly method: string; readonly url: URL; readonly text: string },
): { readonly status: number; readonly body: unknown } {
  const body = text === "" ? "" : (stringAt(JSON.parse(text), "body") ?? "");
  if (url.pathname === "/repos/acme/cxone/issues/7/comments" && method === "GET") {
    const size = Number(url.searchParams.get("per_page") ?? 30);
    const start = (Number(url.searchParams.get("page") ?? 1) - 1) * size;
    return { status: 200, body: comments.slice(start, start + size) };
  }
  if (url.pathname === "/repos/acme/cxone/issues/7/comments" && method === "POST") {
    const comment = { id: comments.length + 100, body, user: { login: "github-actions[bot]", type: "Bot" } as const };
    comments.push(comment);
    return { status: 201, body: comment };
  }
  const id = /^\/repos\/acme\/cxone\/issues\/comments\/(\d+)$/.exec(url.pathname)?.[1];
  const found = comments.find((comment) => String(comment.id) === id);
  if (found === undefined || method !== "PATCH") return { status: 404, body: { message: "Not Found" } };
  found.body = body;
  return { status: 200, body: found };
}
