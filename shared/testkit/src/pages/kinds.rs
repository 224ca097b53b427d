//! The kinds of pages, one function each: what surrounds the article, and what the article is made of.

use super::parts::{DAY, DAY_IN_WORDS, Parts};

/// A page that was made.
pub(super) struct Made {
    pub(super) html: String,
    /// The article's lines, where they are more than the paragraphs.
    pub(super) body: Option<Vec<String>>,
    pub(super) writer: Option<String>,
    /// The page says when it was published.
    pub(super) day: bool,
}

pub(super) type Make = fn(&Parts) -> Made;

/// All kinds, by name.
pub(super) const KINDS: [(&str, Make); 32] = [
    ("aspnet form with tables", aspnet_tables),
    ("aspnet form with divs", aspnet_divs),
    ("nested tables of 2003", tables_of_2003),
    ("font and center", font_and_center),
    ("blogger", blogger),
    ("wordpress 2010, long comments", wordpress_2010),
    ("wordpress 2016", wordpress_2016),
    ("wordpress blocks", wordpress_blocks),
    ("drupal 7", drupal_7),
    ("drupal 9", drupal_9),
    ("forum thread", forum),
    ("amp", amp),
    ("application state", application_state),
    ("script variable", script_variable),
    ("linked data alone", linked_data_alone),
    ("line breaks between advertisements", line_breaks),
    ("lead outside the body", lead_outside),
    ("short article, teasers", short_with_teasers),
    ("community rules at the end", community_rules),
    ("sidebar first", sidebar_first),
    ("hidden summary", hidden_summary),
    ("lists and quotations", lists_and_quotations),
    ("table of prices", table_of_prices),
    ("round-up", round_up),
    ("two halves", two_halves),
    ("wrapper named sidebar", named_wrapper),
    ("divs without names", no_names),
    ("microdata", microdata),
    ("piece of a page", piece),
    ("logo in a heading", logo_heading),
    ("related cards inside", cards_inside),
    ("second article below", second_below),
];

fn made(head: &str, body: &str, writer: Option<&str>, day: bool) -> Made {
    let html =
        format!("<!DOCTYPE html><html lang=\"ar\" dir=\"rtl\"><head>{head}</head><body>{body}</body></html>");
    Made { html, body: None, writer: writer.map(str::to_owned), day }
}

fn aspnet_tables(parts: &Parts) -> Made {
    let body = format!(
        "<form id=\"aspnetForm\"><table><tr><td>{}</td></tr><tr><td><table><tr><td class=\"articleTitle\"><span id=\"lblTitle\">{}</span></td></tr><tr><td><span>{DAY_IN_WORDS}</span></td></tr><tr><td><div class=\"{}\">{}</div></td></tr><tr><td>المصدر: وكالات</td></tr></table></td><td>{}</td></tr><tr><td>{}</td></tr></table></form>",
        parts.menu(),
        parts.title,
        parts.class("NewsBody"),
        parts.wrapped("<p>", "</p>"),
        parts.related("آخر الأخبار"),
        parts.footer()
    );
    made(&parts.bare_head(), &body, None, true)
}

fn aspnet_divs(parts: &Parts) -> Made {
    let body = format!(
        "<form id=\"form1\"><div>{}</div><div><h1>{}</h1><div>{DAY_IN_WORDS}</div><div>كتب: {}</div>{}</div><div>{}</div><div>{}</div></form>",
        parts.menu(),
        parts.title,
        parts.writer,
        parts.wrapped("<div>", "</div>"),
        parts.related("مواضيع ذات صلة"),
        parts.footer()
    );
    made(&parts.bare_head(), &body, Some(parts.writer), true)
}

fn tables_of_2003(parts: &Parts) -> Made {
    let body = format!(
        "<table width=\"100%\"><tr><td><table><tr><td>{}</td></tr></table><table><tr><td width=\"160\">{}</td><td><table><tr><td><b>{}</b></td></tr><tr><td>[12/مارس/2019]<br>{}</td></tr></table></td></tr></table></td></tr></table><table class=\"footer\"><tr><td>{}</td></tr></table>",
        parts.menu(),
        parts.related("أخبار أخرى"),
        parts.title,
        parts.broken(),
        parts.footer()
    );
    made(&parts.bare_head(), &body, None, true)
}

fn font_and_center(parts: &Parts) -> Made {
    let body = format!(
        "<center>{}<h2><font color=\"red\">{}</font></h2><font size=\"4\">{}</font></center><center>{}</center>{}",
        parts.menu(),
        parts.title,
        parts.broken(),
        parts.related("اقرأ أيضا"),
        parts.footer()
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}

fn blogger(parts: &Parts) -> Made {
    let body = format!(
        "<div class=\"content-outer\"><div class=\"header\"><h1 class=\"title\"><a href=\"/\">أخبار الوادي اليومية</a></h1></div><div class=\"main\"><div class=\"post hentry\"><h3 class=\"post-title\">{}</h3><div class=\"post-body\"><div dir=\"rtl\">{}</div></div><div class=\"post-footer\">مرسلة بواسطة <a rel=\"author\" href=\"/u\">{}</a></div></div><div class=\"comments\" id=\"comments\">{}</div></div><div class=\"sidebar\"><div class=\"widget PopularPosts\">{}</div></div><div class=\"footer\">{}</div></div>",
        parts.title,
        parts.broken(),
        parts.writer,
        parts.comment_list(),
        parts.related("المشاركات الشائعة"),
        parts.footer()
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}

fn wordpress_2010(parts: &Parts) -> Made {
    let body = format!(
        "<div id=\"container\"><div id=\"top\">{}</div><div id=\"content\"><div class=\"post\"><h1 class=\"title\">{}</h1><p class=\"post-meta\">12. مارس, 2019 6 تعليق</p><div class=\"entry\">{}</div></div><div id=\"comments\">{}</div></div><div id=\"sidebar\">{}</div><div id=\"footer\">{}</div></div>",
        parts.menu(),
        parts.title,
        parts.wrapped("<p>", "</p>"),
        parts.comment_list(),
        parts.related("الأكثر قراءة"),
        parts.footer()
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}

fn wordpress_2016(parts: &Parts) -> Made {
    let body = format!(
        "<div class=\"wrapper\"><div class=\"breaking-news\">{}</div><div class=\"container\"><div class=\"content\"><div id=\"crumbs\"><a href=\"/\">الرئيسية</a> / <span>{}</span></div><article class=\"post-listing post tag-news\"><h1 class=\"entry-title\">{}</h1><p class=\"post-meta\">نشرت بواسطة: {} 12 مارس، 2019 في رياضة اضف تعليق</p><div class=\"entry\">{}</div><div class=\"share-post\">شاركها ! tweet</div></article><section id=\"related_posts\">{}</section></div><aside id=\"sidebar\">{}</aside></div><div class=\"footer-bottom\">{}</div></div>",
        parts.related("عاجل"),
        parts.title,
        parts.title,
        parts.writer,
        parts.wrapped("<p>", "</p>"),
        parts.related("مقالات مشابهة"),
        parts.teasers(),
        parts.footer()
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}

fn wordpress_blocks(parts: &Parts) -> Made {
    let body = format!(
        "<div class=\"wp-site-blocks\"><header><nav>{}</nav></header><main class=\"wp-block-group\"><h1 class=\"wp-block-post-title\">{}</h1><time datetime=\"{DAY}T16:36:00+03:00\">12 مارس 2019</time><figure class=\"wp-block-image\"><img src=\"a.jpg\"><figcaption><span>السوق قبل أن تفتح أبوابها للزوار</span></figcaption></figure><div class=\"entry-content wp-block-post-content\">{}</div><div class=\"wp-block-comments\">{}</div></main><footer>{}</footer></div>",
        parts.menu(),
        parts.title,
        parts.wrapped("<p>", "</p>"),
        parts.comment_list(),
        parts.footer()
    );
    made(&parts.bare_head(), &body, None, true)
}

fn drupal_7(parts: &Parts) -> Made {
    let body = format!(
        "<div id=\"page-wrapper\"><div id=\"header\">{}</div><div id=\"content\" class=\"column\"><h1 id=\"page-title\">{}</h1><div class=\"node node-news\"><div class=\"field field-name-post-date\">{DAY_IN_WORDS}</div><div class=\"field field-name-body\"><div class=\"field-items\"><div class=\"field-item even\">{}</div></div></div><div class=\"field field-name-share\">شير على تويتر شير على الفيسبوك</div></div></div><div id=\"sidebar-second\" class=\"sidebar\">{}</div><div id=\"footer-wrapper\">{}</div></div>",
        parts.menu(),
        parts.title,
        parts.wrapped("<p>", "</p>"),
        parts.related("حظك اليوم"),
        parts.footer()
    );
    made(&parts.bare_head(), &body, None, true)
}

fn drupal_9(parts: &Parts) -> Made {
    let body = format!(
        "<div class=\"layout-container\"><nav>{}</nav><main role=\"main\"><div class=\"layout-content\"><article class=\"node node--type-article\"><h1>{}</h1><div class=\"node__meta\"><div class=\"author\">{}</div></div><div class=\"node__content\"><div class=\"text-formatted field--name-body\">{}</div></div><section class=\"comment-wrapper\">{}</section></article></div></main><footer>{}</footer></div>",
        parts.menu(),
        parts.title,
        parts.writer,
        parts.wrapped("<p>", "</p>"),
        parts.comment_list(),
        parts.footer()
    );
    made(&parts.bare_head(), &body, Some(parts.writer), false)
}

fn forum(parts: &Parts) -> Made {
    let replies: String = parts
        .comments
        .iter()
        .map(|text| format!("<table class=\"tborder\"><tr><td class=\"thead\">12-03-2019, 07:21 PM</td></tr><tr><td class=\"alt2\"><a href=\"#\">عضو نشيط</a></td><td class=\"alt1\"><div class=\"post_message\">{text}</div></td></tr></table>"))
        .collect();
    let body = format!(
        "<table class=\"navbar\"><tr><td>{}</td></tr></table><h1>{}</h1><div class=\"{}\"><div class=\"articleText\">{}</div></div><h3>الردود</h3><div id=\"posts\" class=\"comments\">{replies}</div><div>{}</div>",
        parts.menu(),
        parts.title,
        parts.class("article"),
        parts.broken(),
        parts.footer()
    );
    made(&parts.bare_head(), &body, None, false)
}

fn amp(parts: &Parts) -> Made {
    let body = format!(
        "<amp-sidebar id=\"menu\">{}</amp-sidebar><header><a href=\"/\">أخبار الوادي</a></header><article class=\"amp-wp-article\"><header><h1 class=\"amp-wp-title\">{}</h1></header><amp-img src=\"a.jpg\"></amp-img><div class=\"amp-wp-article-content\">{}</div></article><div class=\"amp-related\">{}</div><footer>{}</footer>",
        parts.menu(),
        parts.title,
        parts.wrapped("<p>", "</p>"),
        parts.related("ذات صلة"),
        parts.footer()
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}

fn application_state(parts: &Parts) -> Made {
    let blocks: Vec<String> = parts
        .paragraphs
        .iter()
        .map(|text| format!("{{\"type\": \"paragraph\", \"text\": \"{text}\"}}"))
        .collect();
    let body = format!(
        "<div id=\"__next\"></div><script id=\"__NEXT_DATA__\" type=\"application/json\">{{\"props\": {{\"article\": {{\"blocks\": [{}]}}}}}}</script>",
        blocks.join(",")
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}

fn script_variable(parts: &Parts) -> Made {
    let body = format!(
        "<table class=\"mainc\"><tr><td><script>var article_id = 272; // it's the page's own\nvar article_content = \"{}\";\n</script></td></tr></table>",
        parts.paragraphs.join("<br /><br />")
    );
    made(&parts.head(), &body, Some(parts.writer), true)
}

fn linked_data_alone(parts: &Parts) -> Made {
    let head = format!(
        "<title>{}</title><script type=\"application/ld+json\">// <![CDATA[\n{{\"@graph\": [{{\"@type\": \"WebSite\"}}, {{\"@type\": [\"NewsArticle\"], \"headline\": \"{}\", \"datePublished\": \"{DAY}\", \"author\": \"{}\", \"articleBody\": \"{}\",}}]}}\n// ]]></script>",
        parts.title,
        parts.title,
        parts.writer,
        parts.paragraphs.join("\n")
    );
    made(&head, "<div id=\"root\"><noscript>فعّل جافاسكربت</noscript></div>", Some(parts.writer), true)
}

fn line_breaks(parts: &Parts) -> Made {
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

fn lead_outside(parts: &Parts) -> Made {
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

fn short_with_teasers(parts: &Parts) -> Made {
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

fn community_rules(parts: &Parts) -> Made {
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

fn sidebar_first(parts: &Parts) -> Made {
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

fn hidden_summary(parts: &Parts) -> Made {
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

fn lists_and_quotations(parts: &Parts) -> Made {
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

fn table_of_prices(parts: &Parts) -> Made {
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

fn round_up(parts: &Parts) -> Made {
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

fn two_halves(parts: &Parts) -> Made {
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

fn named_wrapper(parts: &Parts) -> Made {
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

fn no_names(parts: &Parts) -> Made {
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

fn microdata(parts: &Parts) -> Made {
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

fn piece(parts: &Parts) -> Made {
    let html = format!(
        "<div class=\"article-page\"><h1 class=\"article-title\">{}</h1><div class=\"article-details\">{}</div></div>",
        parts.title,
        parts.wrapped("<p>", "</p>")
    );
    Made { html, body: None, writer: None, day: false }
}

fn logo_heading(parts: &Parts) -> Made {
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

fn cards_inside(parts: &Parts) -> Made {
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

fn second_below(parts: &Parts) -> Made {
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
