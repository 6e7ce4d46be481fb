# The load generator alone: the engine inside Locust, without analysis and report.
# docker build -f harness/runtime/images/driver.Dockerfile -t framework-referee/driver .

ARG PYTHON_IMAGE=python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS environment
ARG UV_VERSION=0.13.9
RUN --mount=type=cache,target=/root/.cache/pip,sharing=locked pip install --root-user-action=ignore uv==${UV_VERSION}
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=/driver/.venv
WORKDIR /driver
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv uv sync --locked --only-group driver --compile-bytecode --no-progress

FROM ${PYTHON_IMAGE}
# socat is the door through which a person on this machine reaches an app that has no way out itself.
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked \
    rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update -qq && \
    apt-get install -qq --yes --no-install-recommends socat
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin driver
WORKDIR /driver
ENV PATH=/driver/.venv/bin:$PATH PYTHONPATH=/driver
COPY --from=environment /driver/.venv /driver/.venv
# For all to read: a checkout made under umask 077 is its owner's alone.
COPY --chmod=755 harness/__init__.py harness/arrival_log.py harness/companion.py harness/histogram.py harness/
COPY --chmod=755 harness/model harness/model
COPY --chmod=755 harness/contract harness/contract
COPY --chmod=755 harness/load harness/load
# The observer, the speed probe and the network holder, for an app host apart from the load host.
COPY --chmod=755 harness/host harness/host
COPY --chmod=755 harness/metering harness/metering
COPY --chmod=755 harness/runtime/__init__.py harness/runtime/
COPY --chmod=755 harness/runtime/docker/__init__.py harness/runtime/docker/network_holder.py harness/runtime/docker/
RUN python -m compileall -q harness
USER 10001
CMD ["python", "-m", "harness.load.driver"]
