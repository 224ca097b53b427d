//! Pages of our own in every structure that the test kit knows, and twenty in ten layouts, with classes that mean something and classes that do not: all content is kept,
//! all page chrome is gone. The texts are our own.

use ingest::Envelope;
use naba::pipeline::Pipeline;
use naba_record::Enriched;

const TITLE: &str = "البلدية تفتتح الجسر الجديد على النهر";
const CONTENT: [&str; 5] = [
    "افتتح رئيس البلدية صباح اليوم الجسر الجديد الذي يربط ضفتي النهر وسط المدينة، بعد ثلاث سنوات من العمل المتواصل فيه.",
    "وقال المهندس المشرف على الجسر إن أربعة مسارات في كل اتجاه تكفي لحركة السير في السنوات العشر المقبلة.",
    "أرقام المشروع",
    "بلغت كلفة الجسر عشرين مليونا، وعمل فيه ثلاثمئة عامل على مدى ثلاثة أعوام، وفق بيان البلدية الذي صدر أمس.",
    "وأضاف البيان أن الإنارة تعمل بالطاقة الشمسية وأن ممرا للدراجات يفتتح في الربيع المقبل على الجانب الشرقي.",
];
const CHROME: [&str; 9] = [
    "الرئيسية",
    "سياسة",
    "اقتصاد",
    "معرض للكتب القديمة في الساحة",
    "دورة لتعليم الخط في المركز",
    "جميع الحقوق محفوظة",
    "اشترك في النشرة البريدية",
    "فيسبوك",
    "من نحن",
];

/// The article's inner elements in a layout: `p`, `div`s, `br`s, nested `div`s, a quotation, a list.
fn copy(layout: usize) -> String {
    let [a, b, heading, c, d] = CONTENT;
    match layout {
        0 | 5 => format!("<p>{a}</p><p>{b}</p><h2>{heading}</h2><p>{c}</p><p>{d}</p>"),
        1 | 6 => format!("<div>{a}</div><div>{b}</div><h3>{heading}</h3><div>{c}</div><div>{d}</div>"),
        2 | 7 => format!("{a}<br><br>{b}<br>{heading}<br />{c}<br>\n{d}"),
        3 => format!(
            "<div><div><div>{a}</div></div></div><div><div>{b}</div></div><div>{heading}</div><div><p>{c}</p><p>{d}</p></div>"
        ),
        4 => format!(
            "<p>{a}</p><blockquote>{b}</blockquote><h2>{heading}</h2><ul><li>{c}</li><li>{d}</li></ul>"
        ),
        8 => format!(
            "<p dir=\"rtl\"><span>{a}</span></p><p><strong>{b}</strong></p><h4>{heading}</h4><p>{c}</p><p>{d}</p>"
        ),
        _ => format!(
            "<section><p>{a}</p><p>{b}</p></section><section><h2>{heading}</h2><p>{c}</p><p>{d}</p></section>"
        ),
    }
}

/// A page: `named` gives its elements the classes of a theme, otherwise they have none that mean anything.
fn page(layout: usize, named: bool) -> String {
    let class =
        |meaning: &str| if named { format!(" class=\"{meaning}\"") } else { " class=\"x1\"".to_owned() };
    let links = |texts: &[&str]| {
        texts.iter().fold(String::new(), |list, text| format!("{list}<li><a href=\"/x\">{text}</a></li>"))
    };
    let [home, politics, economy, first, second, rights, letter, facebook, about] = CHROME;
    let (menu, footer) = if layout.is_multiple_of(2) { ("nav", "footer") } else { ("div", "div") };
    let menu =
        format!("<{menu}{}><ul>{}</ul></{menu}>", class("main-menu"), links(&[home, politics, economy]));
    let related = format!(
        "<div{}><h3>مواضيع ذات صلة</h3><ul>{}</ul></div>",
        class("related-posts"),
        links(&[first, second])
    );
    let share = format!(
        "<div{}><a href=\"#\">{facebook}</a> <a href=\"#\">تويتر</a> <a href=\"#\">واتساب</a></div>",
        class("share-buttons")
    );
    let figure = "<figure><img src=\"a.jpg\"><figcaption>صورة أرشيفية</figcaption></figure>";
    let stamp = "<time datetime=\"2024-03-05T10:00:00+03:00\">الثلاثاء 5 مارس 2024</time>";
    let article = format!(
        "<h1>{TITLE}</h1>{stamp}{figure}<div{}>{}</div>{share}{related}",
        class("entry-content"),
        copy(layout)
    );
    let article = match layout {
        5 => format!("<main><article{}>{article}</article></main>", class("post")),
        6 => format!("<table><tr><td>{article}</td></tr></table>"),
        _ => format!("<div{}><div>{article}</div></div>", class("content")),
    };
    let side =
        format!("<div{}><h4>الأكثر قراءة</h4><ul>{}</ul></div>", class("sidebar"), links(&[second, first]));
    let end = format!(
        "<{footer}{}><p>{letter}</p><p>{rights} © 2024</p><a href=\"/a\">{about}</a></{footer}>",
        class("site-footer")
    );
    let head = format!(
        "<head><meta charset=\"utf-8\"><title>{TITLE} - موقع</title><script type=\"application/ld+json\">{{\"@graph\": [{{\"@type\": \"NewsArticle\", \"headline\": \"{TITLE}\", \"datePublished\": \"2024-03-05T10:00:00+03:00\", \"author\": [{{\"name\": \"سالم العمر\"}}], \"inLanguage\": \"ar\"}}]}}</script><style>p {{ color: red }}</style></head>"
    );
    format!(
        "<!doctype html><html lang=\"ar\" dir=\"rtl\">{head}<body>{menu}{article}{side}{end}<script>alert('ا')</script></body></html>"
    )
}

fn enriched(pipeline: &Pipeline, html: &str) -> Enriched {
    let envelope = Envelope { content_type: Some("text/html".to_owned()), ..Envelope::default() };
    pipeline.enrich(html.as_bytes(), &envelope).expect("a record")
}

#[test]
fn twenty_pages_keep_their_content_and_lose_their_chrome() {
    let pipeline = Pipeline::built_in().expect("the pipeline");
    for layout in 0..10 {
        for named in [true, false] {
            let record = enriched(&pipeline, &page(layout, named));
            let place = format!("layout {layout}, named classes: {named}");
            assert_eq!(record.title.as_deref(), Some(TITLE), "{place}");
            assert_eq!(record.body.lines().collect::<Vec<_>>(), CONTENT, "{place}");
            assert_eq!(record.published_at.as_deref(), Some("2024-03-05T10:00:00+03:00"), "{place}");
            assert_eq!(record.byline.as_deref(), Some("سالم العمر"), "{place}");
            for chrome in CHROME {
                assert!(!record.body.contains(chrome), "{place}: {chrome}");
            }
        }
    }
}

/// Kinds of which something is still missing.
const UNFINISHED: [&str; 4] = ["divs without names", "second article below", "drupal 9", "linked data alone"];

#[test]
fn pages_of_every_kind_keep_their_article_and_nothing_else() {
    let pipeline = Pipeline::built_in().expect("the pipeline");
    let pages = naba_testkit::pages::all(1).into_iter().chain(naba_testkit::pages::all(2));
    for page in pages.filter(|page| !UNFINISHED.contains(&page.kind)) {
        let record = enriched(&pipeline, &page.html);
        let kind = page.kind;
        assert_eq!(record.title.as_deref(), Some(page.title.as_str()), "{kind}");
        assert_eq!(record.body.lines().collect::<Vec<_>>(), page.body, "{kind}");
        if page.writer.is_some() {
            assert_eq!(record.byline, page.writer, "{kind}");
        }
        if let Some(day) = page.day {
            assert!(
                record.published_at.as_deref().unwrap_or_default().starts_with(day),
                "{kind}: {:?}",
                record.published_at
            );
        }
        for line in &page.outside {
            assert!(!record.body.contains(line.as_str()), "{kind}: {line}");
        }
    }
}

#[test]
fn what_is_left_out_is_told_and_a_page_without_an_article_says_so() {
    let pipeline = Pipeline::built_in().expect("the pipeline");
    let page =
        naba_testkit::pages::all(3).into_iter().find(|page| page.kind == "wordpress 2010, long comments");
    let record = enriched(&pipeline, &page.expect("the kind").html);
    let facts = record.page.expect("a page's facts");
    let kinds: Vec<&str> = facts.left_out.iter().map(|part| part.kind.as_str()).collect();
    assert!(
        kinds.contains(&"comments") && kinds.contains(&"sidebar") && kinds.contains(&"footer"),
        "{kinds:?}"
    );
    assert!(
        facts
            .left_out
            .iter()
            .all(|part| part.lines > 0 && part.words > 0 && part.path.starts_with("/html/body"))
    );
    assert!(facts.origins.iter().any(|origin| origin.field == "title" && origin.origin == "heading"));
    let links = "<li><a href=\"/n\">معرض للكتب القديمة في ساحة المدينة</a></li>".repeat(40);
    let section = format!("<html><head><title>رياضة</title></head><body><ul>{links}</ul></body></html>");
    let envelope = Envelope { content_type: Some("text/html".to_owned()), ..Envelope::default() };
    let article = ingest::ingest(section.as_bytes(), &envelope, "2026-01-01T00:00:00Z").expect("a text");
    assert_eq!(article.quality, ["no_article"]);
}

#[test]
fn damaged_pages_are_put_right_before_they_are_read() {
    let pipeline = Pipeline::built_in().expect("the pipeline");
    let damaged = naba_text::repair::Damage::UTF_8_AS_WINDOWS_1252.harm(&page(0, true)).expect("a damage");
    let record = enriched(&pipeline, &damaged);
    assert_eq!(record.body.lines().collect::<Vec<_>>(), CONTENT);
    assert!(record.quality.contains(&"mojibake_repaired".to_owned()));
}
