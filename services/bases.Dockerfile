# The base images of what is published, by tag and digest: `scripts/livrer --bases-figees` hands them to the builds,
# and Dependabot renews them here. A build without them takes the newest of the same tags.
FROM python:3.13-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285 AS slim
FROM gcr.io/distroless/python3-debian13:nonroot@sha256:83aa8d4f74a4d7f7cf2d472054139bef71a927b76c680c0f2e1021d6b1d6d732 AS base
