//! `/settings/team`: the people of a company and their roles.

use crate::db::{Conn, DbResult};
use crate::ids::{CompanyId, UserId};
use crate::people::{
    self, Email, Factors, Invitation, Member, PeopleError, Role, Session, invitation_email,
    known_elsewhere_email,
};
use crate::state::AppState;
use crate::web::{
    Admin, FieldErrors, FlashKind, Form, FormToConfirm, Found, InCompany, Layout, NoFields, PageError,
    PageResult, Section, SignedIn, path_id, render, render_with, see_other,
};
use actix_web::dev::{Path, Url};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use askama::Template;
use serde::Deserialize;

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope("/settings/team")
            .route("", web::get().to(list))
            .route("/invite", web::get().to(invite_page))
            .route("/invite", web::post().to(invite))
            .route("/{id}", web::get().to(person_page))
            .route("/{id}/role", web::post().to(change_role))
            .route("/{id}/invite", web::post().to(invite_again))
            .route("/{id}/remove", web::post().to(remove))
            .route("/{id}/second-factor/reset", web::post().to(reset_factor))
            .route("/{id}/log-out", web::post().to(log_out))
            .default_service(web::to(super::nothing_here)),
    );
}

const LIST: &str = "/settings/team";

impl From<PeopleError> for PageError {
    fn from(cause: PeopleError) -> Self {
        let explained = |status, title: &str, text: &str| Self::Explained {
            status,
            title: title.to_owned(),
            text: text.to_owned(),
        };
        match cause {
            PeopleError::CodeNotValid => explained(
                StatusCode::GONE,
                "This link no longer works",
                "It has been used or has expired. For a new password, request another link on the log-in \
                 page. For an invitation, ask the person who invited you.",
            ),
            // Only who has the link out of the mail comes here.
            PeopleError::AddressInUse => explained(
                StatusCode::CONFLICT,
                "You log in to another company",
                "Since you were invited, this address has been used for another company, and an address can \
                 only be used for one. Ask to be invited at a different address.",
            ),
            PeopleError::JoinedAlready => explained(
                StatusCode::CONFLICT,
                "The invitation was accepted",
                "This person has already joined and can log in.",
            ),
            PeopleError::NoSuchPerson => Self::NotFound,
            PeopleError::Db(cause) => cause.into(),
            other => Self::internal(other),
        }
    }
}

#[derive(Template)]
#[template(path = "team/list.html")]
struct TeamPage {
    layout: Layout,
    members: Vec<Member>,
    me: UserId,
    errors: FieldErrors,
    form: InviteForm,
}

#[derive(Template)]
#[template(path = "team/invite.html")]
struct InvitePage {
    layout: Layout,
    errors: FieldErrors,
    form: InviteForm,
}

#[derive(Template)]
#[template(path = "team/person.html")]
struct PersonPage {
    layout: Layout,
    errors: FieldErrors,
    member: Member,
    is_me: bool,
    /// Where the person is logged in.
    sessions: Vec<Session>,
    factors: Factors,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct InviteForm {
    email: String,
    role: String,
}

impl InviteForm {
    fn empty() -> Self {
        Self { email: String::new(), role: Role::Member.as_str().to_owned() }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RoleForm {
    role: String,
}

const WHICH_ROLE: &str = "Choose one of the roles.";

async fn list(app: Data<AppState>, who: SignedIn) -> PageResult {
    let company = *who.company_id();
    let members = app.db.read(move |conn| people::members(conn, &company)).await?;
    let layout = who.layout("Team", Section::Team)?;
    let me = who.user.id;
    render(&TeamPage { layout, members, me, errors: FieldErrors::default(), form: InviteForm::empty() })
}

async fn invite_page(who: Admin) -> PageResult {
    let layout = who.layout("Invite someone", Section::Team)?;
    render(&InvitePage { layout, errors: FieldErrors::default(), form: InviteForm::empty() })
}

/// Adds a person and mails the invitation. 422 gives the form back.
async fn invite(app: Data<AppState>, who: Admin, form: FormToConfirm<InviteForm>) -> PageResult {
    let form = form.confirmed_if(&who, |form| Role::parse(&form.role) == Some(Role::Admin))?;
    let mut errors = FieldErrors::default();
    let email = errors.keep("email", Email::parse(&form.email));
    let role = errors.keep("role", Role::parse(&form.role).ok_or(WHICH_ROLE));
    if let (Some(email), Some(role)) = (email, role) {
        app.throttle.inviting(who.company_id()).map_err(PageError::TooMany)?;
        let (actor, company) = (who.actor(), *who.company_id());
        let made = app.db.try_write(move |conn| people::invite(conn, &actor, &company, &email, role)).await;
        match made {
            Ok(invitation) => return send_invitation(&app, &who, &invitation).await,
            Err(PeopleError::InTeamAlready) => errors.add("email", "This person is already in the team."),
            Err(other) => return Err(other.into()),
        }
    }
    let layout = who.layout("Invite someone", Section::Team)?;
    render_with(StatusCode::UNPROCESSABLE_ENTITY, &InvitePage { layout, errors, form })
}

/// Makes a new link for an invitation that was not taken up.
async fn invite_again(
    app: Data<AppState>,
    Found(who, member): Found<Admin, Member>,
    _form: Form<NoFields>,
) -> PageResult {
    app.throttle.inviting(who.company_id()).map_err(PageError::TooMany)?;
    app.throttle.invited_again(&member.user.email).map_err(PageError::TooMany)?;
    let (actor, company, id) = (who.actor(), *who.company_id(), member.user.id);
    let invitation =
        app.db.try_write(move |conn| people::renew_invitation(conn, &actor, &company, &id)).await?;
    send_invitation(&app, &who, &invitation).await
}

/// Mails the link, to the person alone: an admin who had it could join in their place, or learn that the address logs in
/// to another company.
async fn send_invitation(app: &AppState, who: &Admin, Invitation { user, code }: &Invitation) -> PageResult {
    let mail = match code {
        Some(code) => {
            let link = app.link(&format!("/invite/{}", code.expose()));
            invitation_email(user, &who.company, &link)
        }
        None => known_elsewhere_email(user, &who.company),
    };
    match app.mailer.send(mail).await {
        Ok(_) => who.flash(FlashKind::Good, format!("Invited {}.", user.email)),
        Err(failure) => {
            tracing::warn!(user = %user.id, %failure, "an invitation was not mailed");
            let text = format!(
                "The email to {} could not be sent: {failure}. Open the person and resend the invitation.",
                user.email
            );
            who.flash(FlashKind::Attention, text);
        }
    }
    Ok(see_other(LIST))
}

impl InCompany for Member {
    type Key = UserId;

    fn key(path: &Path<Url>) -> Option<UserId> {
        path_id(path, "id", UserId::parse)
    }

    fn load(conn: &mut Conn, company: &CompanyId, id: &UserId) -> DbResult<Option<Self>> {
        Ok(people::members(conn, company)?.into_iter().find(|member| member.user.id == *id))
    }
}

async fn person_page(app: Data<AppState>, Found(who, member): Found<Admin, Member>) -> PageResult {
    show_person(&app, &who, member, FieldErrors::default()).await
}

async fn show_person(app: &AppState, who: &Admin, member: Member, errors: FieldErrors) -> PageResult {
    let (id, access) = (member.user.id, who.access.clone());
    let (sessions, factors) = app
        .db
        .read(move |conn| Ok((people::open_sessions(conn, &id, &access)?, people::factors(conn, &id)?)))
        .await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let layout = who.layout(member.user.called(), Section::Team)?;
    let is_me = member.user.id == who.user.id;
    render_with(status, &PersonPage { layout, errors, member, is_me, sessions, factors })
}

/// Takes the second factor of somebody who lost it away, and writes to them.
async fn reset_factor(
    app: Data<AppState>,
    Found(who, member): Found<Admin, Member>,
    form: FormToConfirm<NoFields>,
) -> PageResult {
    form.confirmed(&who)?;
    let (actor, company, id) = (who.actor(), *who.company_id(), member.user.id);
    // Their own they turn off themselves, on their own page.
    if id == who.user.id {
        return Ok(see_other("/account/second-factor"));
    }
    let reset = app.db.try_write(move |conn| people::reset_factor(conn, &actor, &company, &id)).await?;
    if let Some(user) = reset {
        super::login::tell_later(app, people::factor_reset_email(&user, who.user.called()));
        who.flash(FlashKind::Good, format!("The second factor of {} was reset.", user.called()));
    }
    Ok(see_other(&format!("{LIST}/{id}")))
}

/// Logs a person out everywhere.
async fn log_out(
    app: Data<AppState>,
    Found(who, member): Found<Admin, Member>,
    _form: Form<NoFields>,
) -> PageResult {
    let (actor, company, id) = (who.actor(), *who.company_id(), member.user.id);
    app.db.try_write(move |conn| people::log_out_person(conn, &actor, &company, &id)).await?;
    who.flash(FlashKind::Good, format!("{} was logged out everywhere.", member.user.called()));
    Ok(see_other(&format!("{LIST}/{id}")))
}

/// Gives a person another role. 422 says why it cannot be.
async fn change_role(
    app: Data<AppState>,
    Found(who, member): Found<Admin, Member>,
    form: FormToConfirm<RoleForm>,
) -> PageResult {
    let Some(role) = Role::parse(&form.confirmed(&who)?.role) else {
        return refuse(&app, &who, member, "role", WHICH_ROLE).await;
    };
    let (actor, company, id) = (who.actor(), *who.company_id(), member.user.id);
    let changed = app.db.try_write(move |conn| people::change_role(conn, &actor, &company, &id, role)).await;
    match changed {
        Ok(_) => {
            let text = format!("{} is now {}.", member.user.called(), with_article(role));
            who.flash(FlashKind::Good, text);
            Ok(see_other(LIST))
        }
        Err(PeopleError::LastAdmin) => refuse(&app, &who, member, "role", LAST_ADMIN).await,
        Err(other) => Err(other.into()),
    }
}

/// Removes a person from the team. 422 says why it cannot be.
async fn remove(
    app: Data<AppState>,
    Found(who, member): Found<Admin, Member>,
    form: FormToConfirm<NoFields>,
) -> PageResult {
    form.confirmed(&who)?;
    let (actor, company, id) = (who.actor(), *who.company_id(), member.user.id);
    match app.db.try_write(move |conn| people::remove(conn, &actor, &company, &id)).await {
        Ok(user) => {
            who.flash(FlashKind::Good, format!("{} was removed from the team.", user.called()));
            Ok(see_other(LIST))
        }
        Err(PeopleError::LastAdmin) => refuse(&app, &who, member, "", LAST_ADMIN).await,
        Err(other) => Err(other.into()),
    }
}

const LAST_ADMIN: &str = "This is the only admin. Make someone else an admin first.";

async fn refuse(app: &AppState, who: &Admin, member: Member, field: &'static str, why: &str) -> PageResult {
    show_person(app, who, member, FieldErrors::single(field, why)).await
}

fn with_article(role: Role) -> &'static str {
    match role {
        Role::Admin => "an admin",
        Role::Member => "a member",
        Role::Auditor => "an auditor",
    }
}
