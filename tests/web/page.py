"""page.py - reading a page as a person does: its panels, their tables, cell by cell."""
import re
from html.parser import HTMLParser

THIN = "\u202f"


class Page(HTMLParser):
    """links: all addresses. panels: {id of a section: [row, …]}, a row being (text, title) by cell, heads too.
    words: {id of a section: all its text, blanks joined}; "" is what stands in no panel with an id."""

    def __init__(self, text):
        super().__init__()
        self.text, self.links, self.panels, self.words, self.here = text, [], {}, {}, ""
        self.rows, self.cell, self.titles = None, None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.links += [v for k, v in attrs.items() if k in ("href", "action")]
        if tag == "section":
            self.rows = self.panels.setdefault(attrs.get("id"), [])
            self.here = attrs.get("id") or ""
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.cell, self.titles = "", None
        if self.cell is not None and attrs.get("title"):
            self.titles = attrs["title"]

    def handle_endtag(self, tag):
        if tag == "section":
            self.rows, self.here = None, ""
        elif tag in ("td", "th") and self.cell is not None:
            self.rows[-1].append((self.cell.strip(), self.titles))
            self.cell = None

    def handle_data(self, data):
        self.words[self.here] = re.sub("[ \n]+", " ", self.words.get(self.here, "") + data)
        if self.cell is not None:
            self.cell += data

    def row(self, panel, head):
        """Texts of the row of PANEL that begins with HEAD."""
        return next([c[0] for c in r] for r in self.panels[panel] if r and r[0][0] == head)

    def column(self, panel, head):
        """Texts below the heading HEAD of the first table of PANEL."""
        rows = self.panels[panel]
        at = [c[0] for c in rows[0]].index(head)
        return [r[at][0] for r in rows[1:] if len(r) > at]


def number(text):
    """The integer that a cell shows; a dot is 0."""
    text = re.sub(f"[{THIN}\u2009\u00a0 ]", "", text).replace("\u2212", "-")
    return 0 if text in ("\u00b7", "") else int(text)
