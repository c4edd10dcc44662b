# Die Seiten der Bewerberinnen und Bewerber. Wortlaut der Tests: crates/assessment/src/texts/de.json.

skip = Zum Inhalt springen
languages = Sprache
about-withdraw = Zurückziehen und meine Antworten löschen
go-on = Weiter

# Before the tests
invited = Tests für { $company }
invited-lead = { $company } lädt Sie zu { $tests ->
    [one] einem kurzen Test
   *[other] zwei kurzen Tests
} für die Stelle „{ $posting }“ ein.
invited-lead-plain = { $company } lädt Sie zu { $tests ->
    [one] einem kurzen Test
   *[other] zwei kurzen Tests
} ein.
what-heading = Was Sie erwartet
what-logic = Logik, { $from } bis { $to } Minuten: Finden Sie die Figur, die in einem Muster fehlt. Höchstens { $tasks } Aufgaben mit je { $minutes } Minuten. Festgehalten wird, wie lange Sie für jede brauchen und ob die Seite dabei verlassen wird.
what-logic-untimed = Logik: Finden Sie die Figur, die in einem Muster fehlt. Höchstens { $tasks } Aufgaben, ohne Zeitbegrenzung. Festgehalten wird, wie lange Sie für jede brauchen und ob die Seite dabei verlassen wird.
what-personality = Persönlichkeit, etwa 10 Minuten: Geben Sie an, wie weit Sie { $count } Aussagen über sich zustimmen. Es gibt keine Zeitgrenze und kein Richtig oder Falsch.
what-practice = Sie beginnen mit Übungen und können jederzeit aufhören: Ihre Antworten bleiben erhalten, und derselbe Link bringt Sie dorthin zurück, wo Sie waren.
what-pauses = Sie können jederzeit aufhören: Ihre Antworten bleiben erhalten, und derselbe Link bringt Sie dorthin zurück, wo Sie waren.
improve = Meine Antworten dürfen helfen, die Tests zu verbessern
improve-help = Freiwillig, und für Sie ändert sich nichts. Die Antworten werden ohne Ihren Namen verwendet, zusammen mit denen von mindestens 29 anderen, und mit Ihren Ergebnissen gelöscht.
improve-help-pilots = { $count ->
    [one] Freiwillig. Der Logiktest hat dann eine Aufgabe mehr, irgendwo unter den anderen. Diese Aufgabe wird nur erprobt; sie zählt nicht und erscheint nicht in Ihrem Ergebnis.
   *[other] Freiwillig. Der Logiktest hat dann { $count } Aufgaben mehr, verteilt unter den anderen. Diese Aufgaben werden nur erprobt; sie zählen nicht und erscheinen nicht in Ihrem Ergebnis.
    } Die Antworten werden ohne Ihren Namen verwendet, zusammen mit denen von mindestens 29 anderen, und mit Ihren Ergebnissen gelöscht.
fair-heading = Faires Spiel
fair-text = Wenn Sie beginnen, sichern Sie zu, die Tests allein und ohne Hilfe anderer Menschen oder Programme zu machen und die Aufgaben weder zu kopieren noch weiterzugeben.
what-report = Am Ende sehen Sie sofort Ihr eigenes Ergebnis.
data-heading = Was mit Ihren Daten geschieht
data-what = { $company } bewahrt Ihre Antworten und die daraus berechneten Werte auf, um Ihre Bewerbung zu beurteilen. Die Werte gehen auch an Lever, das System, in dem { $company } Bewerbungen verwaltet.
data-controller = { $company } ist für Ihre Daten verantwortlich. Wenden Sie sich mit allen Fragen dazu an { $company }.
data-controller-contact = { $company } ist für Ihre Daten verantwortlich. Fragen dazu richten Sie an { $contact }.
data-recipients = Ihre Daten werden auch von den Dienstleistern verarbeitet, die dieses Portal und seine E-Mails für { $company } betreiben. Wer und wo sie sind und auf welcher Rechtsgrundlage das geschieht, teilt Ihnen { $company } auf Anfrage mit.
data-privacy = Datenschutzhinweise von { $company }
data-mark = Wenn Sie zurückziehen, nachdem Sie Ihr Ergebnis gesehen haben, bleibt nur ein Vermerk: Ihre Adresse als nicht lesbarer Code und das Datum. { $company } entscheidet dann, ob Sie erneut eingeladen werden.
data-rights = Sie können lesen und herunterladen, was über Sie gespeichert ist, es berichtigen oder löschen lassen, um die Prüfung Ihres Ergebnisses durch einen Menschen bitten und sich bei der Datenschutzbehörde beschweren.
data-automated = Niemand wird durch die Tests automatisch abgelehnt: Ein Mensch entscheidet.
data-not = Die Tests fragen nicht nach Alter, Geschlecht, Herkunft, Glauben oder Gesundheit.
data-groups = Nach den Tests können Sie, wenn Sie möchten, Geschlecht und Altersgruppe angeben: Die Antwort wird gezählt und vergessen, steht neben keinem Ergebnis und spielt für Ihre Bewerbung keine Rolle.
data-care = Die Tests wurden noch nicht an einer Normstichprobe erprobt, und { $company } ist angehalten, nicht allein nach ihren Werten zu entscheiden.
data-care-logic = Der Logiktest wurde noch nicht an einer Normstichprobe erprobt, und { $company } ist angehalten, nicht allein nach den Werten zu entscheiden.
data-care-personality = Der Persönlichkeitstest wurde noch nicht an einer Normstichprobe erprobt, und { $company } ist angehalten, nicht allein nach den Werten zu entscheiden.
data-care-normed = { $company } ist angehalten, nicht allein nach den Werten zu entscheiden.
data-long = { $months ->
    [one] Spätestens einen Monat nach Ihrer letzten Einladung wird alles gelöscht.
   *[other] Spätestens { $months } Monate nach Ihrer letzten Einladung wird alles gelöscht.
}
data-reuse = { $months ->
    [one] Wenn Sie sich innerhalb eines Monats wieder bei { $company } bewerben, gelten dieselben Werte auch dort.
   *[other] Wenn Sie sich innerhalb von { $months } Monaten wieder bei { $company } bewerben, gelten dieselben Werte auch dort.
}
data-withdraw = Sie können jederzeit hier und ohne Begründung zurückziehen. Ihre Antworten und Werte werden dann sofort gelöscht.
begin-until = Sie können bis zum { $date } beginnen.
decline = Ich möchte nicht teilnehmen
form-heading = Wie möchten Sie die Logikaufgaben sehen?
form-figures = Als gezeichnete Figuren
form-described = Als gezeichnete Figuren mit Beschreibungen, für Screenreader
form-words = Als Wörter und Zahlen in einer Tabelle, für alle, die Zeichnungen nicht sehen können
form-help = Aufgaben in Wörtern haben die Hälfte mehr Zeit. Sie folgen denselben Regeln, aber niemand hat bisher gezeigt, dass beide Arten gleich schwer sind; Ihr Ergebnis nennt die Art. Beide lassen sich mit der Tastatur bedienen, und mit einem Screenreader, wenn Sie Beschreibungen oder Wörter wählen. Bis zur ersten Aufgabe, die zählt, können Sie wechseln.
more-time = Brauchen Sie mehr Zeit oder Hilfe? Fragen Sie, bevor Sie beginnen: { $contact }
more-time-plain = Brauchen Sie mehr Zeit oder Hilfe? Fragen Sie { $company }, bevor Sie beginnen.
more-time-ask = Um mehr Zeit bitten
more-time-sent = Ihre Bitte ist gesendet. Gründe müssen Sie nicht nennen.
more-time-late = Ihre Bitte wurde nicht gesendet: Mehr Zeit ist nur möglich, bevor die Tests beginnen, und nur, wo Aufgaben ein Zeitlimit haben. Wenn Sie Hilfe brauchen, schreiben Sie denen, die Sie eingeladen haben.
more-time-waits = Sie haben am { $date } um mehr Zeit gebeten. { $company } hat noch nicht geantwortet. Wenn die Antwort da ist, bekommen Sie eine E-Mail; warten Sie bis dahin mit den Tests.
without-more-time = Ohne mehr Zeit beginnen?
without-more-time-lead = Wenn Sie jetzt beginnen, ist Ihre Bitte zurückgezogen, und Sie haben für jede Aufgabe die übliche Zeit. Danach können Sie nicht mehr darum bitten.
without-more-time-no = Auf die Antwort warten
without-more-time-yes = Ohne mehr Zeit beginnen
questions = Fragen? { $contact }
agree = Ich bin einverstanden und beginne

# Practice and tasks
practice = Übung { $number } von { $of }
practice-lead = Sehen Sie sich jede Zeile und dann jede Spalte an: Was bleibt gleich, und was ändert sich? Die Übung zählt nicht und hat keine Zeitgrenze.
practice-right = Richtig. So funktioniert es:
practice-wrong = Diese nicht. So funktioniert es:
practice-shown = So funktioniert es:
practice-answer = Die Lösung
practice-options = Die Antworten zur Auswahl
practice-right-one = Die richtige
practice-own = Ihre
practice-next = Weiter
practice-more = Mehr üben
practice-on = Lösung zeigen
task = Aufgabe { $number } von { $of }
task-question = Was gehört in das leere Feld?
task-check = Prüfen
task-answer = Antworten
task-pass = Aufgabe überspringen
task-larger = Größere Figuren
task-pause = Antworten und pausieren
paused-text = Ihre Antworten sind gespeichert. Die nächste Aufgabe und ihre Zeit beginnen, wenn Sie weitermachen.
task-choose = Wählen Sie zuerst eine der Möglichkeiten, oder überspringen Sie die Aufgabe.
time-left = Verbleibende Zeit
time-warning = Noch 20 Sekunden
time-minutes = { $minutes } min { $seconds } s
time-over = Die Zeit für diese Aufgabe war um, sie zählt als nicht gelöst. Die nächste hat ihre eigene Zeit.
time-over-away = Sie waren weg, und die Zeit einer Aufgabe ist abgelaufen. Sie zählt als nicht gelöst. Hier ist die nächste.
resumed = Sie waren weg. Hier ist an ihrer Stelle eine andere Aufgabe, mit neuer Zeit.
ready = Die Übung ist zu Ende
ready-lead = Ab jetzt zählen Ihre Antworten.
ready-rules = Es sind höchstens { $of } Aufgaben. Jede hat { $minutes } Minuten; wenn Sie früher fertig sind, antworten Sie und gehen weiter. Sie werden schwerer, wenn Sie sie lösen, und leichter, wenn nicht: Einige findet jeder schwer.
ready-rules-untimed = Es sind höchstens { $of } Aufgaben, ohne Zeitbegrenzung. Sie werden schwerer, wenn Sie sie lösen, und leichter, wenn nicht: Einige findet jeder schwer.
ready-pilots = { $count ->
    [one] Eine dieser Aufgaben wird nur erprobt und zählt nicht. Sie ist nicht gekennzeichnet.
   *[other] { $count } dieser Aufgaben werden nur erprobt und zählen nicht. Welche es sind, ist nicht gekennzeichnet.
    }
ready-quiet = Suchen Sie sich einen ruhigen Ort. Zwischen zwei Aufgaben können Sie die Seite schließen und pausieren; die Zeit einer Aufgabe, die Sie sehen, läuft weiter.
ready-quiet-untimed = Suchen Sie sich einen ruhigen Ort. Sie können jederzeit pausieren, indem Sie die Seite schließen.
ready-start = Erste Aufgabe beginnen
ready-figures = Aufgaben stattdessen als Figuren zeigen
ready-described = Figuren in Worten beschreiben, für Screenreader
ready-words = Aufgaben stattdessen als Wörter und Zahlen zeigen

offline = Gerade besteht keine Verbindung. Ihre Antwort bleibt auf dieser Seite und wird gesendet, sobald die Verbindung wieder da ist.
day-mark = .
decimal-mark = ,

# Statements
statements = Persönlichkeit, Seite { $page } von { $of }
statements-only = Dieser Test hat keine Zeitgrenze.
statements-lead = Wie weit stimmen Sie jeder Aussage über sich zu? Denken Sie daran, wie Sie im Allgemeinen sind; der erste Gedanke ist oft der beste.
statements-lead-neo = Wie gut trifft jede Aussage auf Sie zu? Denken Sie daran, wie Sie im Allgemeinen sind; der erste Gedanke ist oft der beste.
statements-first = Der Logiktest ist fertig. Nun der zweite und letzte Teil, ohne Zeitgrenze.
statements-missing = Einige Aussagen haben noch keine Antwort. Was Sie gewählt haben, bleibt erhalten.
statements-missing-one = Bitte wählen Sie eine Antwort.
statements-save = Speichern und weiter
statements-back = Eine Seite zurück
statements-done = { $done } von { $of } beantwortet

# The result
result = Ihr Ergebnis
result-lead = Vielen Dank. { $company } hat jetzt Ihr Ergebnis und teilt Ihnen mit, wie es weitergeht.
result-how = Die Werte reichen von 1 bis 10; 5,5 ist der Durchschnitt, von dem die Tests ausgehen. Kein Test ist genau: Ihr wahrer Wert liegt mit 95 % Sicherheit in dem Bereich, der daneben steht.
result-care = Die Durchschnitte sind angenommen, nicht gemessen: Noch hat keine Normstichprobe diese Tests gemacht. Kein Wert sagt, wie viele Menschen über oder unter Ihnen liegen.
result-care-logic = In Logik ist der Durchschnitt angenommen, nicht gemessen: Noch hat keine Normstichprobe diesen Test gemacht, und der Wert sagt nicht, wie viele Menschen über oder unter Ihnen liegen.
result-care-personality = In der Persönlichkeit sind die Durchschnitte angenommen, nicht gemessen: Noch hat keine Normstichprobe diesen Test gemacht, und die Werte sagen nicht, wie viele Menschen über oder unter Ihnen liegen.
result-alone = Niemand sollte allein nach diesen Werten entscheiden.
result-neo = Der Persönlichkeitstest ist der IPIP-NEO-120. Seine Mittelwerte stammen aus veröffentlichten Antworten von Menschen zwischen 21 und 40 Jahren, die meisten aus den USA.
result-applicants = In der Persönlichkeit werden Sie mit Bewerbern verglichen: Die Durchschnitte wurden dorthin verschoben, wo Bewerber nach veröffentlichten Studien liegen, weil sie sich von einer besseren Seite zeigen als andere. Kein Wert sagt dort, wie viele Menschen über oder unter Ihnen liegen.
result-words = Sie haben den Logiktest in Wörtern gemacht. Dass er so schwer ist wie der Test mit Figuren, ist eine Annahme.
result-people = Von 100 Personen, die diesen Test gemacht haben, liegen etwa { $people } niedriger; mit 95 % Sicherheit sind es { $low } bis { $high }.
result-logic = Logik
result-personality = Persönlichkeit
result-no-better = Bei der Persönlichkeit ist kein Ende einer Skala das bessere: Jedes hat seine Stärken.
result-details = Alle Zahlen
result-scale = Skala
result-score = Wert
result-range = Bereich
result-cautions = Wie die Tests gemacht wurden
result-cautions-lead = Auch { $company } sieht diese Hinweise. Sie können harmlose Gründe haben und beweisen nichts.
comment = Ging etwas schief, oder war etwas ungewöhnlich? { $company } liest es neben Ihrem Ergebnis.
comment-save = Kommentar speichern
comment-kept = Ihr Kommentar ist gespeichert.
not-yet = Nichts wurde gespeichert: Das geht, sobald die Tests beendet sind.
result-keep = Diese Seite bleibt unter demselben Link. Drucken oder speichern Sie sie, wenn Sie sie behalten möchten.
result-pdf = Ergebnis als PDF speichern

# Worum man bitten kann
data-download = Meine Daten herunterladen
review-heading = Stimmt das Ergebnis nicht?
review-lead = Sie können { $company } bitten, dass ein Mensch Ihr Ergebnis ansieht und Ihnen antwortet.
review-text = Was soll angesehen werden? (freiwillig)
review-ask = Um Prüfung bitten
review-sent = Ihre Bitte ist gesendet.
review-late = Ihre Bitte wurde nicht noch einmal gesendet: Jemand hat Ihr Ergebnis schon angesehen. Wenn Sie eine andere Frage haben, schreiben Sie denen, die Sie eingeladen haben.
review-asked = Sie haben am { $date } um Prüfung gebeten. { $company } antwortet Ihnen.
review-done = Sie haben am { $date } um Prüfung gebeten, und laut { $company } hat ein Mensch Ihr Ergebnis angesehen.
groups-heading = Sind die Tests zu allen fair?
groups-lead = { $company } zählt, wie die Tests bei verschiedenen Gruppen ausfallen. Das ist freiwillig. Ihre Antwort wird nur gezählt: Weder Ihr Name noch Ihr Ergebnis wird damit gespeichert, und für Ihre Bewerbung spielt sie keine Rolle.
groups-sex = Geschlecht
groups-woman = Frau
groups-man = Mann
groups-another = Anderes
groups-age = Alter
groups-under-40 = Unter 40
groups-from-40 = 40 oder älter
groups-none = Keine Angabe
groups-send = Senden
groups-thanks = Vielen Dank.
groups-late = Nichts wurde gezählt: Sie haben schon geantwortet, oder es wird nicht mehr gefragt.

# Ein zweiter Logiktest unter Aufsicht
verify = Verifizierungstest für { $company }
verify-why = { $company } bittet Sie, den Logiktest noch einmal zu machen, hier und jetzt, mit neuen Aufgaben. Danach sehen Sie kein Ergebnis.
verify-noted = Festgehalten wird, wie lange Sie für jede Aufgabe brauchen und ob die Seite dabei verlassen wird.
verify-data = { $company } vergleicht beide Ergebnisse. Niemand wird dadurch automatisch abgelehnt. Beginnen Sie nicht, wenn Sie nicht teilnehmen möchten: Sagen Sie es einfach.
verify-done = Das war alles
verify-over = Vielen Dank. { $company } hat das Ergebnis. Sie können diese Seite schließen.

# Withdrawing
withdraw = Zurückziehen und löschen
withdraw-lead = Ihre Antworten und Werte werden sofort gelöscht und aus Lever entfernt. Das lässt sich nicht rückgängig machen, und dieser Link funktioniert dann nicht mehr.
decline-lead = Sie haben nicht begonnen, es gibt also nichts zu löschen. { $company } sieht, dass Sie nicht teilnehmen, Sie erhalten keine Erinnerungen mehr, und dieser Link funktioniert dann nicht mehr. Das lässt sich nicht rückgängig machen.
decline-yes = Ich nehme nicht teil
decline-no = Zurück
withdraw-rest = Ihr Name, Ihre Adresse und Ihre Bewerbung bleiben bei { $company }, wo sie schon vorher waren. Damit auch sie gelöscht werden, wenden Sie sich an { $company }.
withdraw-yes = Zurückziehen und alles löschen
withdraw-no = Zurück zu Ihren Tests

# Links that lead nowhere
shut-unknown = Diesen Link gibt es nicht
shut-unknown-text = Vielleicht ist er unvollständig: Öffnen Sie ihn noch einmal aus der E-Mail, oder kopieren Sie ihn ganz. Wenn er dann nicht geht, fragen Sie dort nach, wo man Sie eingeladen hat.
shut-expired = Diese Einladung ist abgelaufen
shut-expired-text = Die Zeit zum Beginnen ist vorbei. Wenn Sie noch teilnehmen möchten, bitten Sie { $company } um eine neue Einladung.
shut-cancelled = Diese Tests werden nicht mehr gebraucht
shut-cancelled-text = { $company } hat diese Einladung beendet. Sie müssen nichts tun.
shut-replaced = Es gibt einen neueren Link
shut-replaced-text = { $company } hat Ihnen noch einmal geschrieben, mit einem neuen Link. Öffnen Sie die neueste E-Mail; dort geht es mit den Tests weiter. Wenn Sie sie nicht finden, fragen Sie { $company }.
shut-withdrawn = Sie nehmen nicht mehr teil
shut-withdrawn-text = Von Ihnen sind keine Antworten und keine Werte gespeichert. { $company } sieht, dass Sie nicht teilnehmen, und kein Ergebnis.
stale = Bitte versuchen Sie das noch einmal
stale-text = Diese Seite war sehr lange offen, oder Ihr Browser nimmt keine Cookies an. Es wurde nichts geändert, und alle früheren Antworten sind erhalten. Wenn das wieder vorkommt, erlauben Sie Cookies für diese Website.
stale-back = Zurück zu Ihren Tests

# Mails
mail-invitation-subject = { $company } lädt Sie zu { $tests } ein
mail-invitation-body =
    Guten Tag { $name },

    { $company } lädt Sie für { $posting } zu { $tests } ein. Planen Sie insgesamt etwa { $minutes } Minuten ein. Sie können beginnen, wann es Ihnen passt.

    Der Link ist persönlich und gilt bis zum { $until }.

    Fragen? { $support }
mail-reminder-subject = Erinnerung von { $company }: { $posting }
mail-reminder-body =
    Guten Tag { $name },

    { $company } hat Sie für { $posting } zu { $tests } eingeladen. Planen Sie insgesamt etwa { $minutes } Minuten ein.

    Der Link gilt bis zum { $until }. Wenn Sie kein Interesse mehr haben, müssen Sie nichts tun.

    Fragen? { $support }
mail-time-subject = Ihre Zeit für die Tests: { $posting }
mail-time-body =
    Guten Tag { $name },

    { $company } hat auf Ihre Bitte um mehr Zeit geantwortet.

    Sie können mit { $tests } beginnen, wann es Ihnen passt. Planen Sie insgesamt etwa { $minutes } Minuten ein.

    Der Link gilt bis zum { $until }.

    Fragen? { $support }
mail-time-more = Für jede Aufgabe des Logiktests haben Sie { $percent } % mehr Zeit als üblich.
mail-time-usual = Für jede Aufgabe des Logiktests haben Sie die übliche Zeit.
mail-time-none = Die Aufgaben des Logiktests haben für Sie keine Zeitgrenze.
mail-tests-both = zwei kurzen Tests zu Logik und Persönlichkeit
mail-tests-logic = einem kurzen Logiktest
mail-tests-personality = einem kurzen Persönlichkeitstest
mail-no-posting = Ihre Bewerbung
mail-started = Sie haben begonnen, und Ihre bisherigen Antworten sind erhalten.
mail-button = Zu Ihren Tests
mail-continue = Tests fortsetzen
month-1 = Januar
month-2 = Februar
month-3 = März
month-4 = April
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = August
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Dezember
