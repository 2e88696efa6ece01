"""Sphinx's settings, and where the links of lessons and notebooks lead in the book."""

import posixpath
import re
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

ROOT = Path(__file__).parent.parent

project = html_title = "Make Chat in Python"
extensions = ["myst_nb"]
language = "en"
smartquotes = False  # a text is shown as its file has it
highlight_language = "text"

nb_execution_mode = "off"  # `notebooks` has run them
myst_heading_anchors = 3

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["book.css"]
html_favicon = "../static/icon.svg"
html_copy_source = False
html_use_index = False
html_show_copyright = False
html_show_search_summary = False  # which would need a server: here pages are opened as files

_TITLE = re.compile(r"<dc:title>(.+?)</dc:title>")


def setup(app: Sphinx) -> None:
    """Have every page looked through once it is read."""
    app.connect("doctree-read", lead_links)
    app.connect("doctree-read", name_figures)


def lead_links(app: Sphinx, page: nodes.document) -> None:
    """Let a link to a file or folder of the repository lead to the page that shows it.

    The pages are where their files are in the repository, and what they show has its path there
    as its label. A link that leads nowhere stays as it is, and Sphinx complains of it.
    """
    folder = posixpath.dirname(app.env.current_document.docname)
    for link in page.findall(pending_xref):
        if link["reftype"] == "myst" and link["refdomain"] is None:
            path = posixpath.normpath(posixpath.join(folder, link["reftarget"]))
            if (ROOT / path).exists():
                link["reftarget"] = path


def name_figures(app: Sphinx, page: nodes.document) -> None:
    """Say of the figures of notebooks what they show, to those who do not see them."""
    for image in page.findall(nodes.image):
        file = Path(app.srcdir, image["uri"].lstrip("/"))
        if file.suffix == ".svg" and file.is_file():
            title = _TITLE.search(file.read_text(encoding="utf-8"))
            image["alt"] = title[1] if title else ""
