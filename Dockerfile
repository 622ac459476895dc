# Build: compile the TypeScript and install what runs; nothing else reaches the final image.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json cxone-gitops.yaml ./
COPY src ./src
COPY manifests ./manifests
RUN npm run build && npm prune --omit=dev --ignore-scripts

# Run: as an ordinary user, on a root that may be read-only. Mount the repository with the manifests at /work.
FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="cxone-gitops" \
      org.opencontainers.image.description="Run NICE CXone IVR flows and e-mail nodes from git" \
      org.opencontainers.image.licenses="MIT"
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY --from=build /build/src/cli/start.js ./src/cli/start.js
COPY --from=build /build/manifests ./manifests
COPY --from=build /build/cxone-gitops.yaml ./
USER node
WORKDIR /work
ENTRYPOINT ["node", "/app/src/cli/start.js"]
CMD ["-h"]
