//! What people are told about their own account, and what is written down of the ways into it.

use super::{User, store, values};
use crate::audit::{self, Action, Actor, Circumstances, counted};
use crate::db::schema::person_devices::{self, dsl};
use crate::db::{Conn, DbResult};
use crate::ids::UserId;
use crate::mail::Message;
use crate::secrets::hash_of;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::json;
use std::time::Duration;

/// So many log-ins that failed within an hour, from wherever, and the person is written to: once in the hour.
const MANY: i64 = 10;

/// A device that was not used for so long is a new one again.
const KNOWN_FOR: Duration = Duration::from_secs(180 * 86_400);

/// From where something was tried, and how often.
pub type Times = Vec<(Circumstances, i64)>;

/// How a log-in did not come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refused {
    /// The password was wrong.
    WrongPassword,
    /// Too many were tried.
    Throttled,
    /// Too many codes of a second factor were tried.
    ThrottledCode,
    /// Too many links to a new password were asked for.
    ThrottledReset,
}

impl Refused {
    fn action(self) -> Action {
        match self {
            Self::WrongPassword => Action::PersonLogInFailed,
            Self::Throttled => Action::PersonLogInThrottled,
            Self::ThrottledCode => Action::PersonCodeThrottled,
            Self::ThrottledReset => Action::PersonResetThrottled,
        }
    }
}

/// Whose address it is, so that what was refused there is written down.
pub fn whose_address(conn: &mut Conn, email: &str) -> DbResult<Option<User>> {
    let known = store::user_by_email(conn, &values::known_as(email))?;
    Ok(known.filter(|user| user.disabled_at.is_none()))
}

/// Writes down what was refused at a person's address, from where and how often. `true`: there were many log-ins now,
/// and the person is to be written to.
pub fn log_in_refused(conn: &mut Conn, user: &User, why: Refused, times: &Times) -> DbResult<bool> {
    for (seen, times) in times {
        let actor = Actor::Visitor { seen: seen.clone() };
        counted::count_times(conn, &user.company_id, &actor, why.action(), &user.email, *times)?;
    }
    let ways = [Action::PersonLogInFailed, Action::PersonLogInThrottled];
    if !ways.contains(&why.action()) {
        return Ok(false);
    }
    let after = counted::in_this_hour(conn, &user.company_id, &ways, &user.email)?;
    let before = after - times.iter().map(|(_, times)| times).sum::<i64>();
    Ok(before < MANY && after >= MANY)
}

/// Devices that are known for one person; of more, those that were not used for the longest time are forgotten.
const DEVICES: usize = 50;

/// Notes on which device somebody logged in. `true`: they did before on others, and not on this one.
pub fn is_new_device(conn: &mut Conn, user: &UserId, device: &str) -> DbResult<bool> {
    let now = Timestamp::now();
    let of_person = || person_devices::table.filter(dsl::user_id.eq(user));
    let old = of_person().filter(dsl::last_at.lt(now.minus(KNOWN_FOR)));
    diesel::delete(old).execute(conn)?;
    let known: Vec<String> = of_person().order(dsl::last_at.desc()).select(dsl::device_hash).load(conn)?;
    let hash = hash_of(device);
    if known.contains(&hash) {
        diesel::update(person_devices::table.find((user, &hash))).set(dsl::last_at.eq(now)).execute(conn)?;
        return Ok(false);
    }
    if known.len() >= DEVICES {
        let forgotten = of_person().filter(dsl::device_hash.eq_any(&known[DEVICES - 1..]));
        diesel::delete(forgotten).execute(conn)?;
    }
    diesel::insert_into(person_devices::table)
        .values((dsl::user_id.eq(user), dsl::device_hash.eq(&hash), dsl::last_at.eq(now)))
        .execute(conn)?;
    Ok(!known.is_empty())
}

/// Somebody ended their session.
pub fn logged_out(conn: &mut Conn, user: &User, seen: &Circumstances) -> DbResult<()> {
    let actor = Actor::User { id: user.id, email: user.email.clone(), seen: seen.clone() };
    audit::record(conn, &user.company_id, &actor, Action::PersonLoggedOut, user.called(), &json!({}))
}

/// Somebody guesses at the person's password.
pub fn many_failures_email(user: &User, seen: &Circumstances) -> Message {
    let what =
        "Somebody tried to log in to your Alva account with a wrong password many times within an hour";
    told(user, "Many failed log-ins to your Alva account", what, seen)
}

/// The person logged in where they had not before.
pub fn new_device_email(user: &User, seen: &Circumstances) -> Message {
    told(
        user,
        "New device logged in to your Alva account",
        "Somebody logged in to your Alva account on a new device",
        seen,
    )
}

/// Writes down a code that was not right. `true`: there were many, and the person is written to.
pub fn code_refused(conn: &mut Conn, user: &User, seen: &Circumstances) -> DbResult<bool> {
    let actor = Actor::Visitor { seen: seen.clone() };
    let times = counted::count(conn, &user.company_id, &actor, Action::PersonCodeFailed, &user.email)?;
    Ok(times == MANY)
}

/// Somebody who knows the password guesses at the code.
pub fn many_codes_email(user: &User, seen: &Circumstances) -> Message {
    let what = "Somebody entered your password at the Alva portal and then many wrong codes. They know your \
                password";
    told(user, "Many wrong codes for your Alva account", what, seen)
}

/// The second factor is on.
pub fn factor_on_email(user: &User, seen: &Circumstances) -> Message {
    told(
        user,
        "Second factor on for your Alva account",
        "A second factor was set up for your Alva account",
        seen,
    )
}

/// The second factor is off.
pub fn factor_off_email(user: &User, seen: &Circumstances) -> Message {
    told(
        user,
        "Second factor off for your Alva account",
        "The second factor of your Alva account was turned off",
        seen,
    )
}

/// An admin took the second factor away.
pub fn factor_reset_email(user: &User, by: &str) -> Message {
    let what = format!(
        "{by} reset the second factor of your Alva account. You now log in with your password, and can set \
         up a new second factor under Your account"
    );
    told(user, "Second factor reset for your Alva account", &what, &Circumstances::default())
}

/// The person has another passkey.
pub fn passkey_added_email(user: &User, name: &str, seen: &Circumstances) -> Message {
    let what = format!(
        "A passkey was added to your Alva account: \u{201c}{name}\u{201d}. It logs in without your password: if you did not \
         add it, remove it under Your account, Passkeys"
    );
    told(user, "New passkey for your Alva account", &what, seen)
}

/// A passkey of the person is gone.
pub fn passkey_removed_email(user: &User, name: &str, seen: &Circumstances) -> Message {
    let what = format!("The passkey \u{201c}{name}\u{201d} was removed from your Alva account");
    told(user, "Passkey removed from your Alva account", &what, seen)
}

/// A passkey of the person counted back.
pub fn passkey_copied_email(user: &User, name: &str, seen: &Circumstances) -> Message {
    let what = format!(
        "Somebody used your passkey \u{201c}{name}\u{201d} in a way that a copy of it would, and was refused. Remove it \
         under Your account, Passkeys, and add a new one"
    );
    told(user, "Passkey refused for your Alva account", &what, seen)
}

/// A recovery code was used.
pub fn recovery_code_email(user: &User, left: i64, seen: &Circumstances) -> Message {
    let what = format!("Somebody logged in to your Alva account with a recovery code. {left} are left");
    told(user, "Recovery code used for your Alva account", &what, seen)
}

/// The person has a new password.
pub fn new_password_email(user: &User, seen: &Circumstances) -> Message {
    told(user, "New password for your Alva account", "The password of your Alva account was changed", seen)
}

fn told(user: &User, subject: &str, what: &str, seen: &Circumstances) -> Message {
    let mut text = format!("Hello {},\n\n{what}.\n", user.called());
    for (name, value) in [("Network", &seen.network), ("Browser", &seen.browser)] {
        if !value.is_empty() {
            text += &format!("\n{name}: {value}");
        }
    }
    text += "\n\nIf this was you, there is nothing to do. If not, set a new password now, using \u{201c}Forgot your \
             password?\u{201d} on the log-in page, and tell an admin of your company.\n";
    Message {
        to: user.email.clone(),
        to_name: user.name.clone(),
        subject: subject.to_owned(),
        text,
        html: None,
        message_id: None,
    }
}
