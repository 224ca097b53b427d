"""The frame of a generated page: what a content management system prints round an article.

Styles, scripts and the state that they start from, a menu with its sections, marks to share by, a side column, cards of
other articles and a foot with its columns: some fifty kilobytes, of which none is copy. Every visible line of it is given
back, so that it can be counted who leaves what in.
"""

import html
import json
import random
from collections.abc import Callable

#: Entries of each part.
SECTIONS, LINKS, CARDS, SIDE_ENTRIES, FOOT_COLUMNS = 8, 5, 8, 10, 4
#: Rules of style, and entries of the state for the scripts: some kilobytes each.
STYLE_RULES, STATE_ENTRIES = 120, 90

MENU = ["الرئيسية", "محليات", "اقتصاد", "ثقافة", "رياضة", "من نحن", "اتصل بنا"]
FOOTER = "جميع الحقوق محفوظة لصحيفة المرفأ الأزرق"
SHARE = ["شارك على فيسبوك", "شارك على تويتر", "أرسل إلى صديق", "اطبع الصفحة"]
SIDE_HEADINGS = ["الأكثر قراءة", "آخر الأخبار"]
ICON = '<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="{}"/></svg>'


class Frame:
    """The frame of one page. `headline` invents the headlines of other articles."""

    def __init__(self, seed: int, headline: Callable[[random.Random], str]) -> None:
        self.seed = seed
        self.headline = headline
        #: Every visible line of the frame, once the page is made.
        self.lines: list[str] = []

    def page(self, title: str, paragraphs: str) -> str:
        """The page round paragraphs of HTML, the same one every time."""
        self.chance, self.lines = random.Random(self.seed), []
        return (
            f'<!doctype html>\n<html lang="ar" dir="rtl">\n<head>\n{self.head(title)}\n</head>\n<body class="single rtl">\n'
            f'<header class="site-header"><div class="container"><nav class="main-menu"><ul>{self.menu()}</ul></nav></div>'
            f'</header>\n<main id="content"><div class="row"><article class="post"><h1>{html.escape(title)}</h1>\n'
            f'<div class="share-bar"><ul>{self.share()}</ul></div>\n<div class="entry-content">\n{paragraphs}\n</div>\n'
            f'</article>\n<aside class="sidebar">{self.side()}</aside></div>\n'
            f'<section class="related-posts"><div class="grid">{self.cards()}</div></section></main>\n'
            f'<footer class="site-footer"><div class="columns">{self.foot()}</div></footer>\n{self.scripts()}\n</body>\n</html>'
        )

    def say(self, line: str) -> str:
        """A visible line of the frame, escaped."""
        self.lines.append(line)
        return html.escape(line)

    def head(self, title: str) -> str:
        """Metadata, styles and the scripts that stand first."""
        name = html.escape(title, quote=True)
        metas = "\n".join(
            f'<meta property="{key}" content="{value}">'
            for key, value in [
                ("og:type", "article"), ("og:title", name), ("og:site_name", "المرفأ الأزرق"), ("og:locale", "ar_AR"),
                ("og:image:width", "1200"), ("og:image:height", "630"), ("twitter:card", "summary_large_image"),
                ("twitter:title", name),
            ]
        )
        links = "\n".join(f'<link rel="preload" as="font" href="/fonts/{self.number()}.woff2" crossorigin>' for _ in range(6))
        rules = "\n".join(
            f".c{self.number()}{{margin:{self.number()}px auto;padding:0 {self.number()}px;color:#{self.number():06x};"
            f"line-height:1.{self.number()}}}"
            for _ in range(STYLE_RULES)
        )
        return (
            f'<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n{metas}\n{links}\n<style>\n{rules}\n</style>\n'
            f'<script>window.dataLayer=window.dataLayer||[];function gtag(){{dataLayer.push(arguments)}}</script>'
        )

    def number(self) -> int:
        """A number of up to three digits."""
        return self.chance.randrange(1000)

    def link(self, line: str) -> str:
        """A link with a line of text."""
        return f'<a href="/news/{self.number()}/{self.number()}" class="link-{self.number()}">{self.say(line)}</a>'

    def menu(self) -> str:
        """The sections of the menu, most of them with entries of their own."""
        first = "".join(f"<li>{self.link(name)}</li>" for name in MENU)
        more = "".join(
            f'<li class="menu-item has-children">{self.link(f"قسم {section + 1}")}<ul class="sub-menu">'
            + "".join(f"<li>{self.link(f'باب {section + 1}.{entry + 1}')}</li>" for entry in range(LINKS))
            + "</ul></li>"
            for section in range(SECTIONS)
        )
        return first + more

    def share(self) -> str:
        """Marks to share by, each with its drawing."""
        return "".join(f'<li><a href="#">{ICON.format(self.drawing())}<span>{self.say(name)}</span></a></li>' for name in SHARE)

    def drawing(self) -> str:
        """The outline of an icon."""
        return " ".join(f"M{self.number()} {self.number()}l{self.number()} {self.number()}" for _ in range(12))

    def side(self) -> str:
        """The side column: lists of other articles."""
        return "".join(
            f'<div class="widget"><h3>{self.say(heading)}</h3><ol>'
            + "".join(
                f'<li><div class="thumb"><img src="/img/{self.number()}.jpg" alt="" loading="lazy"></div>'
                f"{self.link(self.headline(self.chance))}</li>"
                for _ in range(SIDE_ENTRIES)
            )
            + "</ol></div>"
            for heading in SIDE_HEADINGS
        )

    def cards(self) -> str:
        """Cards of other articles below this one."""
        return "".join(
            f'<div class="card"><a href="/news/{self.number()}"><picture><source srcset="/img/{self.number()}.webp">'
            f'<img src="/img/{self.number()}.jpg" alt=""></picture></a><h4>{self.link(self.headline(self.chance))}</h4></div>'
            for _ in range(CARDS)
        )

    def foot(self) -> str:
        """The columns of the foot, and whose page it is."""
        columns = "".join(
            "<ul>" + "".join(f"<li>{self.link(f'خدمة {column + 1}.{entry + 1}')}</li>" for entry in range(LINKS)) + "</ul>"
            for column in range(FOOT_COLUMNS)
        )
        return f"{columns}<p>{self.say(FOOTER)}</p>"

    def scripts(self) -> str:
        """The state that scripts start from, and scripts."""
        state = [
            {"id": self.number(), "headline": self.headline(self.chance), "path": f"/news/{self.number()}", "views": self.number()}
            for _ in range(STATE_ENTRIES)
        ]
        tags = "\n".join(f'<script async src="/js/{self.number()}.js"></script>' for _ in range(8))
        return f'<script id="__STATE__" type="application/json">{json.dumps(state, ensure_ascii=False)}</script>\n{tags}'
