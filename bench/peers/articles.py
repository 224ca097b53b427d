"""What the contestants read: the five seeds, and articles that a small generator invents.

Every generated sentence is put together from the word lists below, so nothing is copied from anywhere and the
same number always gives the same article.
"""

import html
import json
import random
from dataclasses import dataclass
from pathlib import Path

from frames import Frame

#: A generated article has at least so many bytes of copy.
COPY_BYTES = 3_600
#: Every so many generated articles, one is a reprint of the article before it.
REPRINT_EVERY = 5
#: Kinds of removed pieces that naba keeps in fields of their own.
STAMPS = {"title", "kicker", "dateline", "source", "timestamp"}

SPEAKERS = [
    "رئيس البلدية", "أمين المكتبة", "مهندس المشروع", "الناطق الإعلامي", "عميد الكلية", "مدير الميناء",
    "نقيب الصيادين", "المشرف الزراعي", "حارس المتحف", "أمين السوق", "خبير المياه", "رئيس النادي",
    "طبيب المستشفى", "كبير الباحثين", "مفتش الطرق", "شيخ الحرفيين",
]
SAYINGS = ["أكد", "أعلن", "ذكر", "أوضح", "بيّن", "كشف", "أفاد", "رأى"]
PLACES = [
    "وادي الزيتون", "تل الريحان", "عين السنديان", "رأس المرجان", "سهل الكروم", "جسر الغزلان", "مرج النعناع",
    "باب الرمان", "خليج اللؤلؤ", "قرية المنارة", "واحة السدر", "ضفة القصب", "حي الورّاقين", "بلدة الصفصاف",
    "مدينة النخيل", "جبل الضباب",
]
TIMES = [
    "صباح الأحد", "مساء الاثنين", "ظهر الثلاثاء", "أمس الأربعاء", "يوم الخميس", "هذا الأسبوع", "مطلع الشهر",
    "قبل أيام", "خلال العام", "منذ الربيع",
]
PROJECTS = [
    "السوق الجديدة", "محطة التحلية", "حديقة الأطفال", "مدرسة الحرف", "قناة الري", "مكتبة الحي", "ورشة الفخار",
    "دار الكتاب", "سكة القطار", "فرقة الإنقاذ", "قاعة الموسيقى", "حاضنة البذور", "ساحة الشاطئ",
    "تعاونية الزيتون", "جمعية الصيادين", "مطحنة القمح",
]
STATES = [
    "بلغت مرحلتها الأخيرة", "تحتاج تمويلاً إضافياً", "فتحت أبوابها مجاناً", "سبقت موعدها المعلن",
    "تجاوزت أهدافها الأولى", "تنتظر موافقة المجلس", "نالت رضا الزوار", "وفرت فرص عمل", "تعمل بطاقة نظيفة",
    "أثارت نقاشاً واسعاً", "استعادت زوارها القدامى", "تأخرت بسبب الأمطار",
]
PEOPLE = [
    "المتطوعين", "المزارعين", "الطلاب", "الحرفيين", "الصيادين", "الزوار", "المعلمين", "المهندسين", "السكان",
    "الباحثين", "العمال", "الرسامين",
]
DEEDS = [
    "شاركوا في", "سجلوا أسماءهم لأجل", "طلبوا توسيع", "ساهموا في", "ينتظرون نتائج", "زاروا بلا مقابل",
    "تبرعوا لصالح", "راقبوا عن قرب", "درسوا طويلاً", "اعترضوا على",
]
GOODS = [
    "التمور", "الصوف", "العسل", "الفخار", "زيت الزيتون", "الأسماك", "الورد المجفف", "القطن", "الرمان", "الملح",
    "الكتب المستعملة", "القوارب الصغيرة",
]
MOVES = [
    "استقبلت", "صدّرت", "خزّنت", "عرضت", "وزّعت", "اشترت", "نقلت", "باعت",
]
UNITS = ["شاحنة", "حمولة", "سلة", "علبة", "حزمة", "جرة"]
COMPARISONS = [
    "بزيادة واضحة عن", "بأقل قليلاً من", "بما يقارب ضعف", "على خلاف", "كما حدث في", "بتحسن ملحوظ بعد",
]
SEASONS = [
    "الموسم الماضي", "شتاء العام السابق", "أعوام الجفاف", "الصيف الفائت", "أول المواسم", "موسم الحصاد",
]
HOPES = [
    "ستواصل عملها", "ستضم قسماً ثالثاً", "ستنتقل إلى الجوار", "ستعتمد أسلوباً آخر", "ستخفض رسومها",
    "ستبدأ تدريب الشباب", "ستراجع جدولها", "ستستضيف ضيوفاً جدداً",
]
REASONS = [
    "نظراً إلى وفرة", "رغم ارتفاع ثمن", "بفضل تجارة", "بعد تراجع إنتاج", "تشجيعاً لبيع", "لأن الطلب زاد على",
]
FOLLOW_US = "تابعوا آخر الأخبار عبر قناتنا على تلغرام"


@dataclass
class Article:
    """An article as it is printed, and which of its lines are copy."""

    title: str
    #: Every line as it is printed, in order.
    lines: list[str]
    #: The lines of the copy.
    copy: list[str]
    #: The pieces round the copy: boilerplate, and the headline and stamps that belong in fields of their own.
    boilerplate: list[str]
    #: Those of the pieces that are headline and stamps: an extractor may keep them with a good conscience.
    stamps: list[str]
    #: What only the page has round the article; the seeds' pages are bare.
    frame: Frame | None = None
    #: Whether it prints the copy of the article before it.
    reprint: bool = False

    @property
    def generated(self) -> bool:
        """Whether the generator made it."""
        return self.frame is not None

    def text(self) -> str:
        """The article as plain text."""
        return "\n".join(self.lines)

    def page(self) -> str:
        """The article as a web page: bare, or inside a frame where it has one."""
        if self.frame:
            return self.frame.page(self.title, paragraphs(self.lines[1:]))
        title = html.escape(self.title)
        return f"<html><head><title>{title}</title></head><body>\n{paragraphs(self.lines)}\n</body></html>"


def paragraphs(lines: list[str]) -> str:
    """Every line as a paragraph."""
    return "\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines)


def filled_lines(text: str) -> list[str]:
    """The lines that are not empty."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def seeds(folder: Path) -> list[Article]:
    """The seed articles; their expected records say what is copy."""
    articles = []
    for path in sorted(folder.glob("*.txt")):
        golden = json.loads((folder / "golden" / f"{path.stem}.json").read_text(encoding="utf-8"))
        lines = filled_lines(path.read_text(encoding="utf-8"))
        pieces = [(piece["kind"], line) for piece in golden["removed"] for line in filled_lines(piece["text"])]
        boilerplate = [line for _, line in pieces]
        stamps = [line for kind, line in pieces if kind in STAMPS]
        articles.append(Article(golden.get("title", ""), lines, filled_lines(golden["body"]), boilerplate, stamps))
    return articles


def generated(count: int) -> list[Article]:
    """Invented articles, the same ones every time."""
    articles: list[Article] = []
    for number in range(count):
        if number % REPRINT_EVERY == REPRINT_EVERY - 1:
            articles.append(reprint(articles[-1]))
        else:
            articles.append(invented(random.Random(number)))
    return articles


def invented(chance: random.Random) -> Article:
    """An article of about 4 kB, printed as a newspaper's page prints one."""
    copy: list[str] = []
    while sum(len(line.encode()) for line in copy) < COPY_BYTES:
        copy.append(" ".join(sentence(chance) for _ in range(chance.randint(2, 3))))
    return printed(headline(chance), copy, [headline(chance) for _ in range(3)], chance.choice(PLACES))


def printed(title: str, copy: list[str], related: list[str], place: str) -> Article:
    """The copy between a headline and a dateline above and what a page hangs on below."""
    above = [title, f"{place} - المرفأ الأزرق"]
    below = ["/انتهى/", FOLLOW_US, "https://t.me/almarfa_example", "اقرأ أيضا", *related]
    return Article(title, above + copy + below, copy, above + below, above, Frame(len(copy[0]), headline))


def reprint(original: Article) -> Article:
    """The same copy under another headline, without its last paragraph."""
    copy = original.copy[:-1]
    article = printed(f"عن الصحف: {original.title}", copy, original.boilerplate[-3:], "مدينة النخيل")
    article.reprint = True
    return article


def headline(chance: random.Random) -> str:
    """A few words without a full stop."""
    pick = chance.choice
    return f"{pick(PROJECTS)} في {pick(PLACES)} {pick(STATES)} {pick(TIMES)}"


def sentence(chance: random.Random) -> str:
    """A sentence of one of three shapes."""
    pick = chance.choice
    shape = chance.randrange(3)
    if shape == 0:
        return (
            f"{pick(SAYINGS)} {pick(SPEAKERS)} في {pick(PLACES)} {pick(TIMES)} أن {pick(PROJECTS)} {pick(STATES)}، "
            f"وأن {chance.randint(101, 990)} من {pick(PEOPLE)} {pick(DEEDS)} {pick(PROJECTS)}."
        )
    if shape == 1:
        return (
            f"و{pick(MOVES)} {pick(PROJECTS)} {pick(TIMES)} {chance.randint(101, 990)} {pick(UNITS)} من {pick(GOODS)} "
            f"إلى {pick(PLACES)}، {pick(COMPARISONS)} {pick(SEASONS)}."
        )
    return (
        f"وأضاف {pick(SPEAKERS)} أن {pick(PROJECTS)} {pick(HOPES)} {pick(TIMES)}، {pick(REASONS)} {pick(GOODS)} "
        f"في {pick(PLACES)}."
    )


#: Dates in the forms that Arabic pages print, and the day that each one names.
DATES = {
    "19 يناير 2022": "2022-01-19",
    "الأربعاء ١٩ يناير ٢٠٢٢": "2022-01-19",
    "الخميس، 4 أبريل 2024": "2024-04-04",
    "4 نيسان 2024": "2024-04-04",
    "١٩ كانون الثاني ٢٠٢٢": "2022-01-19",
    "8 سبتمبر/أيلول 2025": "2025-09-08",
    "السبت 10 يناير-كانون الثاني 2026": "2026-01-10",
    "الأربعاء 02 أيلول , 2020 06:51 بتوقيت مدينة بيروت": "2020-09-02",
    "4 أفريل 2024": "2024-04-04",
    "5 جويلية 2023": "2023-07-05",
    "15 غشت 2023": "2023-08-15",
    "2025-09-08": "2025-09-08",
    "02/07/2012": "2012-07-02",
    "١٩/٠١/٢٠٢٢ ٧:١٣:٤١ م": "2022-01-19",
    "تاريخ النشر: 26.05.2026 | 16:36 GMT": "2026-05-26",
    "آخر تحديث: 11 أغسطس 2015 - 13:15": "2015-08-11",
    "26 شوال 1436 هـ الموافق 11 أغسطس 2015 م": "2015-08-11",
    "25 رمضان 1445": "2024-04-04",
    "22 بهمن 1357": "1979-02-11",
    "الأحد 7 أيار 2023 الساعة 11 صباحاً": "2023-05-07",
}
