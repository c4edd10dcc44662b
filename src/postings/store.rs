//! The table of known postings.

use super::findings::{Finding, findings};
use super::tags::Tag;
use crate::db::schema::postings::{self, dsl};
use crate::db::{Conn, DbResult, dialect, keyset};
use crate::i18n::portal;
use crate::ids::IntegrationId;
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::Posting;

/// Postings on a page.
pub const PAGE: usize = 50;

text_enum! {
    /// Who may see a posting.
    Visibility {
        /// Everyone with access to it.
        Open => "non-confidential",
        /// Few; Lever shows it to the portal all the same.
        Confidential => "confidential",
        /// Lever does not show it to the portal.
        Hidden => "hidden",
    }
}

text_enum! {
    /// Which postings a list shows.
    Which {
        /// Those about which something wants looking at.
        Findings => "findings",
        /// Those with a tag that is meant for Alva.
        Alva => "alva",
        /// All.
        All => "all",
    }
}

impl Which {
    /// For people.
    pub fn label(self) -> String {
        portal().name("postings-list", self.as_str())
    }
}

/// A posting, as Lever told of it last.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = postings, primary_key(integration_id, posting_id), treat_none_as_null = true)]
pub struct KnownPosting {
    pub integration_id: IntegrationId,
    /// Lever's id.
    pub posting_id: String,
    /// The job's title; empty for one that Lever never showed.
    pub title: String,
    /// Its tags, a JSON array; read them with [`KnownPosting::tags`].
    #[diesel(column_name = tags)]
    pub tags_json: String,
    /// Who may see it.
    #[diesel(column_name = confidentiality)]
    pub visibility: Visibility,
    /// Lever's word for where it is in its life; empty when Lever does not tell.
    pub state: String,
    /// Its page in Lever; empty when Lever names none.
    pub lever_url: String,
    /// So many of its tags are meant for Alva, well written or not.
    pub alva_tags: i32,
    /// So many things about it want looking at.
    #[diesel(column_name = findings)]
    pub finding_count: i32,
    /// When Lever told of it last.
    pub seen_at: Timestamp,
    /// Since when Lever does not list it.
    pub removed_at: Option<Timestamp>,
}

impl KnownPosting {
    pub fn name(&self) -> &str {
        if self.title.is_empty() { "a confidential posting" } else { &self.title }
    }

    /// Its tags, letter for letter as in Lever.
    pub fn tags(&self) -> Vec<String> {
        serde_json::from_str(&self.tags_json).unwrap_or_default()
    }

    /// Whether it is confidential, as far as Lever tells.
    pub fn is_confidential(&self) -> bool {
        self.visibility != Visibility::Open
    }

    /// What about it wants looking at.
    pub fn findings(&self) -> Vec<Finding> {
        findings(&self.tags(), self.is_confidential())
    }

    /// Whether Lever says the same of it now as when it told of it last.
    pub fn is_as(&self, posting: &Posting) -> bool {
        let now = Self::of_posting(&self.integration_id, posting);
        Self { seen_at: self.seen_at, ..now } == *self
    }

    fn of_posting(integration: &IntegrationId, posting: &Posting) -> Self {
        let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        let is_confidential = posting.is_confidential();
        let for_alva = posting.tags.iter().filter(|tag| Tag::read(tag).is_for_alva()).count();
        Self {
            integration_id: *integration,
            posting_id: posting.id.to_string(),
            title: posting.text.clone(),
            tags_json: serde_json::to_string(&posting.tags).unwrap_or_else(|_| "[]".to_owned()),
            visibility: if is_confidential { Visibility::Confidential } else { Visibility::Open },
            state: posting.state.as_ref().map(ToString::to_string).unwrap_or_default(),
            lever_url: posting.urls.show.clone().unwrap_or_default(),
            alva_tags: count(for_alva),
            finding_count: count(findings(&posting.tags, is_confidential).len()),
            seen_at: Timestamp::now(),
            removed_at: None,
        }
    }
}

/// Takes over what Lever says of a posting now.
pub fn save(conn: &mut Conn, integration: &IntegrationId, posting: &Posting) -> DbResult<()> {
    put(conn, &KnownPosting::of_posting(integration, posting))
}

/// Takes note that Lever keeps a posting from the portal. What was known of it stays; `tags` are
/// those of Alva's that it is seen to carry all the same, when its own are not known.
pub fn keep_hidden(
    conn: &mut Conn,
    integration: &IntegrationId,
    posting_id: &str,
    tags: &[String],
) -> DbResult<()> {
    let known = get(conn, integration, posting_id)?;
    let mut row = known.unwrap_or_else(|| KnownPosting {
        integration_id: *integration,
        posting_id: posting_id.to_owned(),
        title: String::new(),
        tags_json: "[]".to_owned(),
        visibility: Visibility::Hidden,
        state: String::new(),
        lever_url: String::new(),
        alva_tags: 0,
        finding_count: 0,
        seen_at: Timestamp(0),
        removed_at: None,
    });
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    row.visibility = Visibility::Hidden;
    if row.title.is_empty() && !tags.is_empty() {
        row.tags_json = serde_json::to_string(tags).unwrap_or_else(|_| "[]".to_owned());
        row.alva_tags = count(tags.len());
    }
    row.finding_count = count(row.findings().len());
    row.removed_at = None;
    row.seen_at = Timestamp::now();
    put(conn, &row)
}

fn put(conn: &mut Conn, row: &KnownPosting) -> DbResult<()> {
    // Several events of one posting may be worked at the same time.
    dialect::upsert!(conn, postings, (postings::integration_id, postings::posting_id), row);
    Ok(())
}

/// A posting.
pub fn get(conn: &mut Conn, integration: &IntegrationId, posting_id: &str) -> DbResult<Option<KnownPosting>> {
    Ok(dsl::postings
        .find((integration, posting_id))
        .select(KnownPosting::as_select())
        .first(conn)
        .optional()?)
}

/// Postings that somebody may choose from, by title; what Lever does not show is left out.
pub fn choices(conn: &mut Conn, integration: &IntegrationId, most: i64) -> DbResult<Vec<KnownPosting>> {
    Ok(dsl::postings
        .filter(dsl::integration_id.eq(integration).and(dsl::removed_at.is_null()))
        .filter(dsl::confidentiality.eq(Visibility::Open).and(dsl::title.ne("")))
        .order((dsl::title.asc(), dsl::posting_id.asc()))
        .limit(most)
        .select(KnownPosting::as_select())
        .load(conn)?)
}

/// A place in a list of postings: title and id.
pub type Cursor = keyset::Cursor<(String, String)>;

/// A page of an account's postings, by title. One that Lever no longer lists is left out.
pub fn list(
    conn: &mut Conn,
    integration: &IntegrationId,
    which: Which,
    cursor: Option<&Cursor>,
) -> DbResult<keyset::Page<KnownPosting>> {
    // The list runs forwards by title, so what `keyset` calls older is further on.
    keyset::page(cursor, PAGE, &mut |cursor, limit| {
        let mut query = dsl::postings
            .filter(dsl::integration_id.eq(integration).and(dsl::removed_at.is_null()))
            .limit(limit)
            .into_boxed();
        match which {
            Which::Findings => query = query.filter(dsl::findings.gt(0)),
            Which::Alva => query = query.filter(dsl::alva_tags.gt(0)),
            Which::All => {}
        }
        query = match cursor {
            None => query.order((dsl::title.asc(), dsl::posting_id.asc())),
            Some(Cursor::Before((title, id))) => query
                .filter(dsl::title.gt(title).or(dsl::title.eq(title).and(dsl::posting_id.gt(id))))
                .order((dsl::title.asc(), dsl::posting_id.asc())),
            Some(Cursor::After((title, id))) => query
                .filter(dsl::title.lt(title).or(dsl::title.eq(title).and(dsl::posting_id.lt(id))))
                .order((dsl::title.desc(), dsl::posting_id.desc())),
        };
        Ok(query.select(KnownPosting::as_select()).load(conn)?)
    })
}

/// How many of an account's postings want looking at; counted up to `most`.
pub fn count_with_findings(conn: &mut Conn, integration: &IntegrationId, most: i64) -> DbResult<i64> {
    let query = dsl::postings
        .filter(dsl::integration_id.eq(integration).and(dsl::removed_at.is_null()))
        .filter(dsl::findings.gt(0))
        .select(dsl::posting_id)
        .limit(most);
    keyset::count(conn, query)
}

/// Postings with a tag of Alva's that Lever did not list since `began`: gone, or confidential now.
pub fn unseen_with_tags(
    conn: &mut Conn,
    integration: &IntegrationId,
    began: Timestamp,
    limit: i64,
) -> DbResult<Vec<String>> {
    Ok(dsl::postings
        .filter(dsl::integration_id.eq(integration).and(dsl::removed_at.is_null()))
        .filter(dsl::alva_tags.gt(0).and(dsl::seen_at.lt(began)))
        .order((dsl::title.asc(), dsl::posting_id.asc()))
        .limit(limit)
        .select(dsl::posting_id)
        .load(conn)?)
}

/// Marks as removed what Lever did not list since `began`. A posting that Lever keeps from the
/// portal is never listed, and stays.
pub fn remove_unseen(conn: &mut Conn, integration: &IntegrationId, began: Timestamp) -> DbResult<usize> {
    let gone = dsl::postings
        .filter(dsl::integration_id.eq(integration).and(dsl::removed_at.is_null()))
        .filter(dsl::seen_at.lt(began).and(dsl::confidentiality.ne(Visibility::Hidden)));
    Ok(diesel::update(gone).set(dsl::removed_at.eq(Some(Timestamp::now()))).execute(conn)?)
}
