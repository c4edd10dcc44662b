//! The mails to candidates.

use super::Tools;
use super::actions::Tried;
use crate::db::DbError;
use crate::events::steps::NewStep;
use crate::ids::InvitationId;
use crate::invitations::candidates;
use crate::invitations::letter::Letter;
use crate::invitations::store::Invitation;
use crate::mail::MailError;
use crate::people;
use crate::time::Timestamp;
use secrecy::ExposeSecret as _;

/// What an invitation's code is sealed for.
pub(super) fn place(id: &InvitationId) -> String {
    format!("invitations.code:{id}")
}

/// Mails the invitation. SMTP cannot tell whether a mail whose answer was lost went out; it is sent
/// again with the same `Message-ID` and the same link, so that it is the same mail to its reader.
pub(super) async fn mail(tools: &Tools, invitation: &Invitation) -> Result<Tried, DbError> {
    let (company, candidate) = (invitation.company_id.clone(), invitation.candidate_id.clone());
    let (company, candidate) = tools
        .db
        .read(move |conn| {
            Ok::<_, DbError>((people::company(conn, &company)?, candidates::candidate(conn, &candidate)?))
        })
        .await?;
    let code =
        invitation.code_sealed.as_ref().map(|sealed| tools.sealer.open(sealed, &place(&invitation.id)));
    let code = match code {
        Some(Ok(code)) => code,
        Some(Err(failure)) => return Ok(Tried::Failed(failure.to_string())),
        None => return Ok(Tried::Failed("the invitation's link is gone".into())),
    };
    let mut link = tools.base_url.clone();
    link.set_path(&format!("/assessment/{}", code.expose_secret()));
    let until = invitation.expires_at.day_in(&company.zone());
    let letter = Letter {
        company: &company.name,
        name: &candidate.name,
        posting: &invitation.posting_title,
        link: link.as_str(),
        until: &until,
        support: &company.support_contact,
    };
    let host = tools.base_url.host_str().unwrap_or("localhost");
    let mail = match letter.to_mail(&candidate.email, format!("invitation-{}@{host}", invitation.id)) {
        Ok(mail) => mail,
        Err(failure) => return Ok(Tried::Failed(failure.to_string())),
    };
    let began = Timestamp::now();
    match tools.mailer.send(mail).await {
        Ok(accepted) => {
            let mut step = NewStep::good("invitation mailed", format!("{} {}", candidate.email, accepted.0));
            step.duration_ms = Some(Timestamp::now().since(began));
            Ok(Tried::Done(step))
        }
        Err(MailError::TryAgain(why)) => {
            Ok(Tried::Later { why: format!("the mail server cannot take it now: {why}"), after: None })
        }
        Err(refused) => Ok(Tried::Failed(refused.to_string())),
    }
}
