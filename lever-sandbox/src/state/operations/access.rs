//! Letting apps into the account, and renewing their tokens.

use crate::state::account::State;
use crate::state::grants::{BadRefresh, Code, Issuer, Tokens};

impl State {
    /// Lets an app in; answers its first tokens. `url` and `audience` are what the tokens name.
    pub fn let_in(&mut self, code: Code, (url, audience): (&str, &str), now: i64) -> Tokens {
        let issuer = Issuer { url, audience, account: &self.account.id };
        self.grants.open(&mut self.draw, code, issuer, now)
    }

    /// New tokens for a refresh token of this client, which still works for `leeway_ms`.
    pub fn renew(
        &mut self,
        client_and_token: (&str, &str),
        leeway_ms: i64,
        (url, audience): (&str, &str),
        now: i64,
    ) -> Result<Tokens, BadRefresh> {
        let issuer = Issuer { url, audience, account: &self.account.id };
        self.grants.rotate(&mut self.draw, client_and_token, leeway_ms, issuer, now)
    }
}
