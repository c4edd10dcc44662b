//! Counts of groups that lead to nobody.

use super::rights::{agreed, configure};
use super::*;
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use alva_portal::db::Conn;
use alva_portal::integrations::State;
use alva_portal::people::Role;

on_both_databases!(Portal::start => groups_are_counted_once_and_lead_to_nobody);
async fn groups_are_counted_once_and_lead_to_nobody(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let page = through_both(&visitor, &ada).await;
    assert!(!page.html.contains("Are the tests fair to everyone?"), "the company does not ask");
    let before = invite(&portal, &acme, &account, "o2").await;
    let begin = async || portal.visitor().get(&before.path).await.text("main");
    let (nothing, asked) =
        ("The tests do not ask about your age, sex", "After the tests you can choose to give your sex");
    let read = begin().await;
    assert!(read.contains(nothing) && !read.contains(asked), "{read}");
    configure(&portal, "dana@acme.example", &[("counts_groups", "yes")]).await;
    // What is asked afterwards is said, and agreed to, before.
    let read = begin().await;
    assert!(read.contains(nothing) && read.contains(asked), "{read}");
    let other = portal.visitor();
    let page = other.get(&before.path).await;
    go_on(&other, &before, &page, "I agree, begin", &[]).await;
    assert!(agreed(&portal, &before).await.1.contains(asked));
    other.post(&format!("{}/groups", before.path), &[("sex", "man")]).await.leads_to(&before.path);
    let told = other.get(&before.path).await.text(".flash");
    assert!(told.contains("Nothing was saved"), "in the middle of the tests: {told}");
    let page = visitor.get(&ada.path).await;
    let page = go_on(&visitor, &ada, &page, "Send", &[("sex", "woman"), ("age", "under_40")]).await;
    assert!(!page.html.contains("Are the tests fair to everyone?"), "asked once");
    visitor.post(&format!("{}/groups", ada.path), &[("sex", "man"), ("age", "from_40")]).await;
    let told = visitor.get(&ada.path).await.text(".flash");
    assert!(told.contains("Nothing was counted"), "{told}");
    let counts = || async {
        portal
            .write(|conn| {
                use alva_portal::db::schema::group_counts::dsl;
                let all = dsl::group_counts.order(dsl::answer.asc()).select((dsl::answer, dsl::people));
                Ok(all.load::<(String, i32)>(conn).map_err(DbError::from)?)
            })
            .await
    };
    assert_eq!(counts().await, [("under_40".to_owned(), 1), ("woman".to_owned(), 1)]);
    let dana = portal.signed_in("dana@acme.example").await;
    let shown = dana.get("/settings/company/groups").await;
    assert!(shown.text("table").contains("fewer than 10"), "{}", shown.html);
    assert!(!shown.text("td[data-label=People]").lines().any(|line| line == "1"), "{}", shown.html);
}

/// Counts that were shown already: 14 women and 25 men with a low role fit.
async fn already_counted(portal: &Portal, company: alva_portal::ids::CompanyId) {
    use alva_portal::db::schema::group_counts::dsl;
    portal
        .write(move |conn: &mut Conn| {
            for (answer, people) in [("woman", 14), ("man", 25)] {
                let row = (
                    dsl::company_id.eq(company),
                    dsl::question.eq("sex"),
                    dsl::answer.eq(answer),
                    dsl::band.eq("other"),
                    dsl::people.eq(people),
                    dsl::shown.eq(people),
                );
                diesel::insert_into(dsl::group_counts).values(row).execute(conn).map_err(DbError::from)?;
            }
            Ok(())
        })
        .await;
}

// 9 of 16 women and 5 of 14 men have a high role fit: 56 % and 36 %, not the 33 % and 50 % of counts in fives.
on_both_databases!(Portal::start => shares_are_those_of_the_people);
async fn shares_are_those_of_the_people(portal: Portal) {
    use alva_portal::db::schema::group_counts::dsl;
    let acme = portal.company("Acme").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let company = acme.id;
    portal
        .write(move |conn: &mut Conn| {
            for (answer, band, people) in
                [("woman", "high", 9), ("woman", "other", 7), ("man", "high", 5), ("man", "other", 9)]
            {
                let row = (
                    dsl::company_id.eq(company),
                    dsl::question.eq("sex"),
                    dsl::answer.eq(answer),
                    dsl::band.eq(band),
                    dsl::people.eq(people),
                    dsl::shown.eq(people),
                );
                diesel::insert_into(dsl::group_counts).values(row).execute(conn).map_err(DbError::from)?;
            }
            Ok(())
        })
        .await;
    let page = portal.signed_in("dana@acme.example").await.get("/settings/company/groups").await;
    let [people, share, ratio] =
        ["People", "Share", "Ratio"].map(|column| page.text(&format!("td[data-label={column}]")));
    assert!(people.starts_with("15\n10\n") && share.starts_with("55 %\n35 %\n"), "{people} {share}");
    // Men against women, whose share is the higher one.
    assert!(ratio.starts_with("–\n0.6 (") && ratio.contains("below 4/5"), "{ratio}");
}

on_both_databases!(Portal::start => counts_that_are_shown_tell_nobodys_answer);
async fn counts_that_are_shown_tell_nobodys_answer(portal: Portal) {
    use alva_portal::db::schema::group_counts::dsl;
    let acme = portal.company("Acme").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    configure(&portal, "dana@acme.example", &[("counts_groups", "yes")]).await;
    let dana = portal.signed_in("dana@acme.example").await;
    already_counted(&portal, acme.id).await;
    let shown = async || dana.get("/settings/company/groups").await.text("td[data-label=People]");
    let before = shown().await;
    assert!(before.starts_with("10\n25"), "{before}");
    let answers = async |opportunity: &str| {
        let invited = invite(&portal, &acme, &account, opportunity).await;
        let visitor = portal.visitor();
        let page = through_both(&visitor, &invited).await;
        go_on(&visitor, &invited, &page, "Send", &[("sex", "woman")]).await;
    };
    // The fifteenth woman would be seen in steps of five alone.
    answers("o1").await;
    assert_eq!(shown().await, before);
    // Three others answered meanwhile: with the next, five have.
    let company = acme.id;
    portal
        .write(move |conn: &mut Conn| {
            let men = dsl::group_counts.filter(dsl::company_id.eq(company).and(dsl::answer.eq("man")));
            diesel::update(men).set(dsl::people.eq(dsl::people + 3)).execute(conn).map_err(DbError::from)?;
            Ok(())
        })
        .await;
    assert_eq!(shown().await, before);
    answers("o2").await;
    assert!(shown().await.starts_with("15\n25"), "{}", shown().await);
}
