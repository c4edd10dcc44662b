//! The tables of settings and texts of a company's mail.

use super::{EmailKind, MailSettings, Text};
use crate::audit::{self, Actor};
use crate::db::schema::{mail_settings, mail_texts};
use crate::db::{Conn, DbResult, dialect};
use crate::i18n::Messages;
use crate::ids::CompanyId;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::{Map, Value, json};

/// What a company chose; what is built in until then.
pub fn settings(conn: &mut Conn, company: &CompanyId) -> DbResult<MailSettings> {
    let found: Option<(String, i32, i32)> = mail_settings::table
        .find(company)
        .select((mail_settings::language, mail_settings::good_for_days, mail_settings::reminders_most))
        .first(conn)
        .optional()?;
    Ok(found.map_or_else(MailSettings::default, |(language, good_for_days, reminders_most)| MailSettings {
        language,
        good_for_days,
        reminders_most,
    }))
}

/// Changes the settings. `false`: they were so already, and nothing is logged.
pub fn configure(conn: &mut Conn, actor: &Actor, company: &CompanyId, new: &MailSettings) -> DbResult<bool> {
    dialect::lock_company(conn, company)?;
    let old = settings(conn, company)?;
    let changes: Map<String, Value> = [
        ("language", json!(old.language), json!(new.language)),
        ("good_for_days", json!(old.good_for_days), json!(new.good_for_days)),
        ("reminders_most", json!(old.reminders_most), json!(new.reminders_most)),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .map(|(field, before, after)| (field.to_owned(), json!({ "from": before, "to": after })))
    .collect();
    if changes.is_empty() {
        return Ok(false);
    }
    diesel::delete(mail_settings::table.find(company)).execute(conn)?;
    diesel::insert_into(mail_settings::table)
        .values((
            mail_settings::company_id.eq(company),
            mail_settings::language.eq(&new.language),
            mail_settings::good_for_days.eq(new.good_for_days),
            mail_settings::reminders_most.eq(new.reminders_most),
        ))
        .execute(conn)?;
    audit::record(
        conn,
        company,
        actor,
        audit::Action::MailConfigured,
        audit::Subject::CandidateMail.as_str(),
        &Value::Object(changes),
    )?;
    Ok(true)
}

/// A text of the company's own.
#[derive(Debug, Clone)]
pub struct CustomText {
    /// For which mail.
    pub kind: EmailKind,
    /// In which language.
    pub language: String,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// Which texts a company has of its own.
pub fn own_texts(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<CustomText>> {
    let found: Vec<(EmailKind, String, Timestamp)> = mail_texts::table
        .filter(mail_texts::company_id.eq(company))
        .select((mail_texts::kind, mail_texts::language, mail_texts::updated_at))
        .load(conn)?;
    Ok(found
        .into_iter()
        .map(|(kind, language, updated_at)| CustomText { kind, language, updated_at })
        .collect())
}

/// What a mail says: the company's own text, or else what is built in; and whether it is its own.
pub fn text(
    conn: &mut Conn,
    company: &CompanyId,
    kind: EmailKind,
    words: &Messages,
) -> DbResult<(Text, bool)> {
    let own: Option<(String, String)> = mail_texts::table
        .find((company, kind, words.code()))
        .select((mail_texts::subject, mail_texts::body))
        .first(conn)
        .optional()?;
    Ok(match own {
        Some((subject, body)) => (Text { subject, body }, true),
        None => (Text::built_in(kind, words), false),
    })
}

/// Keeps a text. `false`: it was so already, and nothing is logged.
pub fn save_text(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    kind: EmailKind,
    words: &Messages,
    new: &Text,
) -> DbResult<bool> {
    change(conn, actor, company, kind, words, Some(new))
}

/// Back to what is built in. `false`: it was so already, and nothing is logged.
pub fn forget_text(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    kind: EmailKind,
    words: &Messages,
) -> DbResult<bool> {
    change(conn, actor, company, kind, words, None)
}

fn change(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    kind: EmailKind,
    words: &Messages,
    new: Option<&Text>,
) -> DbResult<bool> {
    dialect::lock_company(conn, company)?;
    let (old, _) = text(conn, company, kind, words)?;
    let built_in = Text::built_in(kind, words);
    let becomes = new.unwrap_or(&built_in);
    diesel::delete(mail_texts::table.find((company, kind, words.code()))).execute(conn)?;
    if *becomes != built_in {
        diesel::insert_into(mail_texts::table)
            .values((
                mail_texts::company_id.eq(company),
                mail_texts::kind.eq(kind),
                mail_texts::language.eq(words.code()),
                mail_texts::subject.eq(&becomes.subject),
                mail_texts::body.eq(&becomes.body),
                mail_texts::updated_at.eq(Timestamp::now()),
            ))
            .execute(conn)?;
    }
    if old == *becomes {
        return Ok(false);
    }
    let detail = json!({
        "kind": kind.as_str(), "language": words.code(),
        "subject": { "from": old.subject, "to": becomes.subject },
        "text": { "from": old.body, "to": becomes.body },
    });
    let subject = format!("{} ({})", kind.as_str(), words.code());
    audit::record(conn, company, actor, audit::Action::MailTextChanged, &subject, &detail)?;
    Ok(true)
}
