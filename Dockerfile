# The base by tag, so that it can be built anywhere; a pipeline that wants the same bytes every time gives the digest:
#   docker build --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:…
ARG NODE_IMAGE=node:24-bookworm-slim

# Build: put the source and the libraries that it uses into a few files; nothing else reaches the final image.
FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY build ./build
COPY src ./src
RUN npm run build

# Run: as an ordinary user, on a root that may be read-only. Mount the repository with the manifests at /work; writes go there and to /tmp.
# git reads revisions and keeps the trail's branch, and needs ssh for deploy keys and signatures: so this image is not one without a shell,
# but nothing in it uses the shell.
FROM ${NODE_IMAGE}
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
 && rm -rf /var/lib/apt/lists/* \
 && git config --system --add safe.directory /work
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/dist ./dist
COPY src/cli/start.js ./src/cli/start.js
COPY manifests ./manifests
COPY cxone-gitops.yaml ./
COPY schemas ./schemas
COPY docs/pipelines ./docs/pipelines
COPY .github/workflows ./.github/workflows
ARG VERSION=unknown
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="cxone-gitops" \
      org.opencontainers.image.description="Run NICE CXone IVR flows and e-mail nodes from git" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
# By number, so that an orchestrator can see that it is not root. Git and ssh want a home; this one is always writable.
USER 1000:1000
ENV NODE_ENV=production \
    HOME=/tmp \
    CXONE_GITOPS_HEALTH=http://127.0.0.1:9464/healthz
WORKDIR /work
# For `reconcile --every … --listen 9464`. A command that does not listen has no health to ask for, and passes.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.CXONE_GITOPS_HEALTH, { signal: AbortSignal.timeout(8000) }).then((answer) => { process.exitCode = answer.ok ? 0 : 1; }, (error) => { process.exitCode = error.cause?.code === 'ECONNREFUSED' ? 0 : 1; })"]
ENTRYPOINT ["node", "/app/src/cli/start.js"]
CMD ["-h"]
