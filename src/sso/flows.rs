//! One log-in at a provider, from the way there to the proved word of who came back.
//!
//! What was sent along and must come back stands in the session of the browser, which is sealed: an answer that belongs to
//! another browser fits nothing, and strangers who begin log-ins cost no row.

use super::identity::{Groups, Identity, MoreClaims};
use super::provider::{CallError, Metadata, SsoClient};
use super::store::SsoProvider;
use super::{Preset, ProviderError, SsoError};
use crate::ids::CompanyId;
use crate::time::Timestamp;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm as Alg,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, ClaimsVerificationError, Client, ClientId, ClientSecret,
    CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdToken, IdTokenClaims,
    IdTokenFields, IdTokenVerifier, IssuerUrl, LoginHint, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RequestTokenError, Scope, SignatureVerificationError, StandardErrorResponse,
    StandardTokenResponse, TokenResponse as _, UserInfoClaims,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use url::Url;

/// How long somebody may take at the provider.
const LIFE: Duration = Duration::from_secs(600);

/// A token is made just now, or it is not ours: ms in either direction.
const RECENT: i64 = 600_000;

/// Signatures that are believed: those by a key that the provider keeps to itself. The client secret, and "none", sign
/// nothing here.
const ALGORITHMS: [Alg; 9] = [
    Alg::RsaSsaPkcs1V15Sha256,
    Alg::RsaSsaPkcs1V15Sha384,
    Alg::RsaSsaPkcs1V15Sha512,
    Alg::RsaSsaPssSha256,
    Alg::RsaSsaPssSha384,
    Alg::RsaSsaPssSha512,
    Alg::EcdsaP256Sha256,
    Alg::EcdsaP384Sha384,
    Alg::EdDsa,
];

type Token = IdToken<MoreClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, Alg>;
type Claims = IdTokenClaims<MoreClaims, CoreGenderClaim>;
type Fields =
    IdTokenFields<MoreClaims, EmptyExtraTokenFields, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, Alg>;
type Refusal = StandardErrorResponse<CoreErrorResponseType>;
type Oidc = Client<
    MoreClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    Refusal,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What somebody is sent to the provider for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// To log in, and then go on there.
    LogIn { next: String },
    /// To try the settings.
    Test,
}

/// A log-in that was begun, as the session of the browser holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Flow {
    pub company: CompanyId,
    /// The settings that it was begun with.
    pub version: i64,
    pub purpose: Purpose,
    state: String,
    nonce: String,
    verifier: String,
    at: Timestamp,
}

impl Flow {
    /// Whether an answer with this `state` belongs to it.
    pub fn is_answered_by(&self, state: &str) -> bool {
        use subtle::ConstantTimeEq as _;
        self.state.as_bytes().ct_eq(state.as_bytes()).into()
    }
}

/// The way to the provider.
#[derive(Debug)]
pub struct Begun {
    pub address: Url,
    pub flow: Flow,
}

/// What a provider sends people back with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    pub state: String,
    pub code: Option<String>,
    pub error: Option<String>,
    pub error_description: Option<String>,
    pub iss: Option<String>,
}

fn oidc(
    client: &SsoClient,
    metadata: &Metadata,
    provider: &SsoProvider,
    secret: Option<SecretString>,
) -> Oidc {
    let id = ClientId::new(provider.settings.client_id.clone());
    let secret = secret.map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
    let oidc = Oidc::from_provider_metadata(metadata.clone(), id, secret)
        .set_redirect_uri(client.redirect().clone());
    let methods = metadata.token_endpoint_auth_methods_supported();
    let takes_basic = methods.is_none_or(|methods| {
        methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
            || !methods.contains(&CoreClientAuthMethod::ClientSecretPost)
    });
    if takes_basic { oidc } else { oidc.set_auth_type(AuthType::RequestBody) }
}

/// Begins a log-in. `address`: whom it is probably for.
///
/// # Errors
/// When the provider cannot be asked.
pub async fn begin(
    client: &SsoClient,
    provider: &SsoProvider,
    purpose: Purpose,
    address: Option<&str>,
) -> Result<Begun, SsoError> {
    let settings = &provider.settings;
    let metadata = client.metadata(&settings.issuer).await?;
    let oidc = oidc(client, &metadata, provider, None);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let scope = |name: &str| Scope::new(name.to_owned());
    let mut asked = oidc
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scope(scope("email"))
        .add_scope(scope("profile"))
        .set_pkce_challenge(challenge);
    let has_groups = metadata.scopes_supported().is_some_and(|scopes| scopes.contains(&scope("groups")));
    if has_groups && !settings.group_roles.is_empty() {
        asked = asked.add_scope(scope("groups"));
    }
    if let (Preset::Google, [domain]) = (settings.preset, &settings.domains[..]) {
        asked = asked.add_extra_param("hd", domain.clone());
    }
    if let Some(address) = address {
        asked = asked.set_login_hint(LoginHint::new(address.to_owned()));
    }
    let (address, state, nonce) = asked.url();
    let flow = Flow {
        company: provider.company_id,
        version: provider.version,
        purpose,
        state: state.secret().clone(),
        nonce: nonce.secret().clone(),
        verifier: verifier.secret().clone(),
        at: Timestamp::now(),
    };
    Ok(Begun { address, flow })
}

/// Takes the answer of the log-in that it belongs to: fetches the ID token and proves it.
///
/// # Errors
/// Why nothing is believed.
pub async fn finish(
    client: &SsoClient,
    provider: &SsoProvider,
    secret: SecretString,
    flow: &Flow,
    answer: Answer,
) -> Result<Identity, SsoError> {
    let settings = &provider.settings;
    if flow.at.plus(LIFE) <= Timestamp::now() {
        return Err(SsoError::Expired);
    }
    if answer.iss.as_ref().is_some_and(|iss| *iss != settings.issuer) {
        return Err(SsoError::OtherIssuer);
    }
    if let Some(error) = answer.error {
        let said = answer.error_description.filter(|said| !said.is_empty());
        return Err(SsoError::Denied(said.map_or(error.clone(), |said| format!("{error}: {said}"))));
    }
    let code = answer.code.filter(|code| !code.is_empty()).ok_or(SsoError::Unknown)?;
    let metadata = client.metadata(&settings.issuer).await?;
    let oidc = oidc(client, &metadata, provider, Some(secret));
    let call = |request| client.call(request);
    let tokens = oidc
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|why| ProviderError::Odd(why.to_string()))?
        .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier.clone()))
        .request_async(&call)
        .await
        .map_err(refused)?;
    let token = tokens.id_token().ok_or_else(|| SsoError::BadToken("it is missing".to_owned()))?;
    let nonce = Nonce::new(flow.nonce.clone());
    let proved = match prove(provider, &metadata, token, &nonce) {
        Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
            let newer = client.newer_metadata(&settings.issuer).await?;
            prove(provider, &newer, token, &nonce)
        }
        outcome => outcome,
    };
    let claims = proved.map_err(|why| SsoError::BadToken(token_fault(&why)))?;
    if let Some(hash) = claims.access_token_hash() {
        let verifier = verifier(provider, &metadata);
        let fits = token.signing_alg().and_then(|alg| Ok((alg, token.signing_key(&verifier)?))).ok();
        let fits =
            fits.and_then(|(alg, key)| AccessTokenHash::from_token(tokens.access_token(), alg, key).ok());
        if fits.is_some_and(|made| made != *hash) {
            return Err(SsoError::BadToken("it belongs to another access token".to_owned()));
        }
    }
    let mut identity = said(provider, claims, token);
    let lacks_groups = !settings.group_roles.is_empty() && identity.groups == Groups::Missing;
    if (identity.address.is_none() || !identity.is_verified || lacks_groups) && oidc.user_info_url().is_some()
    {
        let more: UserInfoClaims<MoreClaims, CoreGenderClaim> = oidc
            .user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
            .map_err(|why| ProviderError::Odd(why.to_string()))?
            .request_async(&call)
            .await
            .map_err(|why| ProviderError::Odd(format!("it says nothing of the person (userinfo): {why}")))?;
        complete(provider, &mut identity, &more);
    }
    Ok(identity)
}

fn verifier<'v>(provider: &SsoProvider, metadata: &Metadata) -> IdTokenVerifier<'v, CoreJsonWebKey> {
    let id = ClientId::new(provider.settings.client_id.clone());
    // As for one without a secret, so that none can stand in for a key.
    IdTokenVerifier::new_public_client(id, metadata.issuer().clone(), metadata.jwks().clone())
        .set_allowed_algs(ALGORITHMS)
        .set_issue_time_verifier_fn(|at| {
            let apart = Timestamp::now().since(Timestamp(at.timestamp_millis())).abs();
            if apart <= RECENT { Ok(()) } else { Err("made too long ago, or in the future".to_owned()) }
        })
}

fn prove<'t>(
    provider: &SsoProvider,
    metadata: &Metadata,
    token: &'t Token,
    nonce: &Nonce,
) -> Result<&'t Claims, ClaimsVerificationError> {
    let issuer = IssuerUrl::new(provider.settings.issuer.clone());
    if issuer.ok().as_ref() != Some(metadata.issuer()) {
        return Err(ClaimsVerificationError::InvalidIssuer(metadata.issuer().to_string()));
    }
    let claims = token.claims(&verifier(provider, metadata), nonce)?;
    // Where the token names who asked for it, that is the portal.
    let asked = claims.authorized_party().is_none_or(|party| **party == provider.settings.client_id);
    if asked { Ok(claims) } else { Err(ClaimsVerificationError::InvalidAudience("azp".to_owned())) }
}

fn token_fault(cause: &ClaimsVerificationError) -> String {
    match cause {
        ClaimsVerificationError::SignatureVerification(why) => format!("its signature: {why}"),
        other => other.to_string(),
    }
}

fn refused(cause: RequestTokenError<CallError, Refusal>) -> SsoError {
    match cause {
        RequestTokenError::Request(cause) => ProviderError::from(cause).into(),
        RequestTokenError::ServerResponse(said) => {
            let more = said.error_description().map(|more| format!(": {more}")).unwrap_or_default();
            SsoError::CodeRefused(format!("{}{more}", said.error().as_ref()))
        }
        // An ID token of another form than any of the standard, one without a signature for example.
        RequestTokenError::Parse(why, _) => SsoError::BadToken(why.into_inner().to_string()),
        RequestTokenError::Other(why) => SsoError::CodeRefused(why),
    }
}

fn said(provider: &SsoProvider, claims: &Claims, token: &Token) -> Identity {
    let (settings, more) = (&provider.settings, claims.additional_claims());
    Identity {
        issuer: settings.issuer.clone(),
        subject: claims.subject().to_string(),
        address: claims.email().map(|address| address.to_string()),
        is_verified: claims.email_verified() == Some(true) || more.is_vouched_for(settings),
        hosted_domain: more.text("hd"),
        name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()).unwrap_or_default(),
        groups: more.groups(&settings.groups_claim),
        sid: more.text("sid").unwrap_or_default(),
        authenticated_at: claims.auth_time().map(|at| Timestamp(at.timestamp_millis())),
        id_token: token.to_string(),
    }
}

/// What the ID token left out, from where the provider says more of the person.
fn complete(
    provider: &SsoProvider,
    identity: &mut Identity,
    said: &UserInfoClaims<MoreClaims, CoreGenderClaim>,
) {
    let (settings, more) = (&provider.settings, said.additional_claims());
    let address = said.email().map(|address| address.to_string());
    let is_verified = said.email_verified() == Some(true) || more.is_vouched_for(settings);
    // A word about one address does not count for another.
    if identity.address.is_none() {
        (identity.address, identity.is_verified) = (address, is_verified);
    } else if identity.address == address {
        identity.is_verified |= is_verified;
    }
    identity.hosted_domain = identity.hosted_domain.take().or_else(|| more.text("hd"));
    if identity.name.is_empty() {
        let name = said.name().and_then(|name| name.get(None));
        identity.name = name.map(|name| name.to_string()).unwrap_or_default();
    }
    if identity.groups == Groups::Missing {
        identity.groups = more.groups(&settings.groups_claim);
    }
}
