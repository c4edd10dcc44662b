//! Codes, grants and tokens (Lever's wire notes §2): what was given to whom, and
//! whether it still counts.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::jwt::{self, Claims};
use crate::draw::Draw;

/// Milliseconds an authorization code can wait to be redeemed.
pub const CODE_LIFE_MS: i64 = 10 * 60 * 1_000;
/// Milliseconds an access token lasts.
pub const ACCESS_LIFE_MS: i64 = 60 * 60 * 1_000;
/// Milliseconds a refresh token lasts at most.
pub const REFRESH_LIFE_MS: i64 = 365 * 24 * 60 * 60 * 1_000;
/// Milliseconds a refresh token lasts unused.
pub const REFRESH_IDLE_MS: i64 = 90 * 24 * 60 * 60 * 1_000;

/// An app that a user let in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grant {
    pub id: String,
    pub client_id: String,
    pub client_name: String,
    /// The user who said yes.
    pub user: String,
    pub scopes: Vec<String>,
    pub created_at: i64,
    pub last_used_at: i64,
    pub revoked_at: Option<i64>,
    /// A rotated refresh token came back: no refresh token of this grant counts.
    pub refresh_dead: bool,
}

/// An authorization code and what it was asked with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Code {
    pub client_id: String,
    pub client_name: String,
    pub redirect_uri: String,
    pub user: String,
    pub scopes: Vec<String>,
    /// The S256 challenge, if PKCE was used.
    pub challenge: Option<String>,
    pub created_at: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Access {
    grant: String,
    scopes: Vec<String>,
    expires_at: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Refresh {
    grant: String,
    created_at: i64,
    /// When it was exchanged for a new one.
    #[serde(default)]
    rotated_at: Option<i64>,
}

/// Whose tokens these are, as they say it themselves.
#[derive(Clone, Copy, Debug)]
pub struct Issuer<'a> {
    /// Where the OAuth server answers, without a slash at the end.
    pub url: &'a str,
    pub audience: &'a str,
    /// Id of the account that is opened.
    pub account: &'a str,
}

/// What the token endpoint gives out.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub access: String,
    pub refresh: Option<String>,
    pub scopes: Vec<String>,
}

/// Why a refresh was refused. The wire doesn't tell these apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Unknown or invalid refresh token.")]
pub struct BadRefresh;

/// All grants of the account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Grants {
    codes: HashMap<String, Code>,
    all: Vec<Grant>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    /// Signs access tokens; drawn when the first one is made.
    #[serde(default)]
    key: String,
}

impl Grants {
    /// Apps that are let in, in the order they were.
    pub fn active(&self) -> impl Iterator<Item = &Grant> {
        self.all.iter().filter(|grant| grant.revoked_at.is_none())
    }

    /// Whether this user already let this app in with at least these scopes.
    pub fn covers(&self, client: &str, user: &str, scopes: &[String]) -> bool {
        self.active().any(|grant| {
            grant.client_id == client
                && grant.user == user
                && scopes.iter().all(|scope| grant.scopes.contains(scope))
        })
    }

    /// Makes a code that can be redeemed once.
    pub fn issue_code(&mut self, draw: &mut Draw, code: Code) -> String {
        self.codes.retain(|_, old| code.created_at - old.created_at <= CODE_LIFE_MS);
        let text = draw.code(43);
        self.codes.insert(text.clone(), code);
        text
    }

    /// Takes a code out, whatever comes of it; `None` when it is unknown, used or old.
    pub fn take_code(&mut self, code: &str, now: i64) -> Option<Code> {
        self.codes.remove(code).filter(|code| now - code.created_at <= CODE_LIFE_MS)
    }

    /// Lets an app in; answers its first tokens.
    pub fn open(&mut self, draw: &mut Draw, code: Code, issuer: Issuer<'_>, now: i64) -> Tokens {
        let grant = Grant {
            id: draw.uuid(),
            client_id: code.client_id,
            client_name: code.client_name,
            user: code.user,
            scopes: code.scopes,
            created_at: now,
            last_used_at: now,
            revoked_at: None,
            refresh_dead: false,
        };
        let tokens = self.issue(draw, &grant, issuer, now);
        self.all.push(grant);
        tokens
    }

    fn issue(&mut self, draw: &mut Draw, grant: &Grant, issuer: Issuer<'_>, now: i64) -> Tokens {
        self.access.retain(|_, old| old.expires_at > now);
        let scopes = grant.scopes.clone();
        let expires_at = now + ACCESS_LIFE_MS;
        if self.key.is_empty() {
            self.key = draw.code(64);
        }
        let access = jwt::sign(
            "lever-sandbox",
            &self.key,
            &Claims {
                user: &grant.user,
                account: issuer.account,
                client: &grant.client_id,
                iss: format!("{}/", issuer.url),
                sub: format!("lever|{}", grant.user),
                aud: issuer.audience,
                iat: now.div_euclid(1_000),
                exp: expires_at.div_euclid(1_000),
                azp: &grant.client_id,
                scope: scopes.join(" "),
                jti: draw.uuid(),
            },
        );
        let entry = Access { grant: grant.id.clone(), scopes: scopes.clone(), expires_at };
        self.access.insert(access.clone(), entry);
        let offline = scopes.iter().any(|scope| scope == "offline_access");
        let refresh = offline.then(|| {
            let token = draw.code(45);
            let entry = Refresh { grant: grant.id.clone(), created_at: now, rotated_at: None };
            self.refresh.insert(token.clone(), entry);
            token
        });
        Tokens { access, refresh, scopes }
    }

    /// New tokens for a refresh token, which `leeway_ms` later stops to count. Using one that
    /// stopped to count kills its whole family.
    pub fn rotate(
        &mut self,
        draw: &mut Draw,
        (client, token): (&str, &str),
        leeway_ms: i64,
        issuer: Issuer<'_>,
        now: i64,
    ) -> Result<Tokens, BadRefresh> {
        let known = self.refresh.get_mut(token).ok_or(BadRefresh)?;
        let grant = self
            .all
            .iter_mut()
            .find(|grant| grant.id == known.grant && grant.client_id == client)
            .ok_or(BadRefresh)?;
        if grant.revoked_at.is_some() || grant.refresh_dead {
            return Err(BadRefresh);
        }
        if known.rotated_at.is_some_and(|at| leeway_ms == 0 || now - at > leeway_ms) {
            grant.refresh_dead = true;
            return Err(BadRefresh);
        }
        if now - grant.created_at > REFRESH_LIFE_MS || now - known.created_at > REFRESH_IDLE_MS {
            return Err(BadRefresh);
        }
        known.rotated_at.get_or_insert(now);
        grant.last_used_at = now;
        let grant = grant.clone();
        Ok(self.issue(draw, &grant, issuer, now))
    }

    /// Ends the time of every access token, as if an hour had passed; refresh tokens go on.
    pub fn expire_access(&mut self, now: i64) -> usize {
        let ending = self.access.values_mut().filter(|access| access.expires_at > now);
        ending.map(|access| access.expires_at = now).count()
    }

    /// The grant behind an access token, and the scopes of the token.
    pub fn check_access(&self, token: &str, now: i64) -> Option<(&Grant, &[String])> {
        let access = self.access.get(token)?;
        let grant = self.active().find(|grant| grant.id == access.grant)?;
        (now < access.expires_at).then_some((grant, access.scopes.as_slice()))
    }

    /// Ends the grant a refresh token belongs to. Unknown tokens are fine (RFC 7009).
    pub fn revoke_token(&mut self, client: &str, token: &str, now: i64) {
        let Some(id) = self.refresh.get(token).map(|known| known.grant.clone()) else {
            return;
        };
        self.end(now, |grant| grant.id == id && grant.client_id == client);
    }

    /// Ends every grant of an app: Authorized Apps → Revoke Access.
    pub fn revoke_client(&mut self, client: &str, now: i64) -> usize {
        self.end(now, |grant| grant.client_id == client)
    }

    /// Ends every grant.
    pub fn revoke_all(&mut self, now: i64) -> usize {
        self.end(now, |_| true)
    }

    fn end(&mut self, now: i64, which: impl Fn(&Grant) -> bool) -> usize {
        let mut ended = 0;
        for grant in &mut self.all {
            if grant.revoked_at.is_none() && which(grant) {
                grant.revoked_at = Some(now);
                ended += 1;
            }
        }
        ended
    }
}
