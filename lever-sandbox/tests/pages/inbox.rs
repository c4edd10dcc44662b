//! Mails, from the SMTP dialogue to the page.

use std::net::SocketAddr;

use lever_sandbox::Options;
use reqwest::StatusCode;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::support::world;

/// A mail client that says exactly what it is told.
struct Smtp(BufReader<TcpStream>);

impl Smtp {
    async fn connect(address: SocketAddr) -> Self {
        let mut smtp = Self(BufReader::new(TcpStream::connect(address).await.unwrap()));
        assert_eq!(smtp.reply().await, 220);
        smtp
    }

    async fn say(&mut self, line: &str) -> u16 {
        self.0.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        self.reply().await
    }

    /// The code of a reply's last line (RFC 5321 §4.2.1).
    async fn reply(&mut self) -> u16 {
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).await.unwrap() > 0, "the server hung up");
            if line.as_bytes()[3] == b' ' {
                return line[..3].parse().unwrap();
            }
        }
    }

    /// One whole mail (RFC 5321 §3.3).
    async fn send(&mut self, to: &[&str], message: &str) -> u16 {
        assert_eq!(self.say("EHLO portal.example").await, 250);
        assert_eq!(self.say("MAIL FROM:<hello@portal.example>").await, 250);
        for to in to {
            assert_eq!(self.say(&format!("RCPT TO:<{to}>")).await, 250);
        }
        assert_eq!(self.say("DATA").await, 354);
        self.say(&format!("{message}\r\n.")).await
    }
}

const INVITATION: &str = "From: \"Acme hiring\" <jobs@acme.example>\r\n\
    To: Ada Byron <ada@example.com>\r\n\
    Subject: =?utf-8?Q?Your_assessment_=E2=9C=93?=\r\n\
    MIME-Version: 1.0\r\n\
    Content-Type: multipart/alternative; boundary=b\r\n\
    \r\n\
    --b\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    Content-Transfer-Encoding: quoted-printable\r\n\
    \r\n\
    Dear Ada,\r\n\
    start here: https://portal.example/assessment/abc?x=3D1.\r\n\
    ..a line that began with a dot\r\n\
    --b\r\n\
    Content-Type: text/html; charset=utf-8\r\n\
    \r\n\
    <p>Dear <b>Ada</b>, <a href=\"https://portal.example/assessment/abc?x=1\">start</a>\r\n\
    or read <a href=\"https://portal.example/privacy?a=1&amp;b=2\">this</a>.</p><script>alert(1)</script>\r\n\
    --b--";

#[tokio::test]
async fn a_mail_is_read_and_shown() {
    let mut world = world(Options::default()).await;
    assert!(world.browser.get("/inbox").await.text().contains("No emails yet"));
    let mut smtp = Smtp::connect(world.lever.smtp_addr).await;
    assert_eq!(smtp.send(&["ada@example.com"], INVITATION).await, 250);
    assert_eq!(smtp.say("QUIT").await, 221);

    let list = world.browser.get("/inbox").await;
    assert_eq!(list.texts(".mails strong"), ["ada@example.com"]);
    assert_eq!(list.texts(".mails .subject"), ["Your assessment ✓"]);
    let mail = world.browser.get(&list.attrs(".mails a", "href")[0]).await;
    assert!(mail.text().contains("jobs@acme.example"));
    assert!(mail.texts("pre")[0].contains(".a line that began with a dot"));
    assert!(!mail.texts("pre")[0].contains("..a line"));
    assert_eq!(
        mail.attrs(".list a", "href"),
        ["https://portal.example/assessment/abc?x=1", "https://portal.example/privacy?a=1&b=2"]
    );

    let frame = mail.attrs("iframe", "src")[0].clone();
    assert!(!mail.attrs("iframe", "sandbox")[0].contains("script"));
    let html = world.browser.get(&frame).await;
    assert!(html.body.contains("<b>Ada</b>"));
    let policy = html.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"));
    assert!(!policy.contains("script-src") && !policy.contains("allow-scripts"));

    let page = world.browser.submit(&mail_list_form(&list), &[]).await;
    assert!(page.text().contains("No emails yet"));
    assert_eq!(world.browser.get(&frame).await.status, StatusCode::NOT_FOUND);
}

fn mail_list_form(list: &crate::support::Page) -> crate::support::Form {
    list.form("/inbox/clear")
}

#[tokio::test]
async fn the_newest_mail_is_on_top_and_one_connection_carries_several() {
    let mut world = world(Options::default()).await;
    let mut smtp = Smtp::connect(world.lever.smtp_addr).await;
    for subject in ["first", "second"] {
        let message = format!("From: a@b.example\r\nSubject: {subject}\r\n\r\nHello");
        assert_eq!(smtp.send(&["x@example.com", "y@example.com"], &message).await, 250);
    }
    let list = world.browser.get("/inbox").await;
    assert_eq!(list.texts(".mails .subject"), ["second", "first"]);
    assert_eq!(list.texts(".mails strong"), ["x@example.com, y@example.com"; 2]);
}

#[tokio::test]
async fn a_mail_of_plain_text_has_no_frame_and_html_alone_has_text() {
    let mut world = world(Options::default()).await;
    let mut smtp = Smtp::connect(world.lever.smtp_addr).await;
    smtp.send(&["x@example.com"], "Subject: plain\r\n\r\n<b>not bold</b> https://one.example/a").await;
    smtp.send(&["x@example.com"], "Subject: html\r\nContent-Type: text/html\r\n\r\n<p>Only <i>this</i></p>")
        .await;
    let links = world.browser.get("/inbox").await.attrs(".mails a", "href");
    let html = world.browser.get(&links[0]).await;
    assert_eq!(html.texts("iframe").len(), 1);
    assert!(html.texts("pre")[0].contains("Only this"));
    let plain = world.browser.get(&links[1]).await;
    assert_eq!(plain.texts("iframe").len(), 0);
    assert!(plain.texts("pre")[0].contains("<b>not bold</b>"));
    assert_eq!(plain.attrs(".list a", "href"), ["https://one.example/a"]);
}

#[tokio::test]
async fn what_is_no_mail_is_kept_all_the_same_and_nonsense_is_refused() {
    let mut world = world(Options::default()).await;
    let mut smtp = Smtp::connect(world.lever.smtp_addr).await;
    assert_eq!(smtp.say("DATA").await, 503);
    assert!(smtp.say("HOCUS POCUS").await >= 500);
    assert_eq!(smtp.send(&["x@example.com"], "\r\njust words").await, 250);
    let list = world.browser.get("/inbox").await;
    assert_eq!(list.texts(".mails .subject"), ["(no subject)"]);
    let mail = world.browser.get(&list.attrs(".mails a", "href")[0]).await;
    assert!(mail.texts("pre")[0].contains("just words"));
}

#[tokio::test]
async fn a_mail_beyond_ten_megabytes_is_refused() {
    let world = world(Options::default()).await;
    let mut smtp = Smtp::connect(world.lever.smtp_addr).await;
    let line = format!("{}\r\n", "x".repeat(998));
    let message = format!("Subject: long\r\n\r\n{}", line.repeat(10_600));
    assert_eq!(smtp.send(&["x@example.com"], &message).await, 552);
}

#[tokio::test]
async fn stopping_closes_the_connections() {
    let world = world(Options::default()).await;
    let address = world.lever.smtp_addr;
    let mut smtp = Smtp::connect(address).await;
    world.lever.stop().await;
    let mut rest = String::new();
    assert_eq!(smtp.0.read_line(&mut rest).await.unwrap_or(0), 0);
    assert!(TcpStream::connect(address).await.is_err());
}
