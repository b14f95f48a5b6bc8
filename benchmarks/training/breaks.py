"""Training of the model of line ends: pages whose line ends are known, and that have lost them.

Two of the forms in which labelled pages come have lost theirs: all on one line, and blocks glued together. Their markup
tells where the lines ended: each block gets a mark at its two ends, and the same program writes the page once more. Raw
dumps come with line ends and lose them both ways. The same pages with their line ends teach what no break is, and so do
their texts alone on one line: a bare article has no menu above it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import lxml.etree
import lxml.html
import numpy as np
import trafilatura
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from benchmarks.quality.bench import Bench, BenchError
from benchmarks.quality.held_out import fold_of
from pipeline.clean.break_model import SCALE, field_names
from pipeline.clean.breaks import FIELDS, OFFSETS, SIGNS, WORD_PLACES, Gaps, read_gaps
from pipeline.clean.label import stopword_bits
from pipeline.words.lexicon import Lexicon

Floats = NDArray[np.float64]

L2 = 8.0  # at 4 the F of pages on one line is within .004, at 25 it is .005 to .01 less
ROUNDS = 150  # of L-BFGS
MIN_SITES = 8  # of a word that has weights of its own
# Log odds of a break. At a seam two in three are right from there on: it was trained on pages, too, that have no
# seams but in names. Behind a blank a cut too many costs a sentence of the text now and then.
LEAST = {"seam": -1.0, "blank": -0.2}
LONG_LINE = 6  # words; where one of two shorter lines ends matters less: they are no text
SHORT_WEIGHT = 0.2  # at 1 pages on one line lose .01 of F
MIN_PAGE = 50  # words; a page weighs as the square root of its words, shorter ones as one of so many
MARK = "\u2ffb"  # describes ideographs, no page holds it; signs of private use are taken out on the way
_OF_THE_TEXT = frozenset({"H", "B", "S"})  # labels of lines that are a headline or kept
_BLOCK = re.compile(
    "address|article|aside|blockquote|body|button|caption|center|d[dlt]|details|dialog|dir|div|fieldset|figcaption|figure"
    "|footer|form|h[1-6]|header|hgroup|html|label|legend|li|main|menu|nav|ol|optgroup|option|p|pre|section|summary|table"
    "|t(?:body|d|foot|h|head|r)|ul"
)
_VOID = re.compile("br|hr|iframe|select|textarea")  # nothing inside them is shown
_UNSEEN = ("script", "style", "noscript", "template", lxml.etree.Comment)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True)
class BrokenPage:
    """A page in one form: its gaps, and whether a line ended in each, by the markup or in the form itself."""

    form: str
    site: str
    gaps: Gaps
    ended: NDArray[np.bool_]


def broken_pages(bench: Bench) -> Iterator[BrokenPage]:
    """Yield the pages to learn from, in the order of their files.

    Raises:
        BenchError: a page is written otherwise here than in the labelled set.
    """
    common = stopword_bits(Lexicon.load())
    pages = {page["id"]: page for page in bench.rows("extraction/pages.jsonl.xz")}
    for row in bench.rows("extraction/dumps.jsonl.xz"):
        page = pages[row["id"]]
        for form, write in FORMS.items():
            text = row["dumps"][form]
            yield _page(form, page["site"], text, line_begins(text, write(page["html"])), common)
        for form in WHOLE_FORMS:
            yield _page(form, page["site"], row["dumps"][form], (), common)
        yield _joined("text on one line", page["site"], page["gold"], " ", common)
    for row in bench.rows("dumps/dev.jsonl"):
        if not row["constructed"]:
            lines = [text for line in row["lines"] if (text := line["text"].strip())]
            yield _page("raw dump", row["site"], "\n".join(lines), (), common)
            yield _joined("raw dump on one line", row["site"], lines, " ", common)
            yield _joined("raw dump, glued", row["site"], lines, "", common)
            bare = [line["text"].strip() for line in row["lines"] if line["label"] in _OF_THE_TEXT]
            yield _joined("text on one line", row["site"], bare, " ", common)


def _joined(form: str, site: str, lines: Sequence[str], between: str, common: Container[str]) -> BrokenPage:
    begins = np.cumsum([0, *(len(line) + len(between) for line in lines[:-1])]).tolist()
    return _page(form, site, between.join(lines), begins, common)


def _page(form: str, site: str, text: str, begins: Sequence[int], common: Container[str]) -> BrokenPage:
    gaps = read_gaps(text, common)
    return BrokenPage(form, site, gaps, np.isin(gaps.starts, begins) | gaps.at_line_end)


def line_begins(text: str, marked: str) -> list[int]:
    """Return where lines begin in ``text``, as the same text with marks tells.

    Raises:
        BenchError: they are not the same text.
    """
    if "".join(text.split()) != "".join(marked.replace(MARK, "").split()):
        raise BenchError(
            f"the page {text[:40]!r} is not what its markup gives: was another version of its writer used?"
        )
    begins, at = set[int](), 0
    for part in marked.split(MARK):
        begins.add(at)
        at += len("".join(part.split()))
    places = [place for place, sign in enumerate(text) if not sign.isspace()]
    return [places[begin] for begin in sorted(begins) if begin < len(places)]


def on_one_line(html: str) -> str:
    """Return the page as the form ``html2txt`` writes it, with marks where lines end."""
    tree = lxml.html.fromstring(_DECLARATION.sub("", html))
    _mark(tree)
    return str(trafilatura.html2txt(tree))


def glued(html: str) -> str:
    """Return the page as the form ``lxml`` writes it, with marks where lines end."""
    tree = lxml.html.fromstring(_DECLARATION.sub("", html))
    body = tree.find(".//body")
    whole = tree if body is None else body
    lxml.etree.strip_elements(whole, *_UNSEEN, with_tail=False)
    _mark(whole)
    return str(whole.text_content())


FORMS: dict[str, Callable[[str], str]] = {"html2txt": on_one_line, "lxml": glued}
WHOLE_FORMS = ("innertext", "resiliparse")  # whose line ends are all there


def _mark(tree: lxml.html.HtmlElement) -> None:
    """Put a mark at the begin and the end of each block, inside and out."""
    for element in tree.iter():
        name = element.tag.lower() if isinstance(element.tag, str) else ""
        if _BLOCK.fullmatch(name):
            element.text = MARK + (element.text or "")
            if len(element):
                element[-1].tail = (element[-1].tail or "") + MARK
            else:
                element.text += MARK
        elif not _VOID.fullmatch(name):
            continue
        if element.getparent() is not None and name != "body":
            element.tail = MARK + (element.tail or "")


class FitBreakFold:
    """Trains on all sites but those of one fold, a fold a call; the labelled pages are read once a process."""

    def __init__(self, root: Path) -> None:
        """Read the labelled pages of ``root``."""
        self._pages = list(broken_pages(Bench(root)))

    def __call__(self, fold: int) -> str:
        """Return the weights file made without the sites of ``fold``."""
        return fit([page for page in self._pages if fold_of(page.site) != fold])


def fit(pages: Sequence[BrokenPage]) -> str:
    """Return the text of the weights file for ``pages``; same pages, same text."""
    sites: dict[str, set[str]] = {}
    for page in pages:
        for word in page.gaps.words:
            sites.setdefault(word, set()).add(page.site)
    words = sorted(word for word, own in sites.items() if word and len(own) >= MIN_SITES)
    row_of = {word: row for row, word in enumerate(words)}
    tables, ended, weights = [], [], []
    for page in pages:
        open_gaps = ~page.gaps.at_line_end
        tables.append(_table(page.gaps, row_of)[open_gaps])
        ended.append(page.ended[open_gaps])
        weights.append(_weights(page.ended)[open_gaps] / max(MIN_PAGE, len(page.ended)) ** 0.5)
    theta, bias = _fit(np.concatenate(tables), np.concatenate(ended), np.concatenate(weights), len(words))
    return _text(theta, bias, words)


def _table(gaps: Gaps, row_of: dict[str, int]) -> NDArray[np.int32]:
    """Return the columns that hold of each gap: its features, then the words around it, those of each place apart."""
    unknown, first = len(row_of), int(OFFSETS[-1])
    rows = np.array([row_of.get(word, unknown) for word in gaps.words], np.int64)
    columns = [gaps.active]
    for number, place in enumerate(WORD_PLACES):
        own = np.full(len(rows), unknown)
        kept = slice(max(0, -place), len(rows) - max(0, place))
        own[kept] = rows[slice(max(0, place), len(rows) - max(0, -place))]
        columns.append((first + number * (unknown + 1) + own)[:, None])
    return np.concatenate(columns, axis=1).astype(np.int32)


def _weights(ended: NDArray[np.bool_]) -> Floats:
    """Return what each gap of a page counts: less in a short line that stands below another."""
    own, above = line_sizes(ended)
    return np.where((own >= LONG_LINE) | (above >= LONG_LINE), 1.0, SHORT_WEIGHT)


def line_sizes(ended: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each gap the words of the line that its word is of, and of the line that the word before it is of."""
    line = np.cumsum(ended)
    sizes = np.bincount(line)
    return sizes[line], sizes[np.concatenate((line[:1], line[:-1]))]


def _fit(table: NDArray[np.int32], ended: NDArray[np.bool_], weights: Floats, words: int) -> tuple[Floats, float]:
    size = int(OFFSETS[-1]) + len(WORD_PLACES) * (words + 1)
    pointers = np.arange(0, table.size + 1, table.shape[1])
    matrix = csr_matrix((np.ones(table.size), table.ravel(), pointers), shape=(len(table), size))
    transposed = matrix.T.tocsr()
    weights = weights / weights.mean()
    told = ended.astype(np.float64)

    def value(theta: Floats) -> tuple[float, Floats]:
        logs = matrix @ theta[:-1] + theta[-1]
        loss = float(weights @ (np.logaddexp(0.0, logs) - told * logs)) + L2 / 2 * float(theta[:-1] @ theta[:-1])
        slope = weights * (1 / (1 + np.exp(-logs)) - told)
        return loss, np.concatenate((transposed @ slope + L2 * theta[:-1], [slope.sum()]))

    found = minimize(value, np.zeros(size + 1), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    return found.x[:-1], float(found.x[-1])


def _text(theta: Floats, bias: float, words: Sequence[str]) -> str:
    """Return the weights file: hundredths, a line a field and a word, nothing that is zero."""
    first = int(OFFSETS[-1])
    # The words no row knows have weights too, at each place; they go into the bias, and the others count beside them.
    by_word = theta[first:].reshape(len(WORD_PLACES), len(words) + 1)
    bias += float(by_word[:, -1].sum())
    whole = np.rint((by_word[:, :-1] - by_word[:, -1:]).T * SCALE).astype(int).tolist()
    features = np.rint(theta[:first] * SCALE).astype(int)
    fields = []
    for name, signs, offset in zip(field_names(), FIELDS, OFFSETS.tolist(), strict=False):
        sizes = [len(SIGNS[sign]) for sign in signs]
        own = features[offset : offset + int(np.prod(sizes))]
        told = {
            " ".join(map(str, values)): int(own[place])
            for place in np.flatnonzero(own).tolist()
            for values in [np.unravel_index(place, sizes)]
        }
        fields.append(f"  {_json(name)}: {_json(told)}")
    rows = [f"  {_json(word)}: {_json(row)}" for word, row in zip(words, whole, strict=True) if any(row)]
    parts = [
        f' "scale": {SCALE}',
        f' "least": {_json(LEAST)}',
        f' "bias": {round(bias * SCALE)}',
        ' "fields": {\n' + ",\n".join(fields) + "\n }",
        ' "words": {\n' + ",\n".join(rows) + "\n }",
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
