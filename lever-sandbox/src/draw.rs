//! Ids and codes, drawn from the seed: the same seed gives the same ones.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

/// A repeatable source of ids, codes and choices.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub struct Draw {
    seed: u64,
    rng: ChaCha8Rng,
}

/// What of a [`Draw`] is kept in the state file.
#[derive(Serialize, Deserialize)]
struct Saved {
    seed: u64,
    /// As text: JSON numbers end before 128 bits do.
    position: String,
}

impl From<Saved> for Draw {
    fn from(saved: Saved) -> Self {
        let mut draw = Self::new(saved.seed);
        draw.rng.set_word_pos(saved.position.parse().unwrap_or_default());
        draw
    }
}

impl From<Draw> for Saved {
    fn from(draw: Draw) -> Self {
        Self { seed: draw.seed, position: draw.rng.get_word_pos().to_string() }
    }
}

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self { seed, rng: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// The seed it started from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// A UUID (version 4) as text.
    pub fn uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// `bytes` random bytes as lower-case hex.
    pub fn hex(&mut self, bytes: usize) -> String {
        let mut buffer = vec![0; bytes];
        self.rng.fill_bytes(&mut buffer);
        hex::encode(buffer)
    }

    /// `length` letters and digits, as codes and keys have.
    pub fn code(&mut self, length: usize) -> String {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..length).map(|_| char::from(ALPHABET[self.below(ALPHABET.len())])).collect()
    }

    /// A number from 0 to `limit - 1`; 0 for a limit of 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        // The bias of the remainder is far below what a seeded test could see.
        usize::try_from(self.rng.next_u64() % limit).unwrap_or_default()
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        let unit = f64::from(self.rng.next_u32()) / (f64::from(u32::MAX) + 1.0);
        unit < probability
    }
}

#[cfg(test)]
mod tests {
    use super::Draw;

    #[test]
    fn the_same_seed_draws_the_same() {
        let (mut one, mut other) = (Draw::new(7), Draw::new(7));
        assert_eq!(one.uuid(), other.uuid());
        assert_eq!(one.code(20), other.code(20));
        assert_ne!(Draw::new(8).uuid(), Draw::new(7).uuid());
    }

    #[test]
    fn a_saved_source_goes_on_where_it_was() {
        let mut draw = Draw::new(7);
        draw.hex(5);
        let text = serde_json::to_string(&draw).expect("serializes");
        let mut again: Draw = serde_json::from_str(&text).expect("deserializes");
        assert_eq!(draw.uuid(), again.uuid());
    }
}
