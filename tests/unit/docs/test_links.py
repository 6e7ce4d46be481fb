"""Links between the project's pages lead to files and headings that exist."""

import itertools
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[3]


def pages() -> list[Path]:
    """Every Markdown file of the repository but generated run summaries."""
    listed = subprocess.run(
        ("git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return [ROOT / name for name in listed if not name.startswith("reports/")]


def links(text: str) -> list[str]:
    """Targets of links and images."""
    found = []
    for block in MarkdownIt("commonmark").enable("table").parse(text):
        for token in block.children or []:
            target = token.attrGet("href") or token.attrGet("src")
            if target:
                found.append(str(target))
            if token.type == "html_inline":
                found += re.findall(r'(?:href|src|srcset)="([^"]+)"', token.content)
        if block.type == "html_block":
            found += re.findall(r'(?:href|src|srcset)="([^"]+)"', block.content)
    return found


def anchors(text: str) -> set[str]:
    """The fragments that GitHub gives a page's headings."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    seen: dict[str, int] = {}
    found = set()
    for token, inline in itertools.pairwise(tokens):
        if token.type != "heading_open":
            continue
        words = "".join(child.content for child in inline.children or [])
        slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        found.add(slug if slug not in seen else f"{slug}-{seen[slug]}")
        seen[slug] = seen.get(slug, 0) + 1
    return found


def broken(page: Path, text: str) -> list[str]:
    wrong = []
    for link in links(text):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = page.parent / unquote(parts.path) if parts.path else page
        if not target.exists():
            wrong.append(f"{link}: no such file")
        elif parts.fragment and target.suffix == ".md":
            there = text if target == page else target.read_text()
            if parts.fragment not in anchors(there):
                wrong.append(f"{link}: no such heading")
    return wrong


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert broken(page, page.read_text()) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# A heading, with `code`\n\n## Twice\n\n## Twice\n")
    page = tmp_path / "page.md"
    text = (
        "# Here\n\n[1](other.md) [2](other.md#a-heading-with-code) [3](#here) [4](https://example.org/x)\n"
        "[5](other.md#twice-1)\n\n"
        '<img src="gone.svg">\n\n| a |\n|---|\n| [6](gone.md) |\n\n[7](other.md#none) ![8](gone.png) [9](#nowhere)\n'
    )
    page.write_text(text)
    assert [each.partition(":")[0] for each in broken(page, text)] == [
        "gone.svg",
        "gone.md",
        "other.md#none",
        "gone.png",
        "#nowhere",
    ]


def test_every_guide_is_reached_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    named = {unquote(urlsplit(link).path) for link in links(readme)}
    guides = {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")}
    assert guides - named == set()
