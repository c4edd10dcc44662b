//! Addresses as clients write them: Lever takes doubled and trailing slashes, and a call may have
//! been sent on to `/eu` (see `switches::Redirect`).

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Uri;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};

/// How often a call was sent on before it came here.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hops(pub usize);

/// Puts a call's address in order before it is looked up.
pub async fn tidy<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let (path, hops) = tidied(request.path());
    request.extensions_mut().insert(Hops(hops));
    if path != request.path() {
        let whole = match request.uri().query() {
            Some(query) => format!("{path}?{query}"),
            None => path,
        };
        let mut parts = request.uri().clone().into_parts();
        if let Ok(whole) = whole.parse() {
            parts.path_and_query = Some(whole);
        }
        if let Ok(uri) = Uri::from_parts(parts) {
            request.match_info_mut().get_mut().update(&uri);
            request.head_mut().uri = uri;
        }
    }
    next.call(request).await
}

fn tidied(path: &str) -> (String, usize) {
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let hops = parts.iter().take_while(|part| **part == "eu").count();
    parts.drain(..hops);
    (format!("/{}", parts.join("/")), hops)
}

#[cfg(test)]
mod tests {
    use super::tidied;

    #[test]
    fn slashes_too_many_go_and_hops_are_counted() {
        assert_eq!(tidied("/v1//webhooks/"), ("/v1/webhooks".into(), 0));
        assert_eq!(tidied("/eu/eu/v1/users"), ("/v1/users".into(), 2));
        assert_eq!(tidied("/"), ("/".into(), 0));
    }
}
