//! Writes a ZIP file as it goes (PKWARE's APPNOTE 6.3): deflated, each file's sizes behind it, the list of files at the end.
//! Nothing is kept but that list.

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::{Error, Write as _};

/// Version 2.0 of the format: deflate.
const VERSION: u16 = 20;

/// Sizes stand behind the file; names are UTF-8.
const FLAGS: u16 = (1 << 3) | (1 << 11);

const DEFLATED: u16 = 8;

/// A file that was written.
struct Entry {
    name: &'static str,
    crc: u32,
    packed: u32,
    size: u32,
    at: u32,
}

/// A file that is being written.
struct Open {
    name: &'static str,
    at: u64,
    crc: Crc,
    size: u64,
    packed: u64,
    encoder: DeflateEncoder<Vec<u8>>,
}

/// A ZIP file that is being written. Each call answers the bytes that come next.
pub struct Zip {
    written: u64,
    entries: Vec<Entry>,
    open: Option<Open>,
    /// Time and date of all files, as MS-DOS has them.
    moment: [u8; 4],
}

fn too_large() -> Error {
    Error::other("the file is larger than 4 GiB: choose a shorter span")
}

impl Zip {
    /// Begins a file whose members all have this time.
    pub fn new(at: &jiff::Zoned) -> Self {
        // In MS-DOS the years begin at 1980 and seconds are counted by two.
        let part = |number: i8| u16::from(number.unsigned_abs());
        let year = u16::try_from(at.year() - 1980).unwrap_or_default();
        let date = (year << 9) | (part(at.month()) << 5) | part(at.day());
        let time = (part(at.hour()) << 11) | (part(at.minute()) << 5) | (part(at.second()) / 2);
        let ([a, b], [c, d]) = (time.to_le_bytes(), date.to_le_bytes());
        Self { written: 0, entries: Vec::new(), open: None, moment: [a, b, c, d] }
    }

    /// Ends the member before, and begins one.
    ///
    /// # Errors
    /// When the file would be too large.
    pub fn begin(&mut self, name: &'static str) -> Result<Vec<u8>, Error> {
        let mut out = self.end()?;
        let at = self.written;
        let mut head = Vec::new();
        head.extend_from_slice(&0x0403_4b50_u32.to_le_bytes());
        head.extend(self.common());
        // CRC and sizes: behind the data.
        head.extend_from_slice(&[0; 12]);
        head.extend_from_slice(&u16::try_from(name.len()).map_err(|_| too_large())?.to_le_bytes());
        head.extend_from_slice(&[0; 2]);
        head.extend_from_slice(name.as_bytes());
        self.written += head.len() as u64;
        out.extend(head);
        let encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        self.open = Some(Open { name, at, crc: Crc::new(), size: 0, packed: 0, encoder });
        Ok(out)
    }

    /// More of the member.
    ///
    /// # Errors
    /// When it cannot be packed, which memory has no reason for.
    pub fn data(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let open = self.open.as_mut().ok_or_else(|| Error::other("no member was begun"))?;
        open.crc.update(bytes);
        open.size += bytes.len() as u64;
        open.encoder.write_all(bytes)?;
        let out = std::mem::take(open.encoder.get_mut());
        open.packed += out.len() as u64;
        self.written += out.len() as u64;
        Ok(out)
    }

    fn end(&mut self) -> Result<Vec<u8>, Error> {
        let Some(open) = self.open.take() else { return Ok(Vec::new()) };
        let Open { name, at, crc, size, packed, encoder } = open;
        let mut out = encoder.finish()?;
        let packed = u32::try_from(packed + out.len() as u64).map_err(|_| too_large())?;
        let size = u32::try_from(size).map_err(|_| too_large())?;
        let (crc, at) = (crc.sum(), u32::try_from(at).map_err(|_| too_large())?);
        for number in [0x0807_4b50, crc, packed, size] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        self.written += out.len() as u64;
        self.entries.push(Entry { name, crc, packed, size, at });
        Ok(out)
    }

    /// Ends the last member, and writes the list of all.
    ///
    /// # Errors
    /// When the file would be too large.
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        let mut out = self.end()?;
        let at = u32::try_from(self.written).map_err(|_| too_large())?;
        let mut list = Vec::new();
        for entry in &self.entries {
            list.extend_from_slice(&0x0201_4b50_u32.to_le_bytes());
            list.extend_from_slice(&VERSION.to_le_bytes());
            list.extend(self.common());
            for number in [entry.crc, entry.packed, entry.size] {
                list.extend_from_slice(&number.to_le_bytes());
            }
            list.extend_from_slice(&u16::try_from(entry.name.len()).map_err(|_| too_large())?.to_le_bytes());
            // No extra field, no comment, disk 0, no attributes.
            list.extend_from_slice(&[0; 12]);
            list.extend_from_slice(&entry.at.to_le_bytes());
            list.extend_from_slice(entry.name.as_bytes());
        }
        let count = u16::try_from(self.entries.len()).map_err(|_| too_large())?.to_le_bytes();
        let length = u32::try_from(list.len()).map_err(|_| too_large())?;
        out.extend(list);
        out.extend_from_slice(&0x0605_4b50_u32.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&count);
        out.extend_from_slice(&count);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&at.to_le_bytes());
        out.extend_from_slice(&[0; 2]);
        Ok(out)
    }

    /// What both heads of a member have: version, flags, method, time.
    fn common(&self) -> Vec<u8> {
        let words = [VERSION, FLAGS, DEFLATED].map(u16::to_le_bytes);
        [words.as_flattened(), &self.moment].concat()
    }
}
