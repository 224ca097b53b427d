//! What pages are made of: a headline, paragraphs, menus, boxes, comments.

/// The day on which every page was published.
pub(super) const DAY: &str = "2019-03-12";
/// The same day, as pages print it.
pub(super) const DAY_IN_WORDS: &str = "الثلاثاء 12 مارس 2019 - 16:36";
/// Writers.
const WRITERS: [&str; 4] = ["سامر الخطيب", "ليلى الحمصي", "نادر العمري", "هدى المرزوقي"];
const BODIES: [&str; 8] = [
    "بلدية وادي الرمان",
    "هيئة المياه",
    "إدارة التعليم",
    "غرفة التجارة",
    "جمعية الكتاب",
    "نادي الفروسية",
    "مركز الرصد",
    "لجنة السوق",
];
const PLACES: [&str; 6] =
    ["سهل الكروم", "عين السنديان", "مرج النعناع", "تل الريحان", "واحة السدر", "جسر الغزلان"];
const DEEDS: [&str; 8] = [
    "افتتاح الجسر الجديد على النهر",
    "توسعة المكتبة العامة",
    "صيانة شبكة الري",
    "دورة لتعليم الخط",
    "معرض الكتب القديمة",
    "رصف الطريق الساحلي",
    "زراعة ألف شجرة",
    "محطة الرصد الجوي",
];
const PEOPLE: [&str; 6] = ["المزارعين", "الطلاب", "الصيادين", "السكان", "الحرفيين", "الزوار"];
const MENU: [&str; 12] = [
    "الرئيسية",
    "سياسة",
    "اقتصاد",
    "رياضة",
    "ثقافة",
    "منوعات",
    "صحة",
    "تكنولوجيا",
    "آراء",
    "فيديو",
    "صور",
    "اتصل بنا",
];

/// The parts of one page.
#[derive(Debug, Clone)]
pub struct Parts {
    number: u64,
    /// The headline.
    pub title: String,
    /// The copy.
    pub paragraphs: Vec<String>,
    /// Who wrote it.
    pub writer: &'static str,
    /// Headlines of other articles.
    pub others: Vec<String>,
    /// What readers wrote.
    pub comments: Vec<String>,
}

/// A number that another number and a salt always give.
fn mixed(number: u64, salt: u64) -> u64 {
    let mixed = (number ^ salt.wrapping_mul(0xD1B5_4A32_D192_ED03)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 29)
}

fn pick<'a>(list: &[&'a str], number: u64, salt: u64) -> &'a str {
    list[usize::try_from(mixed(number, salt) % list.len() as u64).unwrap_or_default()]
}

fn sentence(number: u64) -> String {
    let (body, place) = (pick(&BODIES, number, 1), pick(&PLACES, number, 2));
    let (deed, people) = (pick(&DEEDS, number, 3), pick(&PEOPLE, number, 4));
    let count = 11 + mixed(number, 5) % 880;
    match mixed(number, 6) % 5 {
        0 => format!(
            "أعلنت {body} في {place} أمس {deed} بعد عمل استمر {count} يوما، وقالت إن المشروع يخدم {people} كلهم."
        ),
        1 => format!(
            "وقال المتحدث باسم {body} إن {deed} يحتاج إلى {count} عاملا من {people}، وإن البداية ستكون من {place}."
        ),
        2 => format!(
            "ويرى عدد من {people} في {place} أن {deed} تأخر {count} شهرا عن موعده، ويطالبون {body} بالإسراع فيه."
        ),
        3 => format!(
            "وبلغت كلفة {deed} نحو {count} ألف دينار، دفعت {body} نصفها والباقي من تبرعات {people} في {place}."
        ),
        _ => format!(
            "وأضاف أن {body} تدرس {deed} في {place} أيضا، بعد أن سجل {count} من {people} أسماءهم للمشاركة."
        ),
    }
}

impl Parts {
    /// The parts with a number.
    pub fn new(number: u64) -> Self {
        let title = format!(
            "{} تعلن {} في {}",
            pick(&BODIES, number, 11),
            pick(&DEEDS, number, 12),
            pick(&PLACES, number, 13)
        );
        let count = 3 + mixed(number, 14) % 5;
        let paragraph = |part: u64| {
            let sentences = 1 + mixed(number, 100 + part) % 2;
            let sentences = (0..sentences).map(|at| sentence(number * 1000 + part * 10 + at));
            sentences.collect::<Vec<_>>().join(" ")
        };
        let other = |part: u64| {
            let salt = 40 + part;
            format!(
                "{} في {} قبل {} أياما",
                pick(&DEEDS, number, salt),
                pick(&PLACES, number, salt + 20),
                12 + part
            )
        };
        let comment = |part: u64| format!("تعليق القارئ رقم {part}: {}", sentence(number * 7000 + part));
        Self {
            number,
            title,
            paragraphs: (0..count).map(paragraph).collect(),
            writer: pick(&WRITERS, number, 15),
            others: (0..8).map(other).collect(),
            comments: (0..6).map(comment).collect(),
        }
    }

    /// Lines that no article may have.
    pub(super) fn outside(&self) -> Vec<String> {
        let fixed = ["اتصل بنا", "جميع الحقوق محفوظة للموقع", "اشترك في النشرة البريدية"];
        self.others.iter().chain(&self.comments).cloned().chain(fixed.map(str::to_owned)).collect()
    }

    /// A choice of so many, always the same for a page.
    pub(super) fn choice(&self, of: u64, salt: u64) -> u64 {
        mixed(self.number, 200 + salt) % of
    }

    /// A class that means something, or on every other page one that does not.
    pub(super) fn class(&self, meaning: &str) -> String {
        if self.choice(2, 1) == 0 { meaning.to_owned() } else { format!("x{}", meaning.len()) }
    }

    /// The paragraphs, each in an element.
    pub(super) fn wrapped(&self, open: &str, close: &str) -> String {
        self.paragraphs.iter().fold(String::new(), |copy, line| format!("{copy}{open}{line}{close}\n"))
    }

    /// The paragraphs with line breaks between them.
    pub(super) fn broken(&self) -> String {
        self.paragraphs.join("<br />\n<br />")
    }

    #[expect(clippy::unused_self, reason = "it is a part like the others")]
    pub(super) fn menu(&self) -> String {
        let items =
            MENU.iter().fold(String::new(), |list, item| format!("{list}<li><a href=\"/s\">{item}</a></li>"));
        format!("<ul>{items}</ul>")
    }

    /// Linked headlines of other articles.
    pub(super) fn related(&self, label: &str) -> String {
        let items = self
            .others
            .iter()
            .fold(String::new(), |list, item| format!("{list}<li><a href=\"/n\">{item}</a></li>"));
        format!("<h3>{label}</h3><ul>{items}</ul>")
    }

    /// Teasers of other articles: a linked headline and a sentence each.
    pub(super) fn teasers(&self) -> String {
        let teaser = |(place, title): (u64, &String)| {
            format!(
                "<div class=\"card\"><a href=\"/n\"><h4>{title}</h4></a><p>{}</p></div>",
                sentence(self.number * 31 + place)
            )
        };
        (0_u64..).zip(self.others.iter().take(5)).map(teaser).collect()
    }

    pub(super) fn comment_list(&self) -> String {
        let item =
            |text: &String| format!("<li class=\"c\"><b>قارئ</b> <a href=\"#\">رد</a><p>{text}</p></li>");
        format!("<h3>التعليقات</h3><ol>{}</ol>", self.comments.iter().map(item).collect::<String>())
    }

    #[expect(clippy::unused_self, reason = "it is a part like the others")]
    pub(super) fn footer(&self) -> String {
        "<p>اشترك في النشرة البريدية</p><p>جميع الحقوق محفوظة للموقع</p><a href=\"/a\">من نحن</a> <a href=\"/c\">اتصل بنا</a>"
            .to_owned()
    }

    /// The page's head: OpenGraph, on every other page linked data.
    pub(super) fn head(&self) -> String {
        let (title, writer) = (&self.title, self.writer);
        let linked = format!(
            "<script type=\"application/ld+json\">{{\"@type\": \"NewsArticle\", \"headline\": \"{title}\", \"datePublished\": \"{DAY}T16:36:00+03:00\", \"author\": [{{\"@type\": \"Person\", \"name\": \"{writer}\"}}],}}</script>"
        );
        let metas = format!(
            "<meta property=\"og:title\" content=\"{title}\"><meta property=\"og:site_name\" content=\"أخبار الوادي\"><meta property=\"article:published_time\" content=\"{DAY}T16:36:00+03:00\"><meta name=\"author\" content=\"{writer}\">"
        );
        let said = if self.choice(2, 2) == 0 { linked } else { metas };
        format!("<meta charset=\"utf-8\"><title>{title} - أخبار الوادي</title>{said}")
    }

    /// A head that names nothing but the page.
    pub(super) fn bare_head(&self) -> String {
        format!("<meta charset=\"utf-8\"><title>{} - أخبار الوادي</title>", self.title)
    }
}
