//! A QR code (ISO/IEC 18004) as the parts of an SVG.

use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;

/// Modules of white around it (ISO/IEC 18004, 9.1).
const QUIET: i32 = 4;

/// A square of modules.
pub struct Qr {
    /// Modules of a side, the white around it included.
    pub size: i32,
    /// The black ones, as the `d` of a path.
    pub path: String,
}

impl Qr {
    /// `None` when the text is too long for one.
    pub fn encode(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
                // Writing into a String cannot fail.
                let _ = write!(path, "M{},{}h1v1h-1z", x + QUIET, y + QUIET);
            }
        }
        Some(Self { size: code.size() + 2 * QUIET, path })
    }
}
