# The candidate's pages. A language is a file of this form, beside its texts in crates/assessment/src/texts.

skip = Skip to the content
languages = Language
about-withdraw = Withdraw and erase my answers
go-on = Go on

# Before the tests
invited = Tests for { $company }
invited-lead = { $company } invites you to { $tests ->
    [one] a short test
   *[other] two short tests
} for the position “{ $posting }”.
invited-lead-plain = { $company } invites you to { $tests ->
    [one] a short test
   *[other] two short tests
}.
what-heading = What you will do
what-logic = Logic, { $from } to { $to } minutes: find the figure that is missing from a pattern. At most { $tasks } tasks; each has { $minutes } minutes. The time you take for each task is recorded, and so is leaving the page.
what-logic-untimed = Logic: find the figure that is missing from a pattern. At most { $tasks } tasks, without a time limit. The time you take for each task is recorded, and so is leaving the page.
what-personality = Personality, about 10 minutes: say how much you agree with { $count } statements about yourself. There is no time limit, and there are no right or wrong answers.
what-practice = You start with practice tasks and can stop at any time: your answers are kept, and the same link brings you back to where you were.
what-pauses = You can stop at any time: your answers are kept, and the same link brings you back to where you were.
improve = My answers may help to improve the tests
improve-help = Optional, and makes no difference to you. Answers are used without your name, together with those of at least 29 other people, and are deleted with your results.
improve-help-pilots = { $count ->
    [one] Optional. The logic test then has one extra task among the others. It is only being tried out: it does not count and is not shown in your result.
   *[other] Optional. The logic test then has { $count } extra tasks among the others. They are only being tried out: they do not count and are not shown in your result.
    } Answers are used without your name, together with those of at least 29 other people, and are deleted with your results.
fair-heading = Fair play
fair-text = By starting, you agree to take the tests on your own, without help from other people or programs, and not to copy or share the tasks.
what-report = You see your own result right at the end.
data-heading = What happens with your data
data-what = { $company } stores your answers and the scores calculated from them to assess your application. The scores are also sent to Lever, the system in which { $company } manages applications.
data-controller = { $company } is responsible for your data. Contact { $company } with any questions about it.
data-controller-contact = { $company } is responsible for your data. If you have questions about it, contact { $contact }.
data-recipients = Your data is also processed by the providers that run this portal and its email for { $company }. { $company } will tell you who and where they are, and on what legal basis, if you ask.
data-privacy = Privacy notice of { $company }
data-mark = If you withdraw after seeing your result, only a marker is kept: your address as an unreadable code, and the date. { $company } then decides whether to invite you again.
data-rights = You can read and download the data kept about you, have it corrected or erased, ask for a person to review your result, and complain to the data protection authority.
data-automated = Nobody is rejected automatically because of the tests: a person decides.
data-not = The tests do not ask about your age, sex, origin, religion or health.
data-groups = After the tests you can choose to give your sex and age group. Your answer is only counted: it is not stored with your result and plays no part in your application.
data-care = The tests have not yet been tried on a norm sample, and { $company } is advised not to decide by their scores alone.
data-care-logic = The logic test has not yet been tried on a norm sample, and { $company } is advised not to decide by the scores alone.
data-care-personality = The personality test has not yet been tried on a norm sample, and { $company } is advised not to decide by the scores alone.
data-care-normed = { $company } is advised not to decide by the scores alone.
data-long = { $months ->
    [one] Everything is erased one month after your last invitation at the latest.
   *[other] Everything is erased { $months } months after your last invitation at the latest.
}
data-reuse = { $months ->
    [one] If you apply to { $company } again within a month, the same scores count there too.
   *[other] If you apply to { $company } again within { $months } months, the same scores count there too.
}
data-withdraw = You can withdraw at any time, here and without giving a reason. Your answers and scores are then erased immediately.
begin-until = You can start until { $date }.
decline = I do not want to take part
form-heading = How do you want to see the logic tasks?
form-figures = As drawn figures
form-described = As drawn figures with descriptions, for screen readers
form-words = As words and numbers in a table, for people who cannot see drawings
form-help = Tasks in words have 50 % more time. They follow the same rules, but it has not been shown that both kinds are equally hard; your result says which kind you took. Both work with the keyboard, and with a screen reader when you choose descriptions or words. You can change this until the first task that counts.
more-time = Do you need more time or help? Ask before you start: { $contact }
more-time-plain = Do you need more time or help? Ask { $company } before you start.
more-time-ask = Ask for more time
more-time-sent = Your request was sent. You don't have to say why.
more-time-late = Your request was not sent: you can only get more time before the tests begin, and only if tasks have a time limit. If you need help, write to the company that invited you.
more-time-waits = You asked for more time on { $date }. { $company } has not answered yet. You will get an email when they do. Please wait until then before you start.
without-more-time = Start without more time?
without-more-time-lead = If you start now, your request is withdrawn and you have the usual time for each task. You cannot ask again after that.
without-more-time-no = Wait for the answer
without-more-time-yes = Start without more time
questions = Questions? { $contact }
agree = I agree, begin

# Practice and tasks
practice = Practice { $number } of { $of }
practice-lead = Look at each row, then at each column: what stays the same, and what changes? Practice does not count, and has no time limit.
practice-right = Correct. This is how it works:
practice-wrong = Not quite. This is how it works:
practice-shown = This is how it works:
practice-answer = The answer
practice-options = The options
practice-right-one = Correct answer
practice-own = Your answer
practice-next = Go on
practice-more = Practise more
practice-on = Show the answer
task = Task { $number } of { $of }
task-question = Which one belongs in the empty cell?
task-check = Check
task-answer = Answer
task-pass = Skip this task
task-larger = Larger figures
task-pause = Answer and pause
paused-text = Your answers are kept. The next task and its time start when you go on.
task-choose = Choose one of the options first, or skip the task.
time-left = Time left
time-warning = 20 seconds left
time-minutes = { $minutes } min { $seconds } s
time-over = Time ran out for that task, so it counts as not solved. The next one has its own time.
time-over-away = You were away, and time ran out for a task. It counts as not solved. Here is the next one.
resumed = You were away. Here is a different task instead, with its full time.
ready = Practice is over
ready-lead = From now on, your answers count.
ready-rules = There are at most { $of } tasks. Each has { $minutes } minutes; if you finish earlier, answer and go on. They get harder when you solve them and easier when you don't: everyone finds some of them hard.
ready-rules-untimed = There are at most { $of } tasks, without a time limit. They get harder when you solve them and easier when you don't: everyone finds some of them hard.
ready-pilots = { $count ->
    [one] One of these tasks is only being tried out and does not count. It is not marked.
   *[other] { $count } of these tasks are only being tried out and do not count. They are not marked.
    }
ready-quiet = Find a quiet place. You can pause between two tasks by closing the page, but the time for the task on your screen keeps running.
ready-quiet-untimed = Find a quiet place. You can pause at any time by closing the page.
ready-start = Start the first task
ready-figures = Show the tasks as figures instead
ready-described = Describe the figures in words, for screen readers
ready-words = Show the tasks as words and numbers instead

offline = You are offline. Your answer stays on this page and is sent as soon as the connection is back.
day-mark = { "" }
decimal-mark = .

# Statements
statements = Personality, page { $page } of { $of }
statements-only = This test has no time limit.
statements-lead = How much do you agree with each statement about yourself? Think of how you are in general; your first thought is often the best.
statements-lead-neo = How well does each phrase describe you? Think of how you are in general; your first thought is often the best.
statements-first = The logic test is done. Now comes the second and last part, without a time limit.
statements-missing = Some statements have no answer yet. Your other answers are kept.
statements-missing-one = Please choose an answer.
statements-save = Save and go on
statements-back = One page back
statements-done = { $done } of { $of } answered

# The result
result = Your result
result-lead = Thank you. { $company } now has your result and will tell you what happens next.
result-how = Scores run from 1 to 10; 5.5 is the average that the tests assume. No test is exact: your true score is within the range shown next to it, with 95 % certainty.
result-care = The averages are assumed, not measured: no norm sample has taken these tests yet. The scores do not show how many people are above or below you.
result-care-logic = In logic, the averages are assumed, not measured: no norm sample has taken that test yet, and its score does not show how many people are above or below you.
result-care-personality = In personality, the averages are assumed, not measured: no norm sample has taken that test yet, and its scores do not show how many people are above or below you.
result-alone = Nobody should decide by these scores alone.
result-neo = The personality test is the IPIP-NEO-120. Its averages come from published answers of people aged 21 to 40, most of them in the United States.
result-applicants = In personality, you are compared with applicants, who describe themselves more favourably than other people do: the averages were moved by as much as published studies report. The scores there do not show how many people are above or below you.
result-words = You took the logic test in words. It is assumed to be as hard as the test with figures.
result-people = Of 100 people who have taken this test, about { $people } score lower; with 95 % certainty, it is { $low } to { $high }.
result-logic = Logic
result-personality = Personality
result-no-better = In personality, neither end of a scale is better: each has its strengths.
result-details = All numbers
result-scale = Scale
result-score = Score
result-range = Range
result-cautions = About how the tests were taken
result-cautions-lead = { $company } sees these remarks too. There can be harmless reasons for them, and they are not a verdict.
comment = Did something go wrong, or was something unusual? { $company } reads your comment together with your result.
comment-save = Save the comment
comment-kept = Your comment is kept.
not-yet = Nothing was saved: this is possible after the tests.
result-keep = This page stays available under the same link. Print it or save it as a file if you want to keep it.
result-pdf = Save the result as a PDF

# What candidates can ask for
data-download = Download my data
review-heading = Is the result wrong?
review-lead = You can ask { $company } to have a person review your result and reply to you.
review-text = What should they look at? (optional)
review-ask = Ask for a review
review-sent = Your request was sent.
review-late = Your request was not sent again: a person has already reviewed your result. If you have another question, write to the company that invited you.
review-asked = You asked for a review on { $date }. { $company } will reply to you.
review-done = You asked for a review on { $date }, and { $company } says that a person has reviewed your result.
groups-heading = Are the tests fair to everyone?
groups-lead = { $company } counts how the tests turn out for different groups. Answering is voluntary. Your answer is only counted: neither your name nor your result is stored with it, and it plays no part in your application.
groups-sex = Sex
groups-woman = Woman
groups-man = Man
groups-another = Another
groups-age = Age
groups-under-40 = Under 40
groups-from-40 = 40 or over
groups-none = I prefer not to say
groups-send = Send
groups-thanks = Thank you.
groups-late = Nothing was counted: you have already answered, or the company no longer asks.

# A second logic test where somebody watches
verify = Verification test for { $company }
verify-why = { $company } asks you to take the logic test once more, here and now, with new tasks. You won't see a result afterwards.
verify-noted = The time you take for each task is recorded, and so is leaving the page.
verify-data = { $company } compares both results. Nobody is rejected automatically because of it. If you don't want to take part, don't start: just say so.
verify-done = That's all
verify-over = Thank you. { $company } has the result. You can close this page.

# Withdrawing
withdraw = Withdraw and erase
withdraw-lead = Your answers and scores are erased immediately and removed from Lever. This cannot be undone, and this link stops working.
decline-lead = You have not started, so there is nothing to erase. { $company } sees that you don't want to take part, you get no more reminders, and this link stops working. This cannot be undone.
decline-yes = I will not take part
decline-no = Back
withdraw-rest = { $company } keeps your name, address and application, which it already had. To have them erased too, ask { $company }.
withdraw-yes = Withdraw and erase everything
withdraw-no = Back to your assessment

# Links that lead nowhere
shut-unknown = This link does not work
shut-unknown-text = It may be incomplete: open it from the email again, or copy all of it. If it still does not work, ask the person who invited you.
shut-expired = This invitation has ended
shut-expired-text = The invitation has expired. If you would still like to take part, ask { $company } for a new one.
shut-cancelled = This assessment is no longer needed
shut-cancelled-text = { $company } has ended this invitation. You don't need to do anything.
shut-replaced = You were sent a newer link
shut-replaced-text = { $company } has written to you again, with a new link. Open the newest email and continue there. If you cannot find it, ask { $company }.
shut-withdrawn = You are no longer taking part
shut-withdrawn-text = None of your answers or scores are kept. { $company } sees that you are not taking part, but no result.
stale = Please try that once more
stale-text = This page was open for too long, or your browser does not accept cookies. Nothing was changed, and all your earlier answers are kept. If this happens again, allow cookies for this site.
stale-back = Back to your assessment

# Mails. A company can have texts of its own; these are the ones it starts with. Name, company and so on
# stand there as placeholders.
mail-invitation-subject = { $company } invites you to { $tests }
mail-invitation-body =
    Hello { $name },

    { $company } invites you to take { $tests } for { $posting }. Allow about { $minutes } minutes in total. You can start whenever it suits you.

    The link is personal and works until { $until }.

    Questions? { $support }
mail-reminder-subject = Reminder from { $company }: { $posting }
mail-reminder-body =
    Hello { $name },

    { $company } has invited you to take { $tests } for { $posting }. Allow about { $minutes } minutes in total.

    The link works until { $until }. If you are no longer interested, you don't need to do anything.

    Questions? { $support }
mail-time-subject = Your time for the tests: { $posting }
mail-time-body =
    Hello { $name },

    { $company } has answered your request for more time.

    You can start { $tests } whenever it suits you. Allow about { $minutes } minutes in total.

    The link works until { $until }.

    Questions? { $support }
mail-time-more = For each logic task, you have { $percent } % more time than usual.
mail-time-usual = For each logic task, you have the usual time.
mail-time-none = The logic tasks have no time limit for you.
mail-tests-both = two short logic and personality tests
mail-tests-logic = a short logic test
mail-tests-personality = a short personality test
mail-no-posting = your application
mail-started = You have started, and your answers so far are kept.
mail-button = Go to your assessment
mail-continue = Continue your assessment
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
