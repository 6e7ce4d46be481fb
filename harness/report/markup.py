"""From the page to HTML and Markdown. Every text of a view passes through an escape on its way out."""

import re
import sys
from base64 import b64encode
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from pickle import UnpicklingError
from types import CodeType
from typing import TYPE_CHECKING, Final, override

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from harness.printable import one_line, printable
from harness.report.figure.render import Renderer
from harness.report.figure.track import FORMS
from harness.report.numbers import counted
from harness.writing import WriteError, replace_files

if TYPE_CHECKING:
    from harness.report.page import Page  # What composes a report takes longer to import than a list takes to make.

_IN_BACKTICKS: Final = re.compile("`([^`]+)`")
_MARKDOWN_SYNTAX: Final = re.compile(r"([\\`*_\[\]<>|~&])")
KEPT_IN: Final = Path(__file__).with_name("templates") / "__pycache__"
"""Templates as they were compiled."""
_JSON: Final = {"sort_keys": True, "ensure_ascii": False, "separators": (",", ":")}
_TEMPLATES: Final = PackageLoader("harness.report", "templates")


class Compiled(BytecodeCache):
    """Keeps what templates were compiled to, as Python does of its modules: compiling takes longer than a page does.

    Only that: each page has templates of its own, since their macros keep the filters that they were first drawn with.
    """

    def __init__(self, kind: str) -> None:
        """`kind` sets apart what is compiled by other rules of escaping."""
        self._kind = kind
        self._kept: dict[tuple[str, str], CodeType] = {}

    @override
    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))
        if bucket.code is None:
            with suppress(OSError, ValueError, EOFError, UnpicklingError):
                bucket.bytecode_from_string(self._file(bucket).read_bytes())

    @override
    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is None:
            return
        self._kept[bucket.key, bucket.checksum] = bucket.code
        if not sys.dont_write_bytecode:
            with suppress(OSError, WriteError):
                file = self._file(bucket)
                file.parent.mkdir(exist_ok=True)
                replace_files({file: bucket.bytecode_to_string()})
                for old in file.parent.glob(f"{self._kind}-*"):
                    if not old.name.startswith(f"{self._kind}-{_compiler()}-"):
                        old.unlink(missing_ok=True)

    def _file(self, bucket: Bucket) -> Path:
        """Another one for each way to compile; whether it is of today's template, the bucket sees to."""
        return KEPT_IN / f"{self._kind}-{_compiler()}-{bucket.key}"


@cache
def _compiler() -> str:
    """What a template is compiled to depends on jinja2, and on the escapes of this module."""
    return sha256(version("jinja2").encode() + Path(__file__).read_bytes()).hexdigest()[:16]


_UNREAD: Final = re.compile(r"^ *//.*\n|^ */\*.*\*/\n|^ +", re.MULTILINE)
"""Lines of comment and indentation of a script or a style, which are for its readers: no browser needs them."""

_OF_HTML: Final = Compiled("html")
_OF_MARKDOWN: Final = Compiled("markdown")


def html(page: "Page") -> str:
    """The report as one HTML document that needs no other file."""
    title = f"{page.headline.title} \N{EN DASH} {page.headline.run}"
    script = "".join(map(_part, ("report.js", "nothing_found.js", "filtered_rows.js"))).strip()
    return document("body.html.jinja", page, title=title, kind="report", script=script)


def document(body_template: str, page: object, *, title: str, kind: str = "list", script: str = "") -> str:
    """A page as one HTML document that needs no other file; `kind` is the class that its styles go by."""
    environment = Environment(
        loader=_TEMPLATES,
        bytecode_cache=_OF_HTML,
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = _JSON
    renderer = Renderer()
    environment.filters.update(figure=renderer.render, counted=counted, coded=_coded)
    environment.filters.update(small=renderer.small, head=renderer.head, marks=renderer.marks, tie=renderer.tie)
    # The body comes first: only then is known which styles its figures need.
    body = Markup(environment.get_template(body_template).render(page=page))  # noqa: S704 - escaped by the template
    style = (_part("report.css") + renderer.styles.css).strip()
    whole = environment.get_template("base.html.jinja").render(
        title=title,
        kind=kind,
        forms=FORMS,
        body=body,
        style=Markup(style),  # noqa: S704 - written here, not by a run
        script=Markup(script),  # noqa: S704 - as above
        policy=_policy(style, script),
    )
    return whole + "\n"


def markdown(page: "Page") -> str:
    """The findings, the rankings and the invalid cells as Markdown, to be read in a terminal or a pull request."""
    environment = Environment(
        loader=_TEMPLATES,
        bytecode_cache=_OF_MARKDOWN,
        autoescape=False,  # noqa: S701 - the escape for Markdown is `finalize`
        undefined=StrictUndefined,
        finalize=_markdown_text,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["verbatim"] = _verbatim
    sections = {section.anchor: section.view for section in page.sections}
    return environment.get_template("summary.md.jinja").render(page=page, sections=sections) + "\n"


def _part(name: str) -> str:
    return _UNREAD.sub("", (files("harness.report") / "templates" / name).read_text(encoding="utf-8"))


def _policy(style: str, script: str) -> str:
    """The content-security policy of a page with these two inline parts.

    Whatever text of a run got past the escaping would still neither run nor load nor be sent: only the parts with
    these hashes count (https://www.w3.org/TR/CSP3/#framework-directive-source-list).
    """
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(part: str) -> str:
    return f"sha256-{b64encode(sha256(part.encode()).digest()).decode()}"


def _visible(value: object) -> object:
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _coded(text: str) -> Markup:
    """What stands between backticks, as manifests and checks of the host write commands and names, as code."""
    return Markup(_IN_BACKTICKS.sub(r"<code>\1</code>", str(escape(printable(text)))))  # noqa: S704 - escaped before


def _markdown_text(value: object) -> object:
    """Text on one line that Markdown shows as it stands."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _MARKDOWN_SYNTAX.sub(r"\\\1", one_line(value))


def _verbatim(text: str) -> Markup:
    """Text for an indented code block, where Markdown knows no escapes and needs none."""
    return Markup(one_line(text))  # noqa: S704 - not HTML
