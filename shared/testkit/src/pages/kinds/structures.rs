//! Pages by what they are made of rather than by the system that made them.

use super::super::parts::{DAY, DAY_IN_WORDS, Parts};
use super::{Made, made};

pub(super) fn line_breaks(parts: &Parts) -> Made {
    let body = format!(
        "<div>{}</div><div class=\"{}\"><h1>{}</h1>{}<div class=\"ads\">إعلان</div></div><div>{}</div><div>{}</div>",
        parts.menu(),
        parts.class("details"),
        parts.title,
        parts.broken(),
        parts.teasers(),
        parts.footer()
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}

pub(super) fn lead_outside(parts: &Parts) -> Made {
    let (lead, rest) = parts.paragraphs.split_first().expect("paragraphs");
    let rest: String = rest.iter().map(|line| format!("<p>{line}</p>")).collect();
    let body = format!(
        "<div class=\"nav\">{}</div><div class=\"head\"><h1>{}</h1></div><div class=\"l-main\"><div class=\"b-article\"><div class=\"b-article__info\">{DAY_IN_WORDS}</div><div class=\"b-article__lead\"><p>{lead}</p></div><div class=\"b-article__text\">{rest}</div><div class=\"b-article__refs\">{}</div></div><div class=\"l-sidebar\">{}</div></div><div class=\"footer\">{}</div>",
        parts.menu(),
        parts.title,
        parts.related("انظر أيضا"),
        parts.teasers(),
        parts.footer()
    );
    made(&parts.bare_head(), &body, None, true)
}

pub(super) fn short_with_teasers(parts: &Parts) -> Made {
    let only = parts.paragraphs[0].clone();
    let body = format!(
        "<div>{}</div><div class=\"{}\"><article><header><h1>{}</h1></header><div class=\"article_body\"><p>{only}</p></div></article></div><section><h1>إقرأ أيضاً ..</h1>{}</section><div class=\"footer\">{}</div>",
        parts.menu(),
        parts.class("columns"),
        parts.title,
        parts.teasers(),
        parts.footer()
    );
    Made { body: Some(vec![only]), ..made(&parts.head(), &body, Some(parts.writer), true) }
}

pub(super) fn community_rules(parts: &Parts) -> Made {
    let rules: String = (0..9)
        .map(|rule| format!("<p>المادة {rule}: لا يجوز للمستخدم أن ينشر في تعليقاته ما يسيء إلى غيره، وللإدارة أن تحذف التعليق من دون إشعار سابق.</p>"))
        .collect();
    let body = format!(
        "<div>{}</div><div><h1>{}</h1><div class=\"{}\">{}</div></div><div class=\"modal-window window-comments-rules\"><h3>معايير المجتمع</h3>{rules}</div><div>{}</div>",
        parts.menu(),
        parts.title,
        parts.class("story-body"),
        parts.wrapped("<p>", "</p>"),
        parts.footer()
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}

pub(super) fn sidebar_first(parts: &Parts) -> Made {
    let body = format!(
        "<div class=\"{}\">{}</div><div class=\"{}\"><h4>الأكثر مشاهدة</h4>{}</div><div><h1>{}</h1><div>{DAY_IN_WORDS}</div>{}</div><div>{}</div>",
        parts.class("menu"),
        parts.menu(),
        parts.class("right"),
        parts.teasers(),
        parts.title,
        parts.wrapped("<p>", "</p>"),
        parts.footer()
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}

pub(super) fn hidden_summary(parts: &Parts) -> Made {
    let body = format!(
        "<div>{}</div><div><h1>{}</h1><div style=\"display: none;\">{}</div><div>{}</div></div><div aria-hidden=\"true\">{}</div><div>{}</div>",
        parts.menu(),
        parts.title,
        parts.comments[0],
        parts.wrapped("<p>", "</p>"),
        parts.teasers(),
        parts.footer()
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}

pub(super) fn lists_and_quotations(parts: &Parts) -> Made {
    let list = ["دراجات هوائية للصغار", "كتب مستعملة", "أدوات زراعية خفيفة"];
    let items = format!("<li>{}</li><li><a href=\"/t\">{}</a></li><li>{}</li>", list[0], list[1], list[2]);
    let (first, rest) = parts.paragraphs.split_first().expect("paragraphs");
    let quote = "«السوق بيتنا الثاني، وما يباع فيه صنعناه بأيدينا منذ عشرين عاما».";
    let rest_lines: String = rest.iter().map(|line| format!("<p>{line}</p>")).collect();
    let body = format!(
        "<nav>{}</nav><article><h1>{}</h1><div class=\"post-content\"><p>{first}</p><ul>{items}</ul><blockquote>{quote}</blockquote>{rest_lines}</div></article><div>{}</div>",
        parts.menu(),
        parts.title,
        parts.footer()
    );
    let mut lines = vec![first.clone()];
    lines.extend(list.map(str::to_owned));
    lines.push(quote.to_owned());
    lines.extend(rest.iter().cloned());
    Made { body: Some(lines), ..made(&parts.head(), &body, Some(parts.writer), true) }
}

pub(super) fn table_of_prices(parts: &Parts) -> Made {
    let rows = "<tr><th>الصنف</th><th>السعر بالدينار</th></tr><tr><td>البندورة</td><td>300</td></tr><tr><td>الخيار</td><td>250</td></tr>";
    let (first, rest) = parts.paragraphs.split_first().expect("paragraphs");
    let rest_lines: String = rest.iter().map(|line| format!("<p>{line}</p>")).collect();
    let body = format!(
        "<nav>{}</nav><div class=\"{}\"><h1>{}</h1><p>{first}</p><table>{rows}</table>{rest_lines}</div><footer>{}</footer>",
        parts.menu(),
        parts.class("news-text"),
        parts.title,
        parts.footer()
    );
    let mut lines = vec![first.clone()];
    lines.extend(["الصنف السعر بالدينار", "البندورة 300", "الخيار 250"].map(str::to_owned));
    lines.extend(rest.iter().cloned());
    Made { body: Some(lines), ..made(&parts.head(), &body, Some(parts.writer), true) }
}

pub(super) fn round_up(parts: &Parts) -> Made {
    let heads: Vec<String> =
        (0..parts.paragraphs.len()).map(|at| format!("خبر الساعة رقم {at} من المدينة كلها")).collect();
    let pairs = heads.iter().zip(&parts.paragraphs);
    let copy: String =
        pairs.clone().map(|(head, line)| format!("<p><a href=\"/n\">{head}</a></p><p>{line}</p>")).collect();
    let body = format!(
        "<div class=\"article-page\"><h1>{}</h1><div class=\"article-main-img\"><div class=\"article-picture-caption\">صورة من السوق في الصباح</div></div><div class=\"article-details\">{copy}</div></div><div>{}</div>",
        parts.title,
        parts.footer()
    );
    let lines = pairs.flat_map(|(head, line)| [head.clone(), line.clone()]).collect();
    Made { body: Some(lines), ..made(&parts.head(), &body, Some(parts.writer), true) }
}

pub(super) fn two_halves(parts: &Parts) -> Made {
    let (first, second) = parts.paragraphs.split_at(parts.paragraphs.len() / 2);
    let half = |lines: &[String]| lines.iter().map(|line| format!("<p>{line}</p>")).collect::<String>();
    let body = format!(
        "<div>{}</div><div><h1>{}</h1><div class=\"para\">{}</div><div class=\"ad-box\"><a href=\"/x\">إعلان</a></div><div class=\"para\">{}</div></div><div>{}</div><div>{}</div>",
        parts.menu(),
        parts.title,
        half(first),
        half(second),
        parts.related("قد يعجبك"),
        parts.footer()
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}

pub(super) fn named_wrapper(parts: &Parts) -> Made {
    let body = format!(
        "<div id=\"main-content\" class=\"container sidebar-left widget-page\"><div>{}</div><div class=\"post-inner\"><h1>{}</h1><div class=\"entry\">{}</div></div><aside>{}</aside></div><div>{}</div>",
        parts.menu(),
        parts.title,
        parts.wrapped("<p>", "</p>"),
        parts.related("آخر الأخبار"),
        parts.footer()
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}

pub(super) fn no_names(parts: &Parts) -> Made {
    let body = format!(
        "<div><div>{}</div><div><div><h2>{}</h2><div>{}</div></div><div>{}</div></div><div>{}</div></div>",
        parts.menu(),
        parts.title,
        parts.wrapped("<div><div>", "</div></div>"),
        parts.teasers(),
        parts.footer()
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}

pub(super) fn microdata(parts: &Parts) -> Made {
    let body = format!(
        "<form id=\"Form\"><div>{}</div><div itemscope itemtype=\"http://schema.org/NewsArticle\"><span itemprop=\"name\">{}</span><span itemprop=\"datePublished\" content=\"{DAY} 16:36\">الثلاثاء مارس 12, 2019</span><div>أ أ أ</div><div itemprop=\"articleBody\">{}</div></div><div>{}</div><div>{}</div></form>",
        parts.menu(),
        parts.title,
        parts.broken(),
        parts.related("أكثر الأخبار مشاهدة"),
        parts.footer()
    );
    let head = format!("{}<meta property=\"og:title\" content=\"{}\">", parts.bare_head(), parts.title);
    made(&head, &body, None, true)
}

pub(super) fn piece(parts: &Parts) -> Made {
    let html = format!(
        "<div class=\"article-page\"><h1 class=\"article-title\">{}</h1><div class=\"article-details\">{}</div></div>",
        parts.title,
        parts.wrapped("<p>", "</p>")
    );
    Made { html, body: None, writer: None, day: false }
}

pub(super) fn logo_heading(parts: &Parts) -> Made {
    let body = format!(
        "<header><h1><a href=\"/\">أخبار الوادي</a></h1><nav>{}</nav></header><div class=\"{}\"><h2>{}</h2><p class=\"caption\">ساحة السوق صباح أمس</p>{}</div><div>{}</div>",
        parts.menu(),
        parts.class("single"),
        parts.title,
        parts.wrapped("<p>", "</p>"),
        parts.footer()
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}

pub(super) fn cards_inside(parts: &Parts) -> Made {
    let (first, rest) = parts.paragraphs.split_first().expect("paragraphs");
    let rest: String = rest.iter().map(|line| format!("<p>{line}</p>")).collect();
    let cards: String = parts
        .others
        .iter()
        .take(3)
        .map(|title| format!("<div class=\"rel-item\"><a href=\"/n\">{title}</a></div>"))
        .collect();
    let body = format!(
        "<nav>{}</nav><main><h1>{}</h1><section class=\"article-content\"><p>{first}</p><div class=\"rel-group\"><div>أخبار ذات صلة</div>{cards}</div>{rest}</section></main><footer>{}</footer>",
        parts.menu(),
        parts.title,
        parts.footer()
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}

pub(super) fn second_below(parts: &Parts) -> Made {
    let second: String = parts.comments.iter().map(|line| format!("<p>{line}</p>")).collect();
    let body = format!(
        "<nav>{}</nav><div id=\"feed\"><article><h1>{}</h1><div class=\"article-body\">{}</div></article><article><h1>{}</h1><div class=\"article-body\">{}</div></article></div><footer>{}</footer>",
        parts.menu(),
        parts.title,
        parts.wrapped("<p>", "</p>"),
        parts.others[0],
        second.split_at(second.find("</p>").unwrap_or_default()).0,
        parts.footer()
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}
