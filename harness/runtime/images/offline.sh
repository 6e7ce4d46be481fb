#!/usr/bin/env bash
# Makes stand-ins for the official base images out of Debian's packages, under the official names, for a host that
# reaches no image registry. Needs root on Debian, a running engine, and debootstrap. An image that is there stays.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
suite=trixie
bundle=/etc/ssl/certs/ca-certificates.crt

fail() { printf 'error: %s\nhint: %s\n' "$1" "$2" >&2; exit 1; }
missing() { ! docker image inspect "$1" >/dev/null 2>&1; }

docker version >/dev/null 2>&1 || fail "no container engine answers" "start it; on Debian: apt-get install docker.io"
if missing debian:$suite-slim; then
    [ "$(id -u)" = 0 ] || fail "making base images takes root" "run it with sudo"
    command -v debootstrap >/dev/null || fail "debootstrap is missing" "apt-get install debootstrap"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if missing debian:$suite-slim; then
    # The mirror that this host's own packages come from.
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
    debootstrap --variant=minbase --force-check-gpg $suite "$work/root" "$mirror" >"$work/log" 2>&1 ||
        { tail -n 5 "$work/log" >&2; fail "debootstrap failed" "see its lines above"; }
    rm -rf "$work"/root/var/cache/apt/archives/*.deb "$work"/root/var/lib/apt/lists/*
    tar --directory "$work/root" --create . | docker import --change 'CMD ["bash"]' - debian:$suite-slim >/dev/null
    rm -rf "$work/root"
fi

# A host that reaches its packages through a proxy of its own trusts that proxy's certificate: so must the images.
mkdir "$work/context"
cp "$bundle" "$here/postgres-entrypoint.sh" "$work/context"

build() { DOCKER_BUILDKIT=1 docker build --quiet --tag "$1" --file - "$work/context" >/dev/null; }

if missing python:3.13-slim-$suite; then
    build python:3.13-slim-$suite <<END
FROM debian:$suite-slim
RUN apt-get update -qq && \
    apt-get install -qq --yes --no-install-recommends ca-certificates python3 python3-pip python3-venv && \
    rm -rf /var/lib/apt/lists/* /usr/lib/python3*/EXTERNALLY-MANAGED && ln -s python3 /usr/bin/python
COPY ca-certificates.crt $bundle
ENV SSL_CERT_FILE=$bundle PIP_CERT=$bundle
CMD ["python3"]
END
fi

if missing postgres:17-$suite; then
    build postgres:17-$suite <<END
FROM debian:$suite-slim
# The official image's ids, so that the same settings fit both.
RUN groupadd --gid 999 postgres && \
    useradd --uid 999 --gid 999 --home-dir /var/lib/postgresql --create-home --shell /bin/bash postgres && \
    mkdir /etc/postgresql-common && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf && \
    apt-get update -qq && apt-get install -qq --yes --no-install-recommends postgresql-17 && \
    rm -rf /var/lib/apt/lists/* && mkdir /docker-entrypoint-initdb.d
COPY --chmod=755 postgres-entrypoint.sh /usr/local/bin/
ENV PATH=/usr/lib/postgresql/17/bin:\$PATH PGDATA=/var/lib/postgresql/data
ENTRYPOINT ["postgres-entrypoint.sh"]
CMD ["postgres"]
END
fi

docker image ls --format '{{.Repository}}:{{.Tag}}  {{.Size}}' | grep -E "^(debian:$suite-slim|python:3.13-slim-$suite|postgres:17-$suite) "
