#!/usr/bin/env bash
# Makes stand-ins for the official base images out of Debian's packages, under the official names, for a host that
# reaches no image registry. Needs root on Debian, a running engine, and debootstrap. An image that is there stays.
#
# offline.sh [PYTHON...] makes some for these interpreters too (3.14, 3.14t, pypy3.11): those that Debian's next release
# has, with the libraries that they need from it. What it has not is named at the end.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
suite=trixie
next=forky
bundle=/etc/ssl/certs/ca-certificates.crt

fail() { printf 'error: %s\nhint: %s\n' "$1" "$2" >&2; exit 1; }
missing() { ! docker image inspect "$1" >/dev/null 2>&1; }

for given in "$@"; do
    [[ $given =~ ^(pypy)?3\.[0-9]+t?$ ]] ||
        fail "no interpreter is called $given" "name each by its version, without that of a patch: 3.14, 3.14t, pypy3.11"
done
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

# Of a recipe on its standard input, buildx keeps a copy in the folder for temporary files, where it can stay.
build() {
    cat >"$work/Dockerfile"
    DOCKER_BUILDKIT=1 docker build "${@:2}" --tag "$1" --file "$work/Dockerfile" "$work/context"
}

if missing python:3.13-slim-$suite; then
    build python:3.13-slim-$suite --quiet >/dev/null <<END
FROM debian:$suite-slim
RUN apt-get update -qq && \
    apt-get install -qq --yes --no-install-recommends ca-certificates python3 python3-pip python3-venv && \
    rm -rf /var/lib/apt/lists/* /usr/lib/python3*/EXTERNALLY-MANAGED && ln -s python3 /usr/bin/python
COPY ca-certificates.crt $bundle
ENV SSL_CERT_FILE=$bundle PIP_CERT=$bundle
CMD ["python3"]
END
fi

# Added to a recipe, so that packages of Debian's next release can be installed; what they need comes from there, too.
# A mirror may lag behind by more than the week for which a list of that release's packages is valid. Its signature is
# checked all the same.
from_next="sed -n 's/^deb \(.*\) $suite /deb [check-valid-until=no] \1 $next /p' /etc/apt/sources.list \
        >/etc/apt/sources.list.d/$next.list && apt-get update -qq && \
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends --target-release $next"

# From Debian's next release, since `trixie` has PostgreSQL 17, and 18 is what the embedded one is of.
if missing postgres:18-$suite; then
    build postgres:18-$suite --quiet >/dev/null <<END
FROM debian:$suite-slim
# The official image's ids and folder, so that the same settings fit both.
RUN groupadd --gid 999 postgres && \
    useradd --uid 999 --gid 999 --home-dir /var/lib/postgresql --create-home --shell /bin/bash postgres && \
    mkdir /etc/postgresql-common && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf && \
    $from_next postgresql-18 && rm -rf /var/lib/apt/lists/* && mkdir /docker-entrypoint-initdb.d
COPY --chmod=755 postgres-entrypoint.sh /usr/local/bin/
ENV PATH=/usr/lib/postgresql/18/bin:\$PATH PGDATA=/var/lib/postgresql/18/docker
ENTRYPOINT ["postgres-entrypoint.sh"]
CMD ["postgres"]
END
fi

# The stand-in $1 for an interpreter: Debian's package $2, the program $3 in it, and the version $4 that it has to be of.
interpreter() {
    build "$1" --progress plain <<END
FROM debian:$suite-slim
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \
    rm -f /etc/apt/apt.conf.d/docker-clean && $from_next \
        $2 ca-certificates python3-pip-whl && \
    rm /etc/apt/sources.list.d/$next.list && find /usr/lib -name EXTERNALLY-MANAGED -delete && \
    { [ "\$($3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')" = $4 ] || exit 3; } && \
    $3 "\$(echo /usr/share/python-wheels/pip-*.whl)/pip" install --quiet --root-user-action=ignore \
        --no-index --find-links /usr/share/python-wheels pip && \
    ln -s /usr/bin/$3 /usr/local/bin/python && ln -sf /usr/bin/$3 /usr/local/bin/python3
COPY ca-certificates.crt $bundle
ENV SSL_CERT_FILE=$bundle PIP_CERT=$bundle
CMD ["python3"]
END
}

not_available() { printf 'not available: %s: %s\n' "$1" "$2" >&2; lacking=1; }

images=("debian:$suite-slim" "python:3.13-slim-$suite" "postgres:18-$suite")
lacking=0
for given in "$@"; do
    version=${given#pypy} image=python:$given-slim-$suite package=python$given program=python$given
    case $given in
    pypy*) image=pypy:$version-slim-$suite package=pypy3 program=pypy3 ;;
    *t) version=${given%t} package=python${given%t}-nogil ;;
    3.13) image=python:3.13-slim-$next ;; # of the same release as the others, to be compared with them
    esac
    if ! missing "$image" || interpreter "$image" "$package" "$program" "$version" &>"$work/log"; then
        images+=("$image")
    elif grep --quiet "Unable to locate package $package\$" "$work/log"; then
        not_available "$image" "Debian $next has no package $package"
    elif grep --quiet 'exit code: 3$' "$work/log"; then
        not_available "$image" "the package $package of Debian $next is not of version $version"
    else
        tail -n 20 "$work/log" >&2
        fail "$image can't be made" "see the lines above"
    fi
done

docker image ls --format '{{.Repository}}:{{.Tag}}  {{.Size}}' | grep -E "^($(IFS='|'; echo "${images[*]}")) "
exit $lacking
