"""A handful of invented pages in three folders, for runs that are done over and over."""

from __future__ import annotations

import json
from pathlib import Path

HEADLINE = "Weir at Velm to be mended before winter"
PARAGRAPHS = (
    "The council of Velm voted on Tuesday to mend the old weir before winter, after engineers had found two cracks"
    " near the eastern gate. Work begins next week and will cost the town some forty thousand crowns, the mayor said.",
    "Farmers below the weir had asked for help since spring. “We have watched that wall move,” said Ana Prell, who"
    " keeps geese on the meadow and lost a fence to the water in March.",
    "The mill, which takes its water above the weir, will stand still for six weeks. Its owner told the council that he"
    " would send his people to the quarry meanwhile, so that none of them goes without pay.",
)
STORY = "\n\n".join([f"{HEADLINE}\n{HEADLINE}\n2 min read\nMarch 3, 2026", *PARAGRAPHS]) + "\n"
_BODY = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
PAGE = (
    f"<html lang='en'><head><title>{HEADLINE}</title></head><body><nav><a href='/'>Home</a></nav>"
    f"<article><h1>{HEADLINE}</h1>{_BODY}</article><footer>© The Velm Post</footer></body></html>"
)


def write_raw(folder: Path) -> Path:
    """Write a text dump twice, an HTML page, a feed with a broken line and a page too short, in three folders."""
    other = STORY.replace("weir", "bridge").replace("Velm", "Tarrow").replace("geese", "goats").replace("mill", "inn")
    feed = [{"id": str(n), "text": STORY.replace("Velm", town)} for n, town in enumerate(("Orsk", "Leith", "Harrow"))]
    files = {
        "post/weir.txt": STORY,
        "post/again.txt": STORY,
        "herald/bridge.txt": other,
        "herald/weir.html": PAGE,
        "feed/day.jsonl": "".join(json.dumps(one) + "\n" for one in feed) + '{"id": "broken", "text": \n',
        "feed/short.txt": "Bridge closed\n\nThe bridge at Tarrow is closed until further notice.\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


BRIDGE = """Millers Bridge to close for a year

{day}

The council of Harrow Mill voted to close the old Millers Bridge for a year of repairs to its seven stone arches.

Engineers told the council that two of the seven arches of the bridge had moved by a hand's breadth since last spring.

The repairs to the bridge will cost about nine million crowns, a third of which the county has promised to pay for.
"""


def write_bridge(folder: Path, day: str) -> Path:
    """Write one story as printed on ``day``."""
    folder.mkdir(parents=True)
    (folder / "bridge.txt").write_text(BRIDGE.format(day=day), encoding="utf-8")
    return folder
