//! A mail server for tests that want no Lever sandbox.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

/// What is answered to recipients that are not taken, by address: `550 5.1.1 no such user`.
pub type Refusals = Arc<Mutex<BTreeMap<String, String>>>;

/// A mail server (RFC 5321) that takes everything but for those recipients; answers its URL.
pub async fn take_mail(letters: Arc<Mutex<Vec<String>>>, refusals: Refusals) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(take_letters(stream, letters.clone(), refusals.clone()));
        }
    });
    url
}

async fn take_letters(stream: tokio::net::TcpStream, letters: Arc<Mutex<Vec<String>>>, refusals: Refusals) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.get(..4) {
            Some("DATA") => {
                write.write_all(b"354 go on\r\n").await.unwrap();
                let mut letter = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    letter.push_str(&line);
                    letter.push('\n');
                }
                letters.lock().unwrap().push(letter);
                "250 taken\r\n".to_owned()
            }
            Some("RCPT") => {
                let known = refusals.lock().unwrap();
                let refusal = known.iter().find(|(address, _)| line.contains(address.as_str()));
                refusal.map_or("250 fine\r\n".to_owned(), |(_, words)| format!("{words}\r\n"))
            }
            Some("QUIT") => "221 bye\r\n".to_owned(),
            _ => "250 fine\r\n".to_owned(),
        };
        if write.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}
