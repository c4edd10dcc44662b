//! Where the heads of requests end in what a connection sends, so that few are taken in before the first is answered; and
//! where the last request ends, so that nothing behind it is.

/// A line of a head as far as it is looked at (bytes): its beginning, and its last [`END`].
const LINE: usize = 256;

/// The end of a line that is looked at, however long it is (bytes): a request line ends with the version.
const END: usize = 16;

/// Follows the bytes of one connection. It decides how much is read at once and where the last request ends: the server
/// reads the rest by rules of its own.
#[derive(Debug, Default)]
pub struct Heads {
    part: Part,
    /// The line that is being read, as far as it is looked at.
    line: Vec<u8>,
    head: Head,
}

/// What the head that is being read says so far.
#[derive(Debug, Default)]
struct Head {
    /// Whether it has a line.
    has_line: bool,
    /// How long a body it announces (bytes).
    length: u64,
    /// The body comes in chunks.
    is_chunked: bool,
    /// HTTP/1.0: the connection ends, unless the head says otherwise.
    is_old: bool,
    keeps_alive: bool,
    closes: bool,
}

/// What is being read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    #[default]
    Head,
    /// A body of which so many bytes are to come; of a chunk with its line break.
    Body { left: u64, is_chunk: bool, is_last: bool },
    /// The line that says how long a chunk is.
    Size { is_last: bool },
    /// The lines behind the last chunk.
    Trailer { is_last: bool },
    /// The last request is over.
    Over,
}

impl Heads {
    /// Goes on to the end of the next head, to the end of the last request, or to the end of the bytes. Answers how many
    /// that were, and whether a head ended there.
    pub fn advance(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut place = 0;
        while place < bytes.len() && self.part != Part::Over {
            if let Part::Body { left, is_chunk, is_last } = self.part {
                let skipped = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len() - place);
                place += skipped;
                self.part = match left - skipped as u64 {
                    0 if is_chunk => Part::Size { is_last },
                    0 => behind(is_last),
                    left => Part::Body { left, is_chunk, is_last },
                };
                continue;
            }
            let byte = bytes[place];
            place += 1;
            if byte != b'\n' {
                self.keep(byte);
            } else if self.end_line() {
                return (place, true);
            }
        }
        (place, false)
    }

    /// Whether a body is expected.
    pub fn is_in_body(&self) -> bool {
        !matches!(self.part, Part::Head | Part::Over)
    }

    /// Whether the last request has ended: its head says that the connection ends with its answer.
    pub fn are_over(&self) -> bool {
        self.part == Part::Over
    }

    fn keep(&mut self, byte: u8) {
        if self.line.len() < LINE {
            self.line.push(byte);
        } else {
            self.line.copy_within(LINE - END + 1.., LINE - END);
            self.line[LINE - 1] = byte;
        }
    }

    /// Whether a head ended with this line.
    fn end_line(&mut self) -> bool {
        let line = std::mem::take(&mut self.line);
        let line = line.trim_ascii_end();
        match self.part {
            Part::Size { is_last } => {
                self.part = match chunk(line) {
                    Some(0) => Part::Trailer { is_last },
                    Some(size) => Part::Body { left: size.saturating_add(2), is_chunk: true, is_last },
                    // The server refuses it, and ends the connection.
                    None => Part::Head,
                };
            }
            Part::Trailer { is_last } if line.is_empty() => self.part = behind(is_last),
            Part::Head if line.is_empty() => return self.end_head(),
            Part::Head => self.head.read(line),
            Part::Trailer { .. } | Part::Body { .. } | Part::Over => {}
        }
        false
    }

    fn end_head(&mut self) -> bool {
        let head = std::mem::take(&mut self.head);
        let is_last = head.closes || (head.is_old && !head.keeps_alive);
        self.part = match head.length {
            _ if !head.has_line => Part::Head,
            _ if head.is_chunked => Part::Size { is_last },
            0 => behind(is_last),
            left => Part::Body { left, is_chunk: false, is_last },
        };
        head.has_line
    }
}

/// What is read behind a request.
fn behind(is_last: bool) -> Part {
    if is_last { Part::Over } else { Part::Head }
}

/// The length of a chunk (RFC 9112, section 7.1): hexadecimal digits, and perhaps an extension.
fn chunk(line: &[u8]) -> Option<u64> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    u64::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

impl Head {
    fn read(&mut self, line: &[u8]) {
        if !std::mem::replace(&mut self.has_line, true) {
            self.is_old = line.ends_with(b"HTTP/1.0");
            return;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") {
            self.length = str::from_utf8(value).unwrap_or_default().parse().unwrap_or(0);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.is_chunked = value.eq_ignore_ascii_case(b"chunked");
        } else if name.eq_ignore_ascii_case(b"connection") {
            for option in value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
                self.closes |= option.eq_ignore_ascii_case(b"close");
                self.keeps_alive |= option.eq_ignore_ascii_case(b"keep-alive");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `advance` answers, from call to call, up to the end of the last request.
    fn parts(heads: &mut Heads, mut bytes: &[u8]) -> Vec<(usize, bool)> {
        let mut found = Vec::new();
        while !bytes.is_empty() && !heads.are_over() {
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
    fn empty_lines_in_chunks_are_no_ends() {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        let body = "A;x=y\r\n{\r\n\r\n\r\n\r\n}\r\n1\r\n\n\r\n0\r\nX: y\r\n\r\n";
        let sent = [head, body, "GET / HTTP/1.1\r\n\r\n"].concat();
        assert_eq!(
            parts(&mut Heads::default(), sent.as_bytes()),
            [(head.len(), true), (sent.len() - head.len(), true)]
        );
        // However it comes.
        let mut heads = Heads::default();
        let ends: Vec<usize> =
            (0..sent.len()).filter(|place| heads.advance(&sent.as_bytes()[*place..=*place]).1).collect();
        assert_eq!(ends, [head.len() - 1, sent.len() - 1]);
    }

    #[test]
    fn lines_without_a_head_are_none() {
        assert_eq!(parts(&mut Heads::default(), b"\r\n\n\r\n"), [(5, false)]);
    }

    /// RFC 9112, sections 9.3 and 9.6.
    #[test]
    fn nothing_comes_behind_the_last_request() {
        let old = format!("GET /{} HTTP/1.0\r\n\r\n", "a".repeat(2 * LINE));
        for last in [
            "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
            "GET / HTTP/1.1\r\nCONNECTION: keep-alive , Close\r\n\r\n",
            old.as_str(),
            "POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 4\r\n\r\n\r\n\r\n",
            "POST / HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        ] {
            let sent = [last, "GET /next HTTP/1.1\r\n\r\n"].concat();
            let mut heads = Heads::default();
            let read: usize = parts(&mut heads, sent.as_bytes()).iter().map(|(length, _)| length).sum();
            assert_eq!(&sent[..read], last);
            assert!(heads.are_over() && !heads.is_in_body());
        }
        for more in [
            "GET / HTTP/1.1\r\nConnection: keep-alive\r\n\r\n",
            "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
            "GET /HTTP/1.0 HTTP/1.1\r\nX: close\r\n\r\n",
        ] {
            let mut heads = Heads::default();
            parts(&mut heads, more.as_bytes());
            assert!(!heads.are_over(), "{more}");
        }
    }
}
