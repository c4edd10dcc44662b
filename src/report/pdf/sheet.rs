//! Lays a document out: what stands where on which page, and in which order it is read. Nothing is
//! written yet, so a line knows its page before a page begins.

use super::fonts::{Drawable, Weight};
use krilla::tagging::{ListNumbering, TableHeaderScope, Tag, TagKind};
use std::num::NonZeroU16;

/// A4, in points.
pub(super) const WIDTH: f32 = 595.0;
pub(super) const HEIGHT: f32 = 842.0;
pub(super) const LEFT: f32 = 56.0;
pub(super) const RIGHT: f32 = WIDTH - 56.0;
const TOP: f32 = 56.0;
const BOTTOM: f32 = HEIGHT - 64.0;

/// Red, green, blue.
pub(super) type Colour = [u8; 3];
pub(super) const INK: Colour = [28, 31, 40];
pub(super) const MUTED: Colour = [92, 98, 112];
pub(super) const LINE: Colour = [214, 218, 226];
pub(super) const SOFT: Colour = [238, 240, 245];
pub(super) const ACCENT: Colour = [52, 84, 196];

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub size: f32,
    pub weight: Weight,
    pub colour: Colour,
}

pub(super) const BODY: Style = Style { size: 9.5, weight: Weight::Regular, colour: INK };
pub(super) const QUIET: Style = Style { colour: MUTED, ..BODY };
pub(super) const STRONG: Style = Style { weight: Weight::Bold, ..BODY };

/// A place in the tree of what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node(pub usize);

/// What is drawn.
pub(super) enum Draw {
    /// A line of text; its left end on the base line.
    Text { at: (f32, f32), style: Style, text: Drawable },
    /// A filled box: left, top, width, height.
    Box { at: (f32, f32, f32, f32), colour: Colour },
}

/// Something on a page; what belongs to no node is decoration.
pub(super) struct Placed {
    pub page: usize,
    pub draw: Draw,
    pub node: Option<Node>,
}

/// What a node of the tree holds, in reading order.
pub(super) enum Kid {
    Node(Node),
    /// By its place among all that is drawn.
    Drawn(usize),
}

/// A heading, for the outline.
pub(super) struct Heading {
    pub text: String,
    pub page: usize,
    pub top: f32,
}

/// A document in the making.
pub(super) struct Sheet {
    pub placed: Vec<Placed>,
    pub tree: Vec<(TagKind, Vec<Kid>)>,
    /// The nodes at the top, in order.
    pub roots: Vec<Node>,
    pub headings: Vec<Heading>,
    pub page: usize,
    /// The top of what comes next.
    pub y: f32,
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub left: f32,
    pub width: f32,
    pub is_number: bool,
}

impl Sheet {
    pub(super) fn new() -> Self {
        Self { placed: vec![], tree: vec![], roots: vec![], headings: vec![], page: 0, y: TOP }
    }

    /// A node below another, or at the top.
    pub(super) fn node(&mut self, parent: Option<Node>, tag: impl Into<TagKind>) -> Node {
        let node = Node(self.tree.len());
        self.tree.push((tag.into(), vec![]));
        match parent {
            Some(parent) => self.tree[parent.0].1.push(Kid::Node(node)),
            None => self.roots.push(node),
        }
        node
    }

    fn place(&mut self, draw: Draw, node: Option<Node>) {
        if let Some(node) = node {
            self.tree[node.0].1.push(Kid::Drawn(self.placed.len()));
        }
        self.placed.push(Placed { page: self.page, draw, node });
    }

    /// Decoration on the page of now.
    pub(super) fn fill(&mut self, left: f32, top: f32, width: f32, height: f32, colour: Colour) {
        self.place(Draw::Box { at: (left, top, width, height), colour }, None);
    }

    /// Begins a page unless so much fits on this one.
    pub(super) fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.page += 1;
            self.y = TOP;
        }
    }

    pub(super) fn gap(&mut self, height: f32) {
        self.y += height;
    }

    /// One line whose top is at `top`.
    fn line(&mut self, node: Node, text: &str, style: Style, left: f32, top: f32) {
        let text = style.weight.drawable(text);
        let base = top + style.size;
        self.place(Draw::Text { at: (left, base), style, text }, Some(node));
    }

    /// A text in as many lines as it takes; lines that do not fit go to the next page.
    pub(super) fn text(&mut self, node: Node, text: &str, style: Style, left: f32, width: f32) {
        for line in wrap(text, style, width) {
            self.need(style.size * 1.45);
            let top = self.y;
            self.line(node, &line, style, left, top);
            self.y += style.size * 1.45;
        }
    }

    /// A paragraph over the whole width.
    pub(super) fn paragraph(&mut self, text: &str, style: Style) {
        let node = self.node(None, Tag::P);
        self.text(node, text, style, LEFT, RIGHT - LEFT);
    }

    /// A heading, which stays with what follows.
    pub(super) fn heading(&mut self, level: u16, text: &str, size: f32) {
        self.need(size * 1.45 + 60.0);
        let tag = Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), Some(text.to_owned()));
        let node = self.node(None, tag);
        self.headings.push(Heading { text: text.to_owned(), page: self.page, top: self.y });
        self.text(node, text, Style { size, weight: Weight::Bold, colour: INK }, LEFT, RIGHT - LEFT);
    }

    /// A list with a dot before each item.
    pub(super) fn list(&mut self, items: &[String]) {
        let list = self.node(None, Tag::L(ListNumbering::Disc));
        for item in items {
            let row = self.node(Some(list), Tag::LI);
            let (label, body) = (self.node(Some(row), Tag::Lbl), self.node(Some(row), Tag::LBody));
            self.need(BODY.size * 1.45);
            let top = self.y;
            self.line(label, "•", BODY, LEFT, top);
            self.text(body, item, BODY, LEFT + 12.0, RIGHT - LEFT - 12.0);
        }
    }

    /// The head of a table.
    pub(super) fn table_head(&mut self, table: Node, columns: &[(Column, &str)]) {
        let head = self.node(Some(table), Tag::THead);
        let row = self.node(Some(head), Tag::TR);
        let style = Style { size: 8.5, weight: Weight::Bold, colour: MUTED };
        for (column, text) in columns {
            let cell = self.node(Some(row), Tag::TH(TableHeaderScope::Column));
            let top = self.y;
            self.cell_line(cell, text, style, *column, top);
        }
        self.y += 15.0;
        self.fill(LEFT, self.y - 2.0, RIGHT - LEFT, 0.7, LINE);
    }

    /// A row of a table, which stays on one page: the first cell names it. Answers its top.
    pub(super) fn table_row(&mut self, body: Node, cells: &[(Column, &str, Style)], height: f32) -> f32 {
        let lines: Vec<Vec<String>> =
            cells.iter().map(|(column, text, style)| wrap(text, *style, column.width)).collect();
        let most = lines.iter().map(Vec::len).max().unwrap_or(1).max(1);
        let size = cells.iter().map(|(_, _, style)| style.size).fold(0.0, f32::max);
        let height = height.max(most as f32 * size * 1.4 + 4.0);
        self.need(height);
        let row = self.node(Some(body), Tag::TR);
        let top = self.y;
        for (place, ((column, _, style), lines)) in cells.iter().zip(lines).enumerate() {
            let cell = if place == 0 {
                self.node(Some(row), Tag::TH(TableHeaderScope::Row))
            } else {
                self.node(Some(row), Tag::TD)
            };
            let first = top + (height - lines.len() as f32 * style.size * 1.4) / 2.0;
            for (n, line) in lines.iter().enumerate() {
                self.cell_line(cell, line, *style, *column, first + n as f32 * style.size * 1.4);
            }
        }
        self.y += height;
        top
    }

    fn cell_line(&mut self, cell: Node, text: &str, style: Style, column: Column, top: f32) {
        let drawn = style.weight.drawable(text).drawn;
        let left = if column.is_number {
            column.left + column.width - style.weight.width(&drawn, style.size)
        } else {
            column.left
        };
        self.line(cell, text, style, left, top);
    }

    /// At the foot of each page; it is no part of what is read.
    pub(super) fn feet(&mut self, text: &str) {
        let pages = self.page + 1;
        let style = Style { size: 8.0, weight: Weight::Regular, colour: MUTED };
        for page in 0..pages {
            let number = format!("{} / {pages}", page + 1);
            let text = style.weight.drawable(&shortened(text, style, RIGHT - LEFT - 60.0));
            let left = RIGHT - style.weight.width(&number, style.size);
            let number = style.weight.drawable(&number);
            for (at, text) in [(LEFT, text), (left, number)] {
                let draw = Draw::Text { at: (at, HEIGHT - 34.0), style, text };
                self.placed.push(Placed { page, draw, node: None });
            }
        }
    }
}

/// Lines of at most this width. A word that is wider by itself is broken.
fn wrap(text: &str, style: Style, width: f32) -> Vec<String> {
    let wide = |text: &str| style.weight.width(&style.weight.drawable(text).drawn, style.size);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if wide(&joined) <= width {
            *line = joined;
            continue;
        }
        let mut line = String::new();
        for message in word.chars() {
            if !line.is_empty() && wide(&format!("{line}{message}")) > width {
                lines.push(std::mem::take(&mut line));
            }
            line.push(message);
        }
        lines.push(line);
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// The beginning of a text that fits.
fn shortened(text: &str, style: Style, width: f32) -> String {
    match wrap(text, style, width).as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first, ..] => format!("{first} …"),
    }
}
