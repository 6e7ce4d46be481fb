"""Stands in for GitHub: its runner, the part of its REST API that a comment needs, and the place that keeps files."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "ghs_the-token-of-the-job"
REPOSITORY = "owner/name"
BOT = "github-actions[bot]"
FORK = {"id": 77, "owner": {"login": "someone"}}

OF_THE_RUNNER = "of-the-runner"
"""Begins the names of the files by which a step sets variables for later ones."""
FILES = ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")


def obeyed(log: str) -> list[str]:
    """The commands to GitHub's runner in what a step prints, as the runner takes them."""
    found: list[str] = []
    until = None
    for line in re.split(r"[\r\n]+", log):
        if command := re.match(r"\s*::([^:]+?)(?: [^:]*)?::(.*)", line):
            if until is None and command[1] == "stop-commands":
                until = command[2]
            elif until is None:
                found.append(line.strip())
            elif command[1] == until:
                until = None
    return found


def carry_out(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """A step as the runner carries it out, with both of its outputs as the one log that the runner reads."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "PATH": f"{folder / 'programs'}:{os.environ['PATH']}",
        **{name: str(folder / f"{OF_THE_RUNNER}-{name}") for name in FILES},
        **variables,
    }
    return subprocess.run(
        ("bash", "-eo", "pipefail", "-c", script), cwd=folder, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip


@dataclass
class StandIn:
    """One repository as GitHub has it."""

    address: str
    pulls: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    artifact: bytes = b""
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Method and path of what the API was asked for."""
    refused: str = ""
    """What of it is answered with 403."""
    given_to_storage: list[str | None] = field(default_factory=list)
    """The right that the place was shown that keeps the files."""

    def pull(self, number: int, sha: str, *, repository: dict[str, Any] | None = None, branch: str = "patch") -> None:
        """Open a pull request."""
        head = {"sha": sha, "ref": branch, "repo": repository or FORK}
        self.pulls.append({"number": number, "state": "open", "head": head})

    def leave(self, artifact: bytes, *, claimed: int | None = None) -> None:
        """Keep what a job left."""
        self.artifact = artifact
        size = len(artifact) if claimed is None else claimed
        self.artifacts = [{"id": 5, "name": "pull-request", "size_in_bytes": size, "expired": False}]

    def say(self, body: str, *, login: str = BOT) -> None:
        """A comment on pull request 7."""
        self.comments.append({"id": 100 + len(self.comments), "body": body, "user": {"login": login}})

    @property
    def changed(self) -> list[str]:
        """What was asked for that changes something."""
        return [each for each in self.asked if not each.startswith("GET ")]

    def answer(self, method: str, path: str, query: dict[str, list[str]], sent: Any) -> tuple[int, Any]:  # noqa: PLR0911 - one for each path
        """The API's answer."""
        self.asked.append(f"{method} {path}")
        if self.refused and self.refused in f"{method} {path}":
            return 403, {"message": "Resource not accessible by integration"}
        page, size = (int(query.get(name, [default])[0]) for name, default in (("page", "1"), ("per_page", "30")))
        listed = slice((page - 1) * size, page * size)
        below = path.removeprefix(f"/repos/{REPOSITORY}/")
        if (method, below) == ("GET", "pulls"):
            owner, _, branch = query["head"][0].partition(":")
            heads = [(each, each["head"]) for each in self.pulls if each["state"] == query["state"][0]]
            found = [each for each, head in heads if (head["repo"]["owner"]["login"], head["ref"]) == (owner, branch)]
            return 200, found[listed]
        if method == "GET" and re.fullmatch(r"actions/runs/11/artifacts", below):
            return 200, {"total_count": len(self.artifacts), "artifacts": self.artifacts}
        if method == "GET" and re.fullmatch(r"issues/7/comments", below):
            return 200, self.comments[listed]
        if method == "POST" and below == "issues/7/comments":
            self.say(sent["body"])
            return 201, self.comments[-1]
        if method == "PATCH" and (found_id := re.fullmatch(r"issues/comments/(\d+)", below)):
            (comment,) = [each for each in self.comments if each["id"] == int(found_id[1])]
            comment["body"] = sent["body"]
            return 200, comment
        return 404, {"message": "Not Found"}


class _Handler(BaseHTTPRequestHandler):
    github: StandIn

    def _answer(self) -> None:
        split = urlsplit(self.path)
        if split.path == "/storage":
            self.github.given_to_storage.append(self.headers["Authorization"])
            self._send(200, self.github.artifact)
            return
        length = int(self.headers.get("Content-Length") or 0)
        sent = json.loads(self.rfile.read(length)) if length else None
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._send(401, b"{}")
        elif split.path == f"/repos/{REPOSITORY}/actions/artifacts/5/zip":
            self.github.asked.append(f"GET {split.path}")
            self._send(302, b"", Location=f"{self.github.address}/storage?signature=of-its-own")
        else:
            status, document = self.github.answer(self.command, split.path, parse_qs(split.query), sent)
            self._send(status, json.dumps(document).encode())

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PATCH(self) -> None:
        self._answer()

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """GitHub on a port of this host."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        github = StandIn(f"http://127.0.0.1:{server.server_port}")
        handler.github = github  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield github
        finally:
            server.shutdown()
            thread.join()
