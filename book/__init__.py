"""The book: the lessons, the executed notebooks and a reference, as a site without a network.

`python -m book` makes it in `build/book/`; the modules, in the order in which they work:

- `tree`: the pages as Sphinx reads them, laid out as in the repository, so that links hold.
- `notebooks`: runs the notebooks, one after another, and keeps what came of them until they change.
- `code`: pages that show the code that lessons and notebooks link to.
- `codes`: the page on codes and statuses, with labels in the notebooks to link to.
- `reference`: the pages on events and checks.
- `conf`: Sphinx's settings.
"""
