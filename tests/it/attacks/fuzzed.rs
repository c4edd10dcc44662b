//! The fuzz targets of `fuzz/`, run here on their corpora and on what becomes of them: for a bounded number of times,
//! the same each time. `cargo fuzz` goes on from the same corpora, led by what it reaches.

#[path = "../../../fuzz/targets.rs"]
mod targets;

use alva_portal::time::Timestamp;
use std::collections::HashSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Inputs that are made for each target.
const TIMES: usize = 3_000;

/// Inputs of a target that a long run changes further, at most.
const MOST_KNOWN: usize = 60;

/// No longer one is kept for later runs (bytes).
const KEPT: usize = 512;

/// No input is longer.
const LONGEST: usize = 4_096;

/// Bytes that readers treat in a way of their own.
const SPECIAL: &[&[u8]] = &[
    b"\0",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud83d",
    b"{",
    b"}",
    b"[[[[[[[[",
    b",",
    b".",
    b"..",
    b"=",
    b"&",
    b"&&",
    b"%",
    b"%00",
    b"%ff",
    b"+",
    b"\r\n",
    b"\xff",
    b"\xf0\x9f\x98\x80",
    b"\xe2\x80\xae",
    b"-1",
    b"1e999",
    b"99999999999999999999",
    b"null",
    b"true",
];

/// A small generator of numbers (xorshift64*), so that a failure can be played again.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end.max(1)
    }
}

/// Changes an input in one to eight places.
fn mutated(draw: &mut Draw, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut input = corpus[draw.below(corpus.len())].clone();
    for _ in 0..=draw.below(8) {
        let at = draw.below(input.len() + 1);
        let end = (at + draw.below(16)).min(input.len());
        match draw.below(7) {
            0 if at < input.len() => input[at] ^= 1 << draw.below(8),
            1 if at < input.len() => input[at] = draw.below(256) as u8,
            2 => drop(input.drain(at..end)),
            3 => {
                let part = input[at..end].to_vec();
                drop(input.splice(at..at, part));
            }
            4 => drop(input.splice(at..end, SPECIAL[draw.below(SPECIAL.len())].iter().copied())),
            5 => {
                let other = &corpus[draw.below(corpus.len())];
                let from = draw.below(other.len());
                drop(input.splice(at.., other[from..].iter().copied()));
            }
            _ => input.truncate(at),
        }
        input.truncate(LONGEST);
    }
    input
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name)
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = folder(name);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let corpus: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    assert!(!corpus.is_empty(), "a corpus for {name}");
    corpus
}

/// What became of an input.
fn outcome(name: &str, target: Target, input: &[u8]) -> String {
    catch_unwind(|| target(input))
        .unwrap_or_else(|_| panic!("{name} fails on {:?}", String::from_utf8_lossy(input)))
}

fn run(name: &str, target: Target) {
    let corpus = corpus(name);
    let mut draw = Draw(0x5eed_0000_0000_0001);
    let made = (0..TIMES).map(|_| mutated(&mut draw, &corpus)).collect::<Vec<_>>();
    for input in corpus.iter().chain(&made) {
        outcome(name, target, input);
    }
}

/// What reads bytes from outside.
type Target = fn(&[u8]) -> String;

/// Every target.
fn all() -> [(&'static str, Target); 12] {
    [
        ("delivery", targets::delivery),
        ("masked", targets::mask),
        ("pretty", targets::readable),
        ("form", targets::form),
        ("query", targets::query),
        ("cookie", targets::cookie),
        ("jwt", targets::jwt),
        ("lever", targets::lever),
        ("heads", targets::heads),
        ("pages", targets::pages),
        ("grant", targets::grant),
        ("proxies", targets::proxies),
    ]
}

#[test]
fn nothing_that_is_read_from_outside_panics() {
    for (name, target) in all() {
        run(name, target);
    }
}

/// Goes on from what was found: an input that something else became of is changed further, and the short ones are kept.
/// `FUZZ_SECONDS=60 cargo test --test it -- --ignored corpora_grow --nocapture`
#[test]
#[ignore = "as long as it is told, for each target"]
#[allow(clippy::print_stdout, reason = "the figures are what it is run for")]
fn corpora_grow() {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let targets = all().map(|(name, target)| std::thread::spawn(move || grow(name, target, seconds)));
    for grown in targets {
        println!("{}", grown.join().unwrap());
    }
}

fn grow(name: &'static str, target: Target, seconds: u64) -> String {
    let mut known = corpus(name);
    let kept = known.len();
    let mut seen: HashSet<String> = known.iter().map(|input| outcome(name, target, input)).collect();
    let mut draw = Draw(u64::from_str_radix(&format!("{:x}", Timestamp::now().0), 16).unwrap() | 1);
    let (began, mut made) = (Instant::now(), 0_u64);
    while began.elapsed().as_secs() < seconds {
        let input = mutated(&mut draw, &known);
        made += 1;
        if known.len() < MOST_KNOWN && seen.insert(outcome(name, target, &input)) {
            if input.len() <= KEPT {
                let hash = alva_portal::secrets::hash_of(&String::from_utf8_lossy(&input));
                fs::write(folder(name).join(&hash[..12]), &input).unwrap();
            }
            known.push(input);
        }
    }
    format!(
        "{name}: {made} inputs in {seconds} s, {} answers, {} inputs kept",
        seen.len(),
        known.len() - kept
    )
}

/// Each target of the test is one of `cargo fuzz`, and the other way round.
#[test]
fn the_targets_are_those_of_cargo_fuzz() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let names = |below: &str| {
        let files = fs::read_dir(folder.join(below)).unwrap();
        let mut names: Vec<String> = files
            .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("fuzz_targets"), names("corpus"));
    let own = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/attacks/fuzzed.rs"));
    let own = own.unwrap();
    for name in names("corpus") {
        assert!(own.contains(&format!("(\"{name}\", targets::")), "{name}");
    }
}
