"""GitHub's REST API, as far as leaving a comment on a pull request takes it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

from pydantic import BaseModel, ConfigDict, ValidationError

from harness.model.errors import PullRequestError

_TIMEOUT_S: Final = 60
_LONGEST_ANSWER_BYTES: Final = 16_000_000
_A_PAGE: Final = 100
"""GitHub lists at most so many things at once."""
_MOST_PAGES: Final = 100


class Known(BaseModel):
    """What is made use of in an answer of GitHub's; it says much more, and more with time."""

    model_config = ConfigDict(frozen=True, extra="ignore")


@dataclass(frozen=True, slots=True)
class GitHub:
    """One repository, seen through the API."""

    api: str
    """Where the API is, such as `https://api.github.com`."""
    repository: str
    """`owner/name`."""
    token: str = field(repr=False)

    def get[Answer: Known](self, path: str, answer: type[Answer], **query: object) -> Answer:
        """What is at a path below the repository's.

        Raises:
            PullRequestError: GitHub does not answer, refuses, or says something else.
        """
        return _read(answer, self._ask("GET", path, query=query), path)

    def pages[Answer: Known](self, path: str, answer: type[Answer], **query: object) -> Iterator[Answer]:
        """Everything in a list at a path below the repository's, asked for page by page.

        Raises:
            PullRequestError: As above.
        """
        for page in range(1, _MOST_PAGES + 1):
            listed = _parsed(self._ask("GET", path, query={**query, "per_page": _A_PAGE, "page": page}), path)
            if not isinstance(listed, list):
                raise _unexpected(path)
            for each in listed:
                yield _checked(answer, each, path)
            if len(listed) < _A_PAGE:
                return

    def send(self, method: str, path: str, document: Mapping[str, object]) -> None:
        """Make or change something at a path below the repository's.

        Raises:
            PullRequestError: As above.
        """
        self._ask(method, path, document=document)

    def download(self, path: str, most_bytes: int) -> bytes:
        """The bytes at a path below the repository's, wherever GitHub keeps them.

        Raises:
            PullRequestError: As above, or there are more than `most_bytes`.
        """
        data = self._ask("GET", path, most_bytes=most_bytes + 1)
        if len(data) > most_bytes:
            raise PullRequestError(
                f"{path} is larger than {most_bytes:,} bytes", hint="what `bench ci --against` writes is far smaller"
            )
        return data

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        document: Mapping[str, object] | None = None,
        most_bytes: int = _LONGEST_ANSWER_BYTES,
    ) -> bytes:
        if urlsplit(self.api).scheme not in {"http", "https"}:
            raise PullRequestError("GITHUB_API_URL is no address of an API", hint="GitHub's runner sets it")
        address = f"{self.api}/repos/{quote(self.repository)}/{path}{f'?{urlencode(query)}' if query else ''}"
        body = None if document is None else json.dumps(document).encode()
        request = Request(address, data=body, method=method, headers={"Accept": "application/vnd.github+json"})  # noqa: S310 - see above
        # What is kept elsewhere is fetched by an address that is a secret itself: the token does not go there.
        request.add_unredirected_header("Authorization", f"Bearer {self.token}")
        with _told(method, path), urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - see above
            return bytes(answer.read(most_bytes))


@contextmanager
def _told(method: str, path: str) -> Iterator[None]:
    try:
        yield
    except HTTPError as error:
        error.close()
        raise PullRequestError(
            f"GitHub answers {error.code} to {method} {path}", hint="see which rights the job has, then run it again"
        ) from None
    except (OSError, HTTPException) as error:
        raise PullRequestError(
            f"GitHub can't be asked for {path}: {type(error).__name__}", hint="run the job again"
        ) from None


def _read[Answer: Known](answer: type[Answer], data: bytes, path: str) -> Answer:
    return _checked(answer, _parsed(data, path), path)


def _parsed(data: bytes, path: str) -> Any:  # noqa: ANN401 - it is anything until it is checked
    try:
        return json.loads(data)
    except ValueError:
        raise _unexpected(path) from None


def _checked[Answer: Known](answer: type[Answer], said: object, path: str) -> Answer:
    try:
        return answer.model_validate(said)
    except ValidationError:
        raise _unexpected(path) from None


def _unexpected(path: str) -> PullRequestError:
    return PullRequestError(f"GitHub's answer to {path} is not what its API promises", hint="run the job again")
