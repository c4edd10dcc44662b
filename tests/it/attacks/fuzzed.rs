//! The fuzz targets of `fuzz/`, run here on their corpora and on what becomes of them: for a bounded number of times,
//! the same each time. `cargo fuzz` goes on from the same corpora, led by what it reaches.

#[path = "../../../fuzz/targets.rs"]
mod targets;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

/// Inputs that are made for each target.
const TIMES: usize = 3_000;

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

fn run(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let corpus: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    assert!(!corpus.is_empty(), "a corpus for {name}");
    let mut draw = Draw(0x5eed_0000_0000_0001);
    let made = (0..TIMES).map(|_| mutated(&mut draw, &corpus)).collect::<Vec<_>>();
    for input in corpus.iter().chain(&made) {
        let outcome = catch_unwind(|| target(input));
        assert!(outcome.is_ok(), "{name} fails on {:?}", String::from_utf8_lossy(input));
    }
}

/// What reads bytes from outside.
type Target = fn(&[u8]);

#[test]
fn nothing_that_is_read_from_outside_panics() {
    let all: [(&str, Target); 8] = [
        ("delivery", targets::delivery),
        ("masked", targets::mask),
        ("pretty", targets::readable),
        ("form", targets::form),
        ("query", targets::query),
        ("cookie", targets::cookie),
        ("jwt", targets::jwt),
        ("lever", targets::lever),
    ];
    for (name, target) in all {
        run(name, target);
    }
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
