"""The rules for templates and stylesheets that a program can see: long lines and unknown class names."""

from __future__ import annotations

import re
from collections.abc import Collection

from astral.templatetags.icons import SPORT_ICONS
from tests.support.paths import ROOT

LONGEST_LINE = 120
APPS = ("astral", "athletes", "metrics", "coaching")
TEMPLATES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.html"))
STYLESHEETS = sorted(path for app in APPS for path in (ROOT / app / "static").rglob("*.css"))
SCRIPTS = sorted(path for app in APPS for path in (ROOT / app / "static").glob("*/*.js"))
CLASS_IN_SCRIPT = re.compile(r"""\bclass(?:Name ?[=:] ?|: ?|List\.\w+\()["'`]([^"'`]*)["'`]""")
CLASS_NAME = re.compile(r"\.([a-z][\w-]*)")
SET_BY_CODE = {
    "htmx-request",
    "success",
    "warning",
    "error",
    "info",
    "good",
    "critical",
    "icon",
}  # htmx, messages, badges, icons
STYLE_A_LIBRARY = {"admin.css", "documentation.css"}  # the admin and Swagger UI have templates of their own
TREND_ICONS = {"up", "down", "steady"}
SPRITE = ROOT / "astral" / "static" / "astral" / "icons.svg"


def test_a_template_line_is_at_most_120_characters_long():
    assert len(TEMPLATES) > 50
    long_lines = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > LONGEST_LINE
    ]
    assert long_lines == []


def read_styled_classes(*, without: Collection[str] = ()) -> set[str]:
    """The class names in the selectors of all stylesheets."""
    paths = [path for path in STYLESHEETS if path.name not in without]
    text = "".join(re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL) for path in paths)
    return {name for selector in re.findall(r"([^{}]+)\{", text) for name in CLASS_NAME.findall(selector)}


def read_used_classes(*, without: Collection[str] = ()) -> set[str]:
    """The class names in templates and scripts.

    A name with a variable part, as `chart-line-{{ … }}`, ends with a hyphen.
    """
    texts = [path.read_text() for path in TEMPLATES if path.name not in without]
    attributes = "\n".join(attribute for text in texts for attribute in re.findall(r'class="([^"]*)"', text))
    scripts = "\n".join(
        name
        for path in SCRIPTS
        for name in CLASS_IN_SCRIPT.findall(re.sub(r"\$\{.*?\}", " ", path.read_text()))
    )
    return set(re.sub(r"\{[{%].*?[%}]\}", " ", f"{attributes}\n{scripts}").split())


def test_every_class_of_a_template_is_styled():
    styled, used = read_styled_classes(), read_used_classes()
    assert len(styled) > 80
    prefixes = {name for name in used if name.endswith("-")}
    assert used - prefixes - styled == set()


def test_every_styled_class_is_used():
    styled = read_styled_classes(without={*STYLE_A_LIBRARY, "style.css"})
    used = read_used_classes(without={"style.html"})
    prefixes = tuple(name for name in used if name.endswith("-"))
    unused = {name for name in styled - used if not name.startswith(prefixes)}
    assert unused - SET_BY_CODE == set()


def test_the_sprite_has_the_used_icons_and_no_others():
    named = "".join(path.read_text() for path in TEMPLATES)
    used = set(re.findall(r'{% icon "([\w-]+)" %}', named)) | {"sport", *SPORT_ICONS.values()} | TREND_ICONS
    assert set(re.findall(r'<symbol id="([\w-]+)"', SPRITE.read_text())) == used
