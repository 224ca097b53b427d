//! The kinds of pages, one function each: what surrounds the article, and what the article is made of.

mod structures;

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
    ("line breaks between advertisements", structures::line_breaks),
    ("lead outside the body", structures::lead_outside),
    ("short article, teasers", structures::short_with_teasers),
    ("community rules at the end", structures::community_rules),
    ("sidebar first", structures::sidebar_first),
    ("hidden summary", structures::hidden_summary),
    ("lists and quotations", structures::lists_and_quotations),
    ("table of prices", structures::table_of_prices),
    ("round-up", structures::round_up),
    ("two halves", structures::two_halves),
    ("wrapper named sidebar", structures::named_wrapper),
    ("divs without names", structures::no_names),
    ("microdata", structures::microdata),
    ("piece of a page", structures::piece),
    ("logo in a heading", structures::logo_heading),
    ("related cards inside", structures::cards_inside),
    ("second article below", structures::second_below),
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
