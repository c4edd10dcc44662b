//! Passwords that stand in lists of breached ones. They are what is tried first, however strong they look.

use sha2::{Digest as _, Sha256};

/// Numbers of the passwords, ascending, each as its distance from the one before in LEB128. Made by
/// `script/breached-passwords`, which says from which list.
const LIST: &[u8] = include_bytes!("breached.bin");

/// Whether a password, in any case, stands in the list. One of 38,000 others is taken for one that does.
pub(super) fn is_breached(password: &str) -> bool {
    let digest: [u8; 32] = Sha256::digest(password.to_lowercase().as_bytes()).into();
    let [a, b, c, d, ..] = digest;
    let wanted = u32::from_be_bytes([a, b, c, d]);
    let (mut number, mut distance, mut shift) = (0_u32, 0_u32, 0);
    for byte in LIST {
        distance |= u32::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            number = number.wrapping_add(distance);
            if number >= wanted {
                return number == wanted;
            }
            (distance, shift) = (0, 0);
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::is_breached;

    #[test]
    fn the_list_is_asked_in_any_case() {
        // Near the top, in the middle and at the end of the published list.
        for listed in ["kozanostra", "YFCNHJTYBT", "gjhjlfcjqrb", "qwertyuiop1234", "1234567890"] {
            assert!(is_breached(listed), "{listed}");
        }
        for other in ["plum-gravel-otter-lantern", "", "kozanostra kozanostra"] {
            assert!(!is_breached(other), "{other}");
        }
    }
}
