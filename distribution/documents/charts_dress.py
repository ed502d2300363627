"""Our own clothes for what pygal draws: attributes on each part, in place of its style sheet and its script."""

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

LETTER = 15
GONE = frozenset({"script", "style", "title", "desc"})
UNDRAWN = frozenset({"tooltip", "background", "text-overlay", "showable"})


def dressed(
    root: Any,
    worn: Sequence[Mapping[str, str]],
    *,
    ink: str,
    guide: str,
    axis: str,
    letters: str,
    is_lying: bool,
    above: Sequence[str] | None,
) -> Any:
    """The drawing with attributes on each part: `worn` for each serie in turn, `above` the names that go above their lines."""
    for one in list(root.iter()):
        is_element = isinstance(one.tag, str)
        words = set((one.get("class") or "").split()) if is_element else set()
        is_gone = not is_element or _name(one) in GONE or bool(words & UNDRAWN)
        if is_gone and one.getparent() is not None:
            one.getparent().remove(one)
    for one in root.iter():
        name, words = _name(one), set((one.get("class") or "").split())
        if name == "text":
            _set(one, {"font-family": letters, "font-size": str(LETTER), "fill": ink})
        if "guide" in words:
            _set(one, {"stroke": guide, "stroke-width": "1", "fill": "none"})
        elif "line" in words and name == "path":
            _set(one, {"stroke": axis, "stroke-width": "1", "fill": "none"})
    _dress_axes(root, across="y" if is_lying else "x")
    if above:
        _lift(root, above)
    for place, clothes in enumerate(worn):
        for part in _of_class(root, f"serie-{place}"):
            _dress_serie(part, clothes)
    for place, legend in enumerate(root.xpath("//*[local-name()='g'][contains(@class, 'activate-serie')]")):
        if place < len(worn):
            _dress_legend(legend, worn[place])
    for one in root.iter():
        one.attrib.pop("class", None)
        one.attrib.pop("style", None)
        one.attrib.pop("id", None)
    root.set("width", root.get("viewBox").split()[2])
    root.set("height", root.get("viewBox").split()[3])
    return root


def _dress_axes(root: Any, *, across: str) -> None:
    """Numbers under or beside the lines; no line for each label."""
    for axis, anchor in (("x", "middle"), ("y", "end")):
        for group in _of_class(root, "axis", axis):
            for text in group.iter("{*}text"):
                text.set("text-anchor", anchor)
            if axis == across:
                for line in _of_class(group, "guide"):
                    line.getparent().remove(line)


def _lift(root: Any, names: Sequence[str]) -> None:
    """Each name above its line, from the left."""
    texts = [text for axis in _of_class(root, "axis", "y") for text in axis.iter("{*}text")]
    for text, name in zip(texts, names, strict=True):
        text.text = name
        _set(text, {"x": "4", "y": f"{float(text.get('y')) - 17:.1f}", "text-anchor": "start"})


def _dress_serie(part: Any, clothes: Mapping[str, str]) -> None:
    for one in part.iter():
        if _name(one) in {"rect", "path", "circle", "line"}:
            _set(one, clothes)


def _dress_legend(legend: Any, clothes: Mapping[str, str]) -> None:
    for box in legend.iter("{*}rect"):
        is_line = clothes["fill"] == "none"
        _set(box, {"fill": clothes["stroke"] if is_line else clothes["fill"]})
        if "stroke-dasharray" in clothes:
            # A dotted line has a hollow box, so that colour is not alone in telling them apart.
            _set(box, {"fill": "none", "stroke": clothes["stroke"], "stroke-width": "3"})


def _of_class(root: Any, *words: str) -> list[Any]:
    wanted = set(words)
    return [one for one in root.iter() if wanted <= set((one.get("class") or "").split())]


def _name(one: Any) -> str:
    return str(etree.QName(one).localname) if isinstance(one.tag, str) else ""


def _set(one: Any, attributes: Mapping[str, str]) -> None:
    for name, value in attributes.items():
        one.set(name, value)
