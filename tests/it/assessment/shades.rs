//! Shades and outlines that can be told apart where they are smallest: several figures in a cell, on the narrowest phone, in
//! light and dark. Measured on the pixels that the browser draws.

use super::line::past_practice;
use super::*;
use crate::support::browser::{Browser, Look, PHONE};
use crate::support::lever::unconnected;
use alva_portal::db::Backend;
use alva_portal::integrations::State;
use assessment::Texts;
use assessment::logic::{Attribute, Form, Item, ItemId, draw};
use base64::Engine as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Neighbouring shades differ at least so much in contrast (WCAG 2.2, *contrast ratio*).
const APART: f64 = 1.5;
/// Outlines and ticks against the ground (WCAG 2.2, 1.4.11).
const SEEN: f64 = 3.0;

/// The narrowest phone.
const SCREEN: (u32, u32) = (320, 900);

/// An option with several small figures within a ring, for each shape and shade.
fn smallest() -> BTreeMap<(u8, u8), String> {
    let texts = Texts::for_language("en");
    let mut found = BTreeMap::new();
    for seed in 0..20_000 {
        let item = Item::generate(ItemId::new(Form::Figures, seed));
        for (n, cell) in item.options().iter().enumerate() {
            let (shape, shade) = (cell.get(Attribute::Shape), cell.get(Attribute::Shade));
            let has_ring = cell.get(Attribute::Marks).is_some_and(|marks| marks != 0);
            let is_small = cell.get(Attribute::Count).is_some_and(|count| count > 1);
            if let (Some(shape), Some(shade), true, true) = (shape, shade, has_ring, is_small) {
                let id = format!("shade-{shape}-{shade}");
                found.entry((shape, shade)).or_insert_with(|| draw::option(&item, n, texts, &id, false));
            }
        }
        if found.len() == 8 * 4 {
            return found;
        }
    }
    panic!("{} of 32 shapes and shades", found.len());
}

/// Puts drawings on the page, each as wide as an option is there, on whole pixels: in rows of four, on the ground of a card.
const PUT: &str = "const option = document.querySelector('.options svg');
    const width = Math.floor(option.getBoundingClientRect().width), place = document.createElement('div');
    place.innerHTML = arguments[0];
    Object.assign(place.style, { position: 'absolute', left: '0', top: '0', zIndex: '9', width: `${4 * width}px`,
        height: `${8 * width}px`, background: getComputedStyle(option.closest('.card')).backgroundColor });
    document.body.append(place);
    return [...place.querySelectorAll('svg')].map((svg, n) => {
        Object.assign(svg.style, { position: 'absolute', width: `${width}px`, left: `${n % 4 * width}px`,
            top: `${Math.floor(n / 4) * width}px` });
        return svg.getBoundingClientRect().width;
    });";

/// Of each drawing the points, in pixels of the page, that lie within a figure and off its outline, on the outlines of figures,
/// and on ticks. The outline is so wide (units) that half of it and half a pixel lie on either side.
const POINTS: &str = "return [...document.querySelectorAll('svg[aria-labelledby^=shade]')].map((svg) => {
    const inside = [], outline = [], ticks = [];
    for (const path of svg.querySelectorAll('path')) {
        const box = path.getBoundingClientRect(), toPath = path.getScreenCTM().inverse();
        const at = (x, y) => new DOMPoint(x, y).matrixTransform(toPath);
        const isTick = path.getAttribute('d').startsWith('M50 4');
        if (isTick) {
            const middle = new DOMPoint(50, 9.5).matrixTransform(path.getScreenCTM());
            ticks.push([Math.floor(middle.x + scrollX), Math.floor(middle.y + scrollY)]);
            continue;
        }
        const wide = Number(path.getAttribute('stroke-width')) / 2 + 0.71;
        for (let y = Math.floor(box.top); y < box.bottom; y++) for (let x = Math.floor(box.left); x < box.right; x++) {
            const around = [0, 1, 2, 3, 4, 5, 6, 7].map((n) =>
                [x + 0.5 + wide * Math.cos(n * Math.PI / 4), y + 0.5 + wide * Math.sin(n * Math.PI / 4)]);
            const within = around.filter(([x, y]) => path.isPointInFill(at(x, y))).length;
            const point = [x + scrollX, y + scrollY];
            if (within === 8) inside.push(point); else if (within > 0) outline.push(point);
        }
    }
    return { inside, outline, ticks };
});";

/// Opens a picture, and answers the colour of each pixel that is asked for. On a page of its own: the portal's allow no pictures from
/// elsewhere.
const COLOURS: &str = "const [picture, points, done] = arguments;
    const image = new Image();
    image.onload = () => {
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.width, image.height];
        const drawn = canvas.getContext('2d');
        drawn.drawImage(image, 0, 0);
        const all = drawn.getImageData(0, 0, image.width, image.height).data;
        const colour = ([x, y]) => [...all.slice(4 * (y * image.width + x), 4 * (y * image.width + x) + 3)];
        done(points.map(({ inside, outline, ticks }) => [inside, outline, ticks].map((of) => of.map(colour))));
    };
    image.onerror = () => done(null);
    image.src = 'data:image/png;base64,' + picture;";

/// Relative luminance (WCAG 2.2) of eight-bit sRGB.
fn luminance(colour: &Value) -> f64 {
    let linear = |n: usize| {
        let c = colour[n].as_f64().unwrap() / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(0) + 0.7152 * linear(1) + 0.0722 * linear(2)
}

fn contrast(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The luminance of the pixels within figures, on outlines and on ticks.
fn luminances(of: &Value) -> [Vec<f64>; 3] {
    [0, 1, 2].map(|n| of[n].as_array().expect("the picture opens").iter().map(luminance).collect())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[actix_web::test]
async fn shades_and_outlines_are_told_apart_at_the_smallest_size_in_light_and_dark() {
    let portal = Portal::start(Backend::Sqlite).await;
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let browser = Browser::with(Look { size: SCREEN, ..PHONE }).await;
    browser.goto(portal.running.url.join(&ada.path).unwrap()).await;
    browser.press("I agree, begin").await;
    past_practice(&browser).await;
    browser.press("Start the first task").await;
    let drawings = smallest();
    let all: String = drawings.values().map(String::as_str).collect();
    for dark in [false, true] {
        let theme = if dark { "dark" } else { "light" };
        browser.look(Look { size: SCREEN, dark, ..PHONE }).await;
        browser.goto(portal.running.url.join(&ada.path).unwrap()).await;
        browser.sees("Task 1 of 3").await;
        let widths = browser.run(PUT, vec![json!(all)]).await;
        assert_eq!(widths.as_array().map(Vec::len), Some(32));
        // As wide as an option of the page: 104 of the matrix's 316 units, which is as wide as the screen leaves it.
        let width = widths[0].as_f64().unwrap();
        assert!((70.0..105.0).contains(&width), "{width} pixels");
        let points = browser.run(POINTS, vec![]).await;
        let file = format!("target/screenshots/shades-{theme}.png");
        browser.screenshot(&file).await;
        let picture = base64::engine::general_purpose::STANDARD.encode(std::fs::read(&file).unwrap());
        browser.goto("about:blank").await;
        let pixels = browser.run_async(COLOURS, vec![json!(picture), points]).await;
        let mut shades: BTreeMap<u8, Vec<f64>> = BTreeMap::new();
        let mut outlines = Vec::new();
        for ((shape, shade), pixels) in drawings.keys().zip(pixels.as_array().expect("the picture opens")) {
            let [inside, outline, ticks] = luminances(pixels);
            let wherever = format!("{theme}, shape {shape}, shade {shade}");
            assert!(inside.len() >= 4, "{wherever}: {} pixels show the shade", inside.len());
            let middle = mean(&inside);
            let spread = inside.iter().map(|one| contrast(*one, middle)).fold(1.0, f64::max);
            assert!(spread < 1.2, "{wherever}: pixels that show the shade differ by {spread}");
            shades.entry(*shade).or_default().push(middle);
            outlines.push((format!("{wherever}, ticks"), ticks));
            outlines.push((wherever, outline));
        }
        let levels: Vec<f64> = shades.values().map(|of| mean(of)).collect();
        let ground = levels[0];
        for pair in levels.windows(2) {
            let apart = contrast(pair[0], pair[1]);
            assert!(apart >= APART, "{theme}: neighbouring shades are {apart:.2} apart: {levels:?}");
        }
        for (wherever, outline) in outlines {
            let clearest = outline.iter().map(|one| contrast(*one, ground)).fold(0.0, f64::max);
            assert!(clearest >= SEEN, "{wherever}: {clearest:.2} against the ground");
        }
    }
}
