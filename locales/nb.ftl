# Kandidatens sider. Testenes ord: crates/assessment/src/texts/nb.json.

skip = Gå til innholdet
languages = Språk
about-withdraw = Trekk deg og slett svarene mine
go-on = Fortsett

# Before the tests
invited = Tester for { $company }
invited-lead = { $company } inviterer deg til { $tests ->
    [one] en kort test
   *[other] to korte tester
} for stillingen «{ $posting }».
invited-lead-plain = { $company } inviterer deg til { $tests ->
    [one] en kort test
   *[other] to korte tester
}.
what-heading = Dette skal du gjøre
what-logic = Logikk, { $from } til { $to } minutter: Finn figuren som mangler i et mønster. Høyst { $tasks } oppgaver med { $minutes } minutter til hver. Det noteres hvor lang tid du bruker på hver, og om siden forlates underveis.
what-logic-untimed = Logikk: Finn figuren som mangler i et mønster. Høyst { $tasks } oppgaver, uten tidsgrense. Det noteres hvor lang tid du bruker på hver, og om siden forlates underveis.
what-personality = Personlighet, omtrent 10 minutter: Oppgi hvor enig du er i { $count } utsagn om deg selv. Det er ingen tidsgrense, og ikke noe rett eller galt.
what-practice = Du begynner med øvelser og kan stoppe når som helst: Svarene dine blir lagret, og den samme lenken tar deg tilbake dit du var.
what-pauses = Du kan stoppe når som helst: Svarene dine blir lagret, og den samme lenken tar deg tilbake dit du var.
improve = Svarene mine kan brukes til å forbedre testene
improve-help = Frivillig, og det endrer ingenting for deg. Svarene brukes uten navnet ditt, sammen med svar fra minst 29 andre, og slettes sammen med resultatene dine.
improve-help-pilots = { $count ->
    [one] Frivillig. Logikktesten får da én oppgave til, et sted mellom de andre. Den blir bare prøvd ut: Den teller ikke og vises ikke i resultatet ditt.
   *[other] Frivillig. Logikktesten får da { $count } oppgaver til, blandet inn mellom de andre. De blir bare prøvd ut: De teller ikke og vises ikke i resultatet ditt.
    } Svarene brukes uten navnet ditt, sammen med svar fra minst 29 andre, og slettes sammen med resultatene dine.
fair-heading = Rent spill
fair-text = Når du begynner, lover du å ta testene selv, uten hjelp fra andre mennesker eller programmer, og ikke kopiere oppgavene eller gi dem videre.
what-report = Til slutt ser du straks ditt eget resultat.
data-heading = Dette skjer med opplysningene dine
data-what = { $company } lagrer svarene dine og resultatene som beregnes av dem, for å vurdere søknaden din. Resultatene går også til Lever, systemet der { $company } oppbevarer søknader.
data-controller = { $company } har ansvaret for opplysningene dine. Henvend deg til { $company } med alle spørsmål om dem.
data-controller-contact = { $company } har ansvaret for opplysningene dine. Spørsmål om dem går til { $contact }.
data-recipients = Opplysningene behandles også av leverandørene som driver denne portalen og e-posten for { $company }. { $company } forteller hvem og hvor de er, og hva det rettslige grunnlaget er, hvis du spør.
data-privacy = Personvernerklæringen til { $company }
data-mark = Hvis du trekker deg etter å ha sett resultatet ditt, lagres bare en markering: adressen din som en uleselig kode, og datoen. { $company } avgjør da om du inviteres på nytt.
data-rights = Du kan lese og laste ned det som er lagret om deg, få det rettet eller slettet, be om at et menneske ser på resultatet ditt, og klage til Datatilsynet.
data-automated = Ingen avvises automatisk av testene: Et menneske bestemmer.
data-not = Testene spør ikke om alder, kjønn, opprinnelse, tro eller helse.
data-groups = Etter testene kan du, hvis du vil, si hvilket kjønn og hvilken aldersgruppe du hører til: Svaret telles og glemmes, står ikke ved siden av noe resultat og betyr ingenting for søknaden din.
data-care = Testene er ennå ikke prøvd ut på en normgruppe, og { $company } har fått beskjed om ikke å bestemme bare ut fra resultatene.
data-care-logic = Logikktesten er ennå ikke prøvd ut på en normgruppe, og { $company } har fått beskjed om ikke å bestemme bare ut fra resultatene.
data-care-personality = Personlighetstesten er ennå ikke prøvd ut på en normgruppe, og { $company } har fått beskjed om ikke å bestemme bare ut fra resultatene.
data-care-normed = { $company } har fått beskjed om ikke å bestemme bare ut fra resultatene.
data-long = { $months ->
    [one] Alt slettes senest én måned etter din siste invitasjon.
   *[other] Alt slettes senest { $months } måneder etter din siste invitasjon.
}
data-reuse = { $months ->
    [one] Hvis du søker hos { $company } igjen innen en måned, gjelder de samme resultatene også der.
   *[other] Hvis du søker hos { $company } igjen innen { $months } måneder, gjelder de samme resultatene også der.
}
data-withdraw = Du kan trekke deg når som helst, her og uten begrunnelse. Svarene og resultatene dine slettes da med en gang.
begin-until = Du kan begynne til og med { $date }.
decline = Jeg ønsker ikke å delta
form-heading = Hvordan vil du se logikkoppgavene?
form-figures = Som tegnede figurer
form-described = Som tegnede figurer med beskrivelser, for skjermlesere
form-words = Som ord og tall i en tabell, for dem som ikke kan se tegninger
form-help = Oppgaver i ord har halvannen gang så mye tid. De følger de samme reglene, men ingen har ennå vist at de to slagene er like vanskelige; resultatet ditt sier hvilket slag du tok. Begge virker med tastatur, og med skjermleser hvis du velger beskrivelser eller ord. Du kan bytte fram til den første oppgaven som teller.
more-time = Trenger du mer tid eller hjelp? Spør før du begynner: { $contact }
more-time-plain = Trenger du mer tid eller hjelp? Spør { $company } før du begynner.
more-time-ask = Be om mer tid
more-time-sent = Forespørselen er sendt. Du trenger ikke si hvorfor.
more-time-late = Forespørselen ble ikke sendt: Mer tid kan bare gis før testene begynner, og bare der oppgaver har en tidsgrense. Trenger du hjelp, skriv til dem som inviterte deg.
more-time-waits = Du ba om mer tid { $date }. { $company } har ikke svart ennå. Når svaret kommer, får du en e-post; vent med testene til da.
without-more-time = Begynne uten mer tid?
without-more-time-lead = Hvis du begynner nå, er forespørselen din trukket tilbake, og du har den vanlige tiden på hver oppgave. Etter det kan du ikke be om mer tid.
without-more-time-no = Vent på svaret
without-more-time-yes = Begynn uten mer tid
questions = Spørsmål? { $contact }
agree = Jeg er innforstått, begynn

# Practice and tasks
practice = Øvelse { $number } av { $of }
practice-lead = Se på hver rad og deretter på hver kolonne: Hva er likt, og hva endrer seg? Øvelsen teller ikke og har ingen tidsgrense.
practice-right = Riktig. Slik henger det sammen:
practice-wrong = Ikke den. Slik henger det sammen:
practice-shown = Slik henger det sammen:
practice-answer = Svaret
practice-options = Svaralternativene
practice-right-one = Det riktige
practice-own = Ditt valg
practice-next = Fortsett
practice-more = Øv mer
practice-on = Vis svaret
task = Oppgave { $number } av { $of }
task-question = Hvilken hører hjemme i den tomme ruten?
task-check = Sjekk
task-answer = Svar
task-pass = Hopp over oppgaven
task-larger = Større figurer
task-pause = Svar og ta pause
paused-text = Svarene dine er lagret. Den neste oppgaven og tiden for den begynner når du går videre.
task-choose = Velg først et av alternativene, eller hopp over oppgaven.
time-left = Tid igjen
time-warning = 20 sekunder igjen
time-minutes = { $minutes } min { $seconds } s
time-over = Tiden for den oppgaven var ute, så den teller som ikke løst. Den neste har sin egen tid.
time-over-away = Du var borte, og tiden for en oppgave gikk ut. Den teller som ikke løst. Her er den neste.
resumed = Du var borte. Her er en annen oppgave i stedet, med ny tid.
ready = Øvelsen er slutt
ready-lead = Fra nå av teller svarene dine.
ready-rules = Det er høyst { $of } oppgaver. Hver har { $minutes } minutter; er du ferdig før, svarer du og går videre. De blir vanskeligere når du løser dem, og lettere når du ikke gjør det: Alle synes at noen er vanskelige.
ready-rules-untimed = Det er høyst { $of } oppgaver, uten tidsgrense. De blir vanskeligere når du løser dem, og lettere når du ikke gjør det: Alle synes at noen er vanskelige.
ready-pilots = { $count ->
    [one] Én av oppgavene blir bare prøvd ut og teller ikke. Den er ikke merket.
   *[other] { $count } av oppgavene blir bare prøvd ut og teller ikke. De er ikke merket.
    }
ready-quiet = Finn et rolig sted. Du kan ta pause mellom to oppgaver ved å lukke siden, men tiden for en oppgave du ser, går videre.
ready-quiet-untimed = Finn et rolig sted. Du kan ta pause når som helst ved å lukke siden.
ready-start = Start den første oppgaven
ready-figures = Vis oppgavene som figurer i stedet
ready-described = Beskriv figurene med ord, for skjermlesere
ready-words = Vis oppgavene som ord og tall i stedet

offline = Det er ingen forbindelse akkurat nå. Svaret ditt blir på siden og sendes så snart forbindelsen er tilbake.
day-mark = .
decimal-mark = ,

# Statements
statements = Personlighet, side { $page } av { $of }
statements-only = Denne testen har ingen tidsgrense.
statements-lead = Hvor enig er du i hvert utsagn om deg selv? Tenk på hvordan du er til vanlig; den første tanken er ofte den beste.
statements-lead-neo = Hvor godt stemmer hvert utsagn for deg? Tenk på hvordan du er til vanlig; den første tanken er ofte den beste.
statements-first = Logikktesten er ferdig. Nå den andre og siste delen, uten tidsgrense.
statements-missing = Noen utsagn mangler svar. Det du har valgt, er lagret.
statements-missing-one = Velg et svar.
statements-save = Lagre og fortsett
statements-back = En side tilbake
statements-done = { $done } av { $of } besvart

# The result
result = Resultatet ditt
result-lead = Takk. { $company } har nå resultatet ditt og forteller deg hvordan det går videre.
result-how = Resultatene går fra 1 til 10; 5,5 er gjennomsnittet som testene går ut fra. Ingen test er nøyaktig: Ditt sanne resultat ligger med 95 % sikkerhet i intervallet som står ved siden av.
result-care = Gjennomsnittene er antatt, ikke målt: Ingen normgruppe har tatt disse testene ennå. Ingen resultater sier hvor mange som ligger over eller under deg.
result-care-logic = I logikk er gjennomsnittet antatt, ikke målt: Ingen normgruppe har tatt den testen ennå, og resultatet sier ikke hvor mange som ligger over eller under deg.
result-care-personality = I personlighet er gjennomsnittene antatt, ikke målt: Ingen normgruppe har tatt den testen ennå, og resultatene sier ikke hvor mange som ligger over eller under deg.
result-alone = Ingen bør bestemme bare ut fra disse resultatene.
result-neo = Personlighetstesten er IPIP-NEO-120. Gjennomsnittene kommer fra publiserte svar fra mennesker mellom 21 og 40 år, de fleste i USA.
result-applicants = I personlighet sammenlignes du med søkere: Gjennomsnittene er flyttet dit søkere ligger ifølge publiserte studier, fordi søkere viser seg fra en bedre side enn andre. Ingen resultater der sier hvor mange som ligger over eller under deg.
result-words = Du tok logikktesten i ord. At den er like vanskelig som testen med figurer, er en antakelse.
result-people = Av 100 personer som har tatt testen, ligger omtrent { $people } lavere; med 95 % sikkerhet er det { $low } til { $high }.
result-logic = Logikk
result-personality = Personlighet
result-no-better = I personlighet er ingen ende av en skala den beste: Hver har sine styrker.
result-details = Alle tall
result-scale = Skala
result-score = Resultat
result-range = Intervall
result-cautions = Om hvordan testene ble tatt
result-cautions-lead = { $company } ser også disse merknadene. De kan ha harmløse forklaringer og beviser ingenting.
comment = Gikk noe galt, eller var noe uvanlig? { $company } leser det ved siden av resultatet ditt.
comment-save = Lagre kommentaren
comment-kept = Kommentaren din er lagret.
not-yet = Ingenting ble lagret: Det kan du gjøre når testene er ferdige.
result-keep = Siden blir liggende under den samme lenken. Skriv den ut eller lagre den hvis du vil ha den.
result-pdf = Lagre resultatet som PDF

# Dette kan kandidater be om
data-download = Last ned opplysningene mine
review-heading = Er resultatet feil?
review-lead = Du kan be { $company } om at et menneske ser på resultatet ditt og svarer deg.
review-text = Hva skal de se på? (frivillig)
review-ask = Be om en gjennomgang
review-sent = Forespørselen er sendt.
review-late = Forespørselen ble ikke sendt igjen: Noen har allerede sett på resultatet ditt. Har du et annet spørsmål, skriv til dem som inviterte deg.
review-asked = Du ba om en gjennomgang { $date }. { $company } svarer deg.
review-done = Du ba om en gjennomgang { $date }, og { $company } opplyser at et menneske har sett på resultatet ditt.
groups-heading = Er testene rettferdige for alle?
groups-lead = { $company } teller hvordan testene slår ut for ulike grupper. Det er frivillig. Svaret ditt telles bare: Verken navnet eller resultatet ditt lagres sammen med det, og det har ingen betydning for søknaden din.
groups-sex = Kjønn
groups-woman = Kvinne
groups-man = Mann
groups-another = Annet
groups-age = Alder
groups-under-40 = Under 40
groups-from-40 = 40 eller eldre
groups-none = Vil ikke oppgi
groups-send = Send
groups-thanks = Takk.
groups-late = Ingenting ble talt: Du har allerede svart, eller det spørres ikke lenger.

# En annen logikktest under oppsyn
verify = Verifiseringstest for { $company }
verify-why = { $company } ber deg ta logikktesten én gang til, her og nå, med nye oppgaver. Du ser ikke noe resultat etterpå.
verify-noted = Det noteres hvor lang tid du bruker på hver oppgave, og om siden forlates underveis.
verify-data = { $company } sammenligner begge resultatene. Ingen avvises automatisk av det. Ikke begynn hvis du ikke vil delta: Bare si fra.
verify-done = Det var alt
verify-over = Takk. { $company } har resultatet. Du kan lukke siden.

# Withdrawing
withdraw = Trekk deg og slett
withdraw-lead = Svarene og resultatene dine slettes med en gang og fjernes fra Lever. Dette kan ikke angres, og denne lenken slutter å virke.
decline-lead = Du har ikke begynt, så det er ingenting å slette. { $company } ser at du ikke deltar, du får ingen flere påminnelser, og denne lenken slutter å virke. Dette kan ikke angres.
decline-yes = Jeg deltar ikke
decline-no = Tilbake
withdraw-rest = Navnet, adressen og søknaden din blir hos { $company }, som hadde dem fra før. Be { $company } slette dem hvis også de skal slettes.
withdraw-yes = Trekk deg og slett alt
withdraw-no = Tilbake til testene dine

# Links that lead nowhere
shut-unknown = Denne lenken finnes ikke
shut-unknown-text = Den er kanskje ufullstendig: Åpne den fra e-posten en gang til, eller kopier hele. Virker den fortsatt ikke, spør der du ble invitert.
shut-expired = Invitasjonen er utløpt
shut-expired-text = Tiden for å begynne er ute. Vil du fortsatt delta, be { $company } om en ny invitasjon.
shut-cancelled = Testene trengs ikke lenger
shut-cancelled-text = { $company } har avsluttet invitasjonen. Du trenger ikke gjøre noe.
shut-replaced = Det er sendt en nyere lenke
shut-replaced-text = { $company } har skrevet til deg igjen med en ny lenke. Åpne den nyeste e-posten; testene går videre der. Finner du den ikke, spør { $company }.
shut-withdrawn = Du deltar ikke lenger
shut-withdrawn-text = Ingen svar og ingen resultater fra deg er lagret. { $company } ser at du ikke deltar, og ikke noe resultat.
stale = Prøv en gang til
stale-text = Siden har vært åpen svært lenge, eller nettleseren din lagrer ikke informasjonskapsler. Ingenting ble endret, og alle tidligere svar er lagret. Skjer dette igjen, tillat informasjonskapsler for dette nettstedet.
stale-back = Tilbake til testene dine

# Mails
mail-invitation-subject = { $company } inviterer deg til { $tests }
mail-invitation-body =
    Hei { $name }

    { $company } inviterer deg til { $tests } i forbindelse med { $posting }. Regn med omtrent { $minutes } minutter i alt. Du kan begynne når det passer deg.

    Lenken er personlig og virker til og med { $until }.

    Spørsmål? { $support }
mail-reminder-subject = Påminnelse fra { $company }: { $posting }
mail-reminder-body =
    Hei { $name }

    { $company } har invitert deg til { $tests } i forbindelse med { $posting }. Regn med omtrent { $minutes } minutter i alt.

    Lenken virker til og med { $until }. Er du ikke lenger interessert, trenger du ikke gjøre noe.

    Spørsmål? { $support }
mail-time-subject = Tiden din til testene: { $posting }
mail-time-body =
    Hei { $name }

    { $company } har svart på forespørselen din om mer tid.

    Du kan ta { $tests } når det passer deg. Regn med omtrent { $minutes } minutter i alt.

    Lenken virker til og med { $until }.

    Spørsmål? { $support }
mail-time-more = På hver oppgave i logikktesten har du { $percent } % mer tid enn vanlig.
mail-time-usual = På hver oppgave i logikktesten har du den vanlige tiden.
mail-time-none = Oppgavene i logikktesten har ingen tidsgrense for deg.
mail-tests-both = to korte tester av logikk og personlighet
mail-tests-logic = en kort logikktest
mail-tests-personality = en kort personlighetstest
mail-no-posting = søknaden din
mail-started = Du har begynt, og testene går videre der.
mail-button = Gå til testene dine
mail-continue = Fortsett testene dine
month-1 = januar
month-2 = februar
month-3 = mars
month-4 = april
month-5 = mai
month-6 = juni
month-7 = juli
month-8 = august
month-9 = september
month-10 = oktober
month-11 = november
month-12 = desember
