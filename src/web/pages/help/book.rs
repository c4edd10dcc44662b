//! The pages of `docs/help`, made from their Markdown once, and the search through their sections.

use crate::db::search::folded;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use std::sync::LazyLock;

/// The page that names the portal's own addresses.
pub(super) const SET_UP: &str = "set-up";

/// What stands in the texts for the portal's address.
const PORTAL: &str = "{portal}";

/// Characters of a section that a search shows.
const EXCERPT: usize = 180;

/// More words than these are not looked for.
const WORDS: usize = 8;

/// The files, in the order of the contents. A file here is a page.
const FILES: [(&str, &str); 7] = [
    (SET_UP, include_str!("../../../../docs/help/set-up.md")),
    ("stages", include_str!("../../../../docs/help/stages.md")),
    ("rules", include_str!("../../../../docs/help/rules.md")),
    ("tags", include_str!("../../../../docs/help/tags.md")),
    ("states", include_str!("../../../../docs/help/states.md")),
    ("faq", include_str!("../../../../docs/help/faq.md")),
    ("single-sign-on", include_str!("../../../../docs/single-sign-on.md")),
];

static PAGES: LazyLock<Vec<HelpPage>> =
    LazyLock::new(|| FILES.iter().map(|(slug, text)| HelpPage::read(slug, text)).collect());

/// A page of the help.
pub(super) struct HelpPage {
    /// Its place below `/help/`.
    pub slug: &'static str,
    pub title: String,
    /// What follows the title.
    html: String,
    pub sections: Vec<HelpSection>,
}

/// A heading of a page, and what stands under it.
pub(super) struct HelpSection {
    /// The id of the heading; empty for what stands before the first.
    pub id: String,
    pub heading: String,
    text: String,
}

/// A section that a search found.
pub(super) struct Found {
    pub path: String,
    pub page: &'static str,
    pub heading: &'static str,
    pub excerpt: String,
}

/// All pages, in the order of the contents.
pub(super) fn pages() -> &'static [HelpPage] {
    &PAGES
}

/// One page.
pub(super) fn page(slug: &str) -> Option<&'static HelpPage> {
    PAGES.iter().find(|page| page.slug == slug)
}

/// The sections in which each word stands, those with all of them in the heading first.
pub(super) fn search(query: &str) -> Vec<Found> {
    let query = folded(query);
    let words: Vec<&str> = query.split_whitespace().take(WORDS).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(bool, Found)> = Vec::new();
    for page in pages() {
        for section in &page.sections {
            let heading = folded(&format!("{} {}", page.title, section.heading));
            let is_heading = words.iter().all(|word| heading.contains(word));
            let text = folded(&section.text);
            if is_heading || words.iter().all(|word| heading.contains(word) || text.contains(word)) {
                found.push((!is_heading, section.found(page, &words)));
            }
        }
    }
    found.sort_by_key(|(is_text, _)| *is_text);
    found.into_iter().map(|(_, found)| found).collect()
}

impl HelpPage {
    fn read(slug: &'static str, text: &str) -> Self {
        let events: Vec<Event<'_>> = Parser::new_ext(text, Options::ENABLE_TABLES).collect();
        let mut page = Self { slug, title: String::new(), html: String::new(), sections: Vec::new() };
        let mut body: Vec<Event<'_>> = Vec::with_capacity(events.len());
        let mut section = HelpSection { id: String::new(), heading: String::new(), text: String::new() };
        let mut is_title = false;
        for (at, event) in events.iter().enumerate() {
            match event {
                Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => is_title = true,
                Event::End(TagEnd::Heading(HeadingLevel::H1)) => is_title = false,
                Event::Text(words) if is_title => page.title.push_str(words),
                Event::Start(Tag::Heading { level, classes, attrs, .. }) => {
                    let heading = words_of(&events[at..]);
                    let id = anchor(&heading);
                    let next = HelpSection { id: id.clone(), heading, text: String::new() };
                    page.sections.push(std::mem::replace(&mut section, next));
                    body.push(Event::Start(Tag::Heading {
                        level: *level,
                        id: Some(id.into()),
                        classes: classes.clone(),
                        attrs: attrs.clone(),
                    }));
                }
                Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                    body.push(Event::Start(Tag::Link {
                        link_type: *link_type,
                        dest_url: in_portal(dest_url),
                        title: title.clone(),
                        id: id.clone(),
                    }));
                }
                _ => body.push(event.clone()),
            }
            match event {
                Event::Text(words) | Event::Code(words) => section.text.push_str(words),
                Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell) | Event::SoftBreak => {
                    section.text.push(' ');
                }
                _ => {}
            }
        }
        page.sections.push(section);
        // What stands before the first heading is the title, and perhaps a paragraph.
        page.sections.retain(|section| !section.id.is_empty() || section.text.trim() != page.title);
        html::push_html(&mut page.html, body.into_iter());
        page
    }

    /// Its address.
    pub(super) fn path(&self) -> String {
        format!("/help/{}", self.slug)
    }

    /// What follows the title, with this portal's address.
    pub(super) fn at(&self, base_url: &str) -> String {
        self.html.replace(PORTAL, &escaped(base_url.trim_end_matches('/')))
    }

    /// The headings, for the contents.
    pub(super) fn headings(&self) -> impl Iterator<Item = &HelpSection> {
        self.sections.iter().filter(|section| !section.id.is_empty())
    }
}

impl HelpSection {
    fn found(&'static self, page: &'static HelpPage, words: &[&str]) -> Found {
        let path = if self.id.is_empty() { page.path() } else { format!("{}#{}", page.path(), self.id) };
        Found { path, page: &page.title, heading: &self.heading, excerpt: self.excerpt(words) }
    }

    /// The text around the first word that was looked for.
    fn excerpt(&self, words: &[&str]) -> String {
        let whole: Vec<&str> = self.text.split_whitespace().filter(|word| *word != PORTAL).collect();
        let is_wanted = |word: &&str| {
            let word = folded(word);
            words.iter().any(|wanted| word.contains(wanted))
        };
        let first = whole.iter().position(is_wanted).unwrap_or(0).saturating_sub(8);
        let mut excerpt = String::from(if first > 0 { "… " } else { "" });
        for word in &whole[first..] {
            if excerpt.chars().count() + word.chars().count() > EXCERPT {
                excerpt.push('…');
                break;
            }
            excerpt.push_str(word);
            excerpt.push(' ');
        }
        excerpt.trim_end().to_owned()
    }
}

/// The words of a heading that begins here.
fn words_of(events: &[Event<'_>]) -> String {
    let inside = events.iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
    inside
        .filter_map(|event| match event {
            Event::Text(words) | Event::Code(words) => Some(words.as_ref()),
            _ => None,
        })
        .collect()
}

/// `What a rule sets` is `what-a-rule-sets`, as other readers of Markdown have it.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// `rules.md#saving-a-change` leads to the page of the portal.
fn in_portal<'t>(link: &CowStr<'t>) -> CowStr<'t> {
    match link.split_once(".md") {
        Some((slug, rest)) if !slug.contains('/') => format!("/help/{slug}{rest}").into(),
        _ => link.clone(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_a_title_and_headings_that_links_find() {
        for page in pages() {
            assert!(!page.title.is_empty(), "{}", page.slug);
            assert!(page.headings().count() >= 3, "{}", page.slug);
            let mut ids: Vec<&str> = page.headings().map(|section| section.id.as_str()).collect();
            ids.sort_unstable();
            let all = ids.len();
            ids.dedup();
            assert_eq!(ids.len(), all, "{}: two headings with one id", page.slug);
        }
    }

    #[test]
    fn links_between_the_pages_lead_somewhere() {
        for of in pages() {
            for link in of.html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                let (path, id) = link.split_once('#').unwrap_or((link, ""));
                let to = path.strip_prefix("/help/").and_then(page);
                let to = to.unwrap_or_else(|| panic!("{}: {link}", of.slug));
                assert!(
                    id.is_empty() || to.headings().any(|section| section.id == id),
                    "{}: {link}",
                    of.slug
                );
            }
        }
    }

    /// Every `ui::help("…")` of the templates.
    #[test]
    fn links_from_the_pages_lead_to_a_heading() {
        let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"))];
        let mut count = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder of templates") {
                let path = entry.expect("a template").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).expect("a template's text");
                for link in text.split("ui::help(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                    let (slug, id) = link.split_once('#').unwrap_or((link, ""));
                    let to = page(slug).unwrap_or_else(|| panic!("{}: {link}", path.display()));
                    let is_there = id.is_empty() || to.headings().any(|section| section.id == id);
                    assert!(is_there, "{}: {link}", path.display());
                    count += 1;
                }
            }
        }
        assert!(count >= 15, "{count} links");
    }

    #[test]
    fn every_word_must_be_found_and_headings_come_first() {
        let found = search("blocked origins");
        assert_eq!(
            (found[0].path.as_str(), found[0].heading),
            ("/help/rules#blocked-origins", "Blocked origins")
        );
        assert!(search("blocked zebra").is_empty());
        assert!(search("   ").is_empty());
        let found = search("MISSPELT tags");
        assert_eq!(found[0].path, "/help/tags#misspelt-tags");
        assert!(found.iter().all(|one| one.excerpt.chars().count() <= EXCERPT + 3));
    }

    #[test]
    fn the_portals_address_is_escaped() {
        let page = page(SET_UP).expect("the set-up guide");
        let html = page.at("https://portal.example/a\"<b>/");
        assert!(html.contains("https://portal.example/a&quot;&lt;b&gt;/settings/integrations"), "{html}");
        assert!(!html.contains(PORTAL));
    }
}
