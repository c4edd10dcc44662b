//! Where the heads of requests end in what a connection sends, so that few are taken in before the first is answered.

/// The longest line that says how long a body is, as far as it is looked at.
const LINE: usize = 64;

/// Follows the bytes of one connection. It decides nothing but how much is read at once: the server reads them by rules
/// of its own.
#[derive(Debug, Default)]
pub(super) struct Heads {
    /// The line that is being read, as far as it is looked at.
    line: Vec<u8>,
    /// Whether the head that is being read has a line.
    has_line: bool,
    /// How long a body that head announces (bytes).
    length: u64,
    /// Bytes of a body that are still to come. Of a body in chunks nothing is known: its empty lines count as ends.
    body: u64,
}

impl Heads {
    /// Goes on to the end of the next head, or to the end of the bytes. Answers how many that were, and whether a head
    /// ended there.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> (usize, bool) {
        let skipped = usize::try_from(self.body).unwrap_or(usize::MAX).min(bytes.len());
        self.body -= skipped as u64;
        for (place, byte) in bytes.iter().enumerate().skip(skipped) {
            if *byte != b'\n' {
                if self.line.len() < LINE {
                    self.line.push(*byte);
                }
            } else if self.end_line() {
                return (place + 1, true);
            }
        }
        (bytes.len(), false)
    }

    /// Whether a body is expected.
    pub(super) fn is_in_body(&self) -> bool {
        self.body > 0
    }

    fn end_line(&mut self) -> bool {
        let line = std::mem::take(&mut self.line);
        let line = line.trim_ascii_end();
        if !line.is_empty() {
            self.has_line = true;
            if let Some(colon) = line.iter().position(|byte| *byte == b':')
                && line[..colon].eq_ignore_ascii_case(b"content-length")
            {
                let digits = str::from_utf8(line[colon + 1..].trim_ascii()).unwrap_or_default();
                self.length = digits.parse().unwrap_or(0);
            }
            return false;
        }
        self.body = std::mem::take(&mut self.length);
        std::mem::take(&mut self.has_line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `advance` answers, from call to call.
    fn parts(heads: &mut Heads, mut bytes: &[u8]) -> Vec<(usize, bool)> {
        let mut found = Vec::new();
        while !bytes.is_empty() {
            let (length, ended) = heads.advance(bytes);
            found.push((length, ended));
            bytes = &bytes[length..];
        }
        found
    }

    #[test]
    fn each_head_ends_where_its_empty_line_does() {
        let get = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        assert_eq!(parts(&mut Heads::default(), &get.repeat(3)), [(get.len(), true); 3]);
        // However it comes.
        let mut heads = Heads::default();
        let ends = get.iter().filter(|byte| heads.advance(&[**byte]).1).count();
        assert_eq!(ends, 1);
    }

    #[test]
    fn empty_lines_in_a_body_of_known_length_are_no_ends() {
        let body = b"{\r\n\r\n\r\n\r\n}";
        let head = format!("POST / HTTP/1.1\r\ncontent-LENGTH:  {} \r\n\r\n", body.len());
        let sent = [head.as_bytes(), body, b"GET / HTTP/1.1\r\n\r\n"].concat();
        let mut heads = Heads::default();
        assert_eq!(heads.advance(&sent), (head.len(), true));
        assert!(heads.is_in_body());
        assert_eq!(heads.advance(&sent[head.len()..]), (sent.len() - head.len(), true));
        assert!(!heads.is_in_body());
    }

    #[test]
    fn lines_without_a_head_are_none() {
        assert_eq!(parts(&mut Heads::default(), b"\r\n\n\r\n"), [(5, false)]);
    }
}
