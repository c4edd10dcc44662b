//! What all drawings share: the opening tag with a name and a description, and escaping.

use std::fmt::Write;

use askama::filters::{Escaper, Html};

/// An `<svg>` that is one image to a screen reader, with its title and, unless it is empty, its description.
pub(crate) fn open(id: &str, width: usize, height: usize, title: &str, description: &str) -> String {
    let mut out = String::with_capacity(4096);
    let described =
        if description.is_empty() { String::new() } else { format!(" aria-describedby=\"{id}-desc\"") };
    write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-labelledby=\"{id}-title\"{described}><title id=\"{id}-title\">{}</title>",
        escape(title),
    )
    .expect("writing to a String cannot fail");
    if !description.is_empty() {
        write!(out, "<desc id=\"{id}-desc\">{}</desc>", escape(description))
            .expect("writing to a String cannot fail");
    }
    out
}

/// Text made safe for element content and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    Html.write_escaped_str(&mut out, text).expect("writing to a String cannot fail");
    out
}
