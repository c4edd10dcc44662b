//! From the bytes of a message to what a person reads of it.

use linkify::{LinkFinder, LinkKind};
use mail_parser::{Address, MessageParser};
use scraper::{Html, Selector};

use super::message::{Envelope, Mail};

/// Reads a message; what cannot be parsed is kept as its own text, since a
/// mailbox that swallows a broken mail hides the fault that broke it.
pub(super) fn read(envelope: &Envelope, raw: &[u8]) -> Mail {
    let mut mail = Mail {
        id: 0,
        received_at: 0,
        from: envelope.from.clone(),
        to: envelope.to.join(", "),
        subject: String::new(),
        text: String::new(),
        html: None,
        links: Vec::new(),
    };
    let Some(message) = MessageParser::default().parse(raw) else {
        mail.text = String::from_utf8_lossy(raw).into_owned();
        return mail;
    };
    if let Some(from) = message.from().and_then(first_address) {
        mail.from = from;
    }
    mail.subject = message.subject().unwrap_or_default().to_owned();
    mail.text = message.body_text(0).map(|text| text.replace("\r\n", "\n")).unwrap_or_default();
    // `body_html` would also turn plain text into HTML; only a real HTML part counts.
    mail.html = message
        .html_bodies()
        .find(|part| part.is_text_html())
        .and_then(|part| part.text_contents())
        .map(str::to_owned);
    mail.links = links(&mail.text, mail.html.as_deref());
    mail
}

fn first_address(address: &Address<'_>) -> Option<String> {
    address.first().and_then(|a| a.address.as_deref()).map(str::to_owned)
}

fn links(text: &str, html: Option<&str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |link: &str| {
        let web = link.starts_with("http://") || link.starts_with("https://");
        if web && !found.iter().any(|known| known == link) {
            found.push(link.to_owned());
        }
    };
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    finder.links(text).for_each(|link| add(link.as_str()));
    if let Some(html) = html {
        let anchors = Selector::parse("a[href]").expect("a constant selector that parses");
        for anchor in Html::parse_document(html).select(&anchors) {
            anchor.value().attr("href").into_iter().for_each(&mut add);
        }
    }
    found
}
