//! What happens below HTTP: closing a connection without an answer.

use std::any::Any;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;

use actix_web::HttpRequest;
use actix_web::dev::Extensions;

/// A second handle on a connection, with which it can be closed under a handler.
struct Hold(TcpStream);

/// Keeps a hold of each new connection.
pub fn keep_hold(connection: &dyn Any, data: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<actix_web::rt::net::TcpStream>() else {
        return;
    };
    if let Ok(second) = stream.as_fd().try_clone_to_owned() {
        data.insert(Hold(TcpStream::from(second)));
    }
}

/// Closes the connection of a request; whatever is answered doesn't arrive.
pub fn close(request: &HttpRequest) {
    if let Some(hold) = request.conn_data::<Hold>() {
        // A connection that is closed already is as good.
        let _ = hold.0.shutdown(Shutdown::Both);
    }
}
