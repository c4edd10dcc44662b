//! Questions for the interview, in English as the company's pages are: two for each scale, to be put to everybody alike.

use crate::personality::{Facet, Trait};
use crate::rolefit::Factor;

/// Two questions about a scale: for an example from work, and for how somebody would go about it. Facets of the second
/// questionnaire have those of their trait.
#[must_use]
pub fn questions(about: Factor) -> [&'static str; 2] {
    match about {
        Factor::Logic => [
            "Tell me about a problem at work that you had never met before. How did you find out what was behind it?",
            "Here is a problem that our team had recently. Which questions would you ask first, and why?",
        ],
        Factor::Trait(of) => of_trait(of),
        Factor::Facet(of) => of_facet(of),
    }
}

fn of_trait(of: Trait) -> [&'static str; 2] {
    match of {
        Trait::Extraversion => [
            "Tell me about a time when you had to win people over. What did you do?",
            "Which part of a working week do you like to spend with others, and which on your own?",
        ],
        Trait::Agreeableness => [
            "Tell me about a disagreement with a colleague. How did it end?",
            "When do you give way, and when don't you?",
        ],
        Trait::Conscientiousness => [
            "Tell me about a piece of work with a deadline that was hard to keep. How did you plan it?",
            "How do you make sure that nothing you promised is forgotten?",
        ],
        Trait::Stability => [
            "Tell me about a time when several things went wrong at the same time. What did you do first?",
            "What helps you when the pressure is high, and what can a manager do?",
        ],
        Trait::Openness => [
            "Tell me about something at work that you did in a new way. What was the result?",
            "Which idea from outside your field has been useful to you?",
        ],
    }
}

fn of_facet(of: Facet) -> [&'static str; 2] {
    match of {
        Facet::Sociability => [
            "Tell me about a time when you got to know many new people through your work.",
            "How much of your day would you like to spend with others?",
        ],
        Facet::Assertiveness => [
            "Tell me about a time when you took the lead without being asked.",
            "A senior colleague is wrong in a meeting. What do you do?",
        ],
        Facet::Energy => [
            "Tell me about the busiest month you have had at work. How did you get through it?",
            "How many things do you like to have going on at the same time?",
        ],
        Facet::Compassion => [
            "Tell me about a colleague who was having a hard time. What did you notice, and what did you do?",
            "You have to take a decision that will hurt some people. How do you go about it?",
        ],
        Facet::Cooperation => [
            "Tell me about an argument that you settled. What did each side give?",
            "What do you do when you are sure of your position, and others disagree?",
        ],
        Facet::Trust => [
            "Tell me about a time when you handed over something important to somebody you did not know well.",
            "What has to be in place before you rely on somebody?",
        ],
        Facet::Order => [
            "Show me how you planned a recent piece of work. What did you change along the way?",
            "How would I find something in your files while you are away?",
        ],
        Facet::Diligence => [
            "Tell me about a dull task that took a long time. How did you keep at it?",
            "Which tasks do you put off, and how do you get them done?",
        ],
        Facet::Dependability => [
            "Tell me about a promise at work that became hard to keep. What did you do?",
            "How do you check your work before you hand it over?",
        ],
        Facet::Calm => [
            "Tell me about a day on which everything changed at the last moment.",
            "What do you do in the hour before something important?",
        ],
        Facet::Confidence => [
            "Tell me about a setback, and about the weeks after it.",
            "You are given something that you have never done before. How do you start?",
        ],
        Facet::Composure => [
            "Tell me about criticism that you found unfair. How did you answer?",
            "What do others notice when something annoys you?",
        ],
        Facet::Curiosity => [
            "Tell me about something that you wanted to understand even though nobody had asked you to.",
            "What have you read lately that has nothing to do with your work?",
        ],
        Facet::Imagination => [
            "Tell me about an idea of yours that nobody had had before. What happened to it?",
            "What would you do quite differently here, from what you have seen of us?",
        ],
        Facet::Aesthetics => [
            "Tell me about a piece of work that you also wanted to look right.",
            "How much does it matter to you how something looks, as well as how it works?",
        ],
        other => of_trait(other.broad_trait()),
    }
}

#[cfg(test)]
mod tests {
    use crate::interview::questions;
    use crate::personality::{Facet, Trait};
    use crate::rolefit::Factor;
    use std::collections::BTreeSet;

    #[test]
    fn every_scale_of_a_profile_has_questions_of_its_own() {
        let traits = Trait::ALL.map(Factor::Trait);
        let facets = Facet::ALL.map(Factor::Facet);
        let all: Vec<&str> =
            [Factor::Logic].into_iter().chain(traits).chain(facets).flat_map(questions).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 2 * (1 + 5 + 15));
        let neo = questions(Factor::Facet(Facet::Modesty));
        assert_eq!(neo, questions(Factor::Trait(Trait::Agreeableness)));
    }
}
