# Kandidatens sider. Testenes ord: crates/assessment/src/texts/da.json.

skip = Gå til indholdet
languages = Sprog
about-withdraw = Træk dig, og slet mine svar
go-on = Fortsæt

# Before the tests
invited = Test for { $company }
invited-lead = { $company } inviterer dig til { $tests ->
    [one] en kort test
   *[other] to korte test
} til stillingen “{ $posting }”.
invited-lead-plain = { $company } inviterer dig til { $tests ->
    [one] en kort test
   *[other] to korte test
}.
what-heading = Det skal du lave
what-logic = Logik, { $from } til { $to } minutter: Find den figur, der mangler i et mønster. Højst { $tasks } opgaver med { $minutes } minutter til hver. Det noteres, hvor lang tid du bruger på hver, og om siden forlades imens.
what-logic-untimed = Logik: Find den figur, der mangler i et mønster. Højst { $tasks } opgaver, uden tidsgrænse. Det noteres, hvor lang tid du bruger på hver, og om siden forlades imens.
what-personality = Personlighed, cirka 10 minutter: Angiv, hvor enig du er i { $count } udsagn om dig selv. Der er ingen tidsgrænse og intet rigtigt eller forkert.
what-practice = Du begynder med øvelser og kan stoppe når som helst: Dine svar gemmes, og det samme link fører dig tilbage til, hvor du var.
what-pauses = Du kan stoppe når som helst: Dine svar gemmes, og det samme link fører dig tilbage til, hvor du var.
improve = Mine svar må hjælpe med at forbedre testene
improve-help = Frivilligt, og det ændrer intet for dig. Svarene bruges uden dit navn, sammen med svar fra mindst 29 andre, og slettes sammen med dine resultater.
improve-help-pilots = { $count ->
    [one] Frivilligt. Logiktesten får så en opgave mere, et sted mellem de andre. Den bliver kun afprøvet: Den tæller ikke og vises ikke i dit resultat.
   *[other] Frivilligt. Logiktesten får så { $count } opgaver mere, blandet ind mellem de andre. De bliver kun afprøvet: De tæller ikke og vises ikke i dit resultat.
    } Svarene bruges uden dit navn, sammen med svar fra mindst 29 andre, og slettes sammen med dine resultater.
fair-heading = Fair play
fair-text = Når du begynder, lover du at tage testene selv, uden hjælp fra andre mennesker eller programmer, og ikke at kopiere opgaverne eller give dem videre.
what-report = Til sidst ser du straks dit eget resultat.
data-heading = Det sker der med dine data
data-what = { $company } gemmer dine svar og de resultater, der beregnes ud fra dem, for at vurdere din ansøgning. Resultaterne går også til Lever, det system, som { $company } opbevarer ansøgninger i.
data-controller = { $company } har ansvaret for dine data. Henvend dig til { $company } med alle spørgsmål om dem.
data-controller-contact = { $company } har ansvaret for dine data. Spørgsmål om dem går til { $contact }.
data-recipients = Oplysningerne behandles også af de leverandører, der driver denne portal og dens e-mail for { $company }. { $company } fortæller, hvem og hvor de er, og hvad retsgrundlaget er, hvis du spørger.
data-privacy = Privatlivspolitik hos { $company }
data-mark = Hvis du trækker dig efter at have set dit resultat, gemmes kun en markering: din adresse som en ulæselig kode og datoen. { $company } afgør så, om du inviteres igen.
data-rights = Du kan læse og hente det, der er gemt om dig, få det rettet eller slettet, bede om, at et menneske ser på dit resultat, og klage til datatilsynet.
data-automated = Ingen afvises automatisk af testene: Et menneske beslutter.
data-not = Testene spørger ikke om alder, køn, oprindelse, tro eller helbred.
data-groups = Efter testene kan du, hvis du vil, sige, hvilket køn og hvilken aldersgruppe du hører til: Svaret tælles og glemmes, står ikke ved siden af noget resultat og betyder intet for din ansøgning.
data-care = Testene er endnu ikke afprøvet på en normgruppe, og { $company } har fået besked om ikke at beslutte alene ud fra resultaterne.
data-care-logic = Logiktesten er endnu ikke afprøvet på en normgruppe, og { $company } har fået besked om ikke at beslutte alene ud fra resultaterne.
data-care-personality = Personlighedstesten er endnu ikke afprøvet på en normgruppe, og { $company } har fået besked om ikke at beslutte alene ud fra resultaterne.
data-care-normed = { $company } har fået besked om ikke at beslutte alene ud fra resultaterne.
data-long = { $months ->
    [one] Alt slettes senest en måned efter din seneste invitation.
   *[other] Alt slettes senest { $months } måneder efter din seneste invitation.
}
data-reuse = { $months ->
    [one] Hvis du søger hos { $company } igen inden for en måned, gælder de samme resultater også der.
   *[other] Hvis du søger hos { $company } igen inden for { $months } måneder, gælder de samme resultater også der.
}
data-withdraw = Du kan trække dig når som helst, her og uden begrundelse. Dine svar og resultater slettes så med det samme.
begin-until = Du kan begynde indtil { $date }.
decline = Jeg ønsker ikke at deltage
form-heading = Hvordan vil du se logikopgaverne?
form-figures = Som tegnede figurer
form-described = Som tegnede figurer med beskrivelser, til skærmlæsere
form-words = Som ord og tal i en tabel, for dem, der ikke kan se tegninger
form-help = Opgaver i ord har halvt så meget tid til. De følger de samme regler, men ingen har endnu vist, at de to slags er lige svære; dit resultat siger, hvilken slags du tog. Begge virker med tastatur, og med skærmlæser, hvis du vælger beskrivelser eller ord. Du kan skifte indtil den første opgave, der tæller.
more-time = Har du brug for mere tid eller hjælp? Spørg, før du begynder: { $contact }
more-time-plain = Har du brug for mere tid eller hjælp? Spørg { $company }, før du begynder.
more-time-ask = Bed om mere tid
more-time-sent = Din anmodning er sendt. Du behøver ikke sige hvorfor.
more-time-late = Din anmodning blev ikke sendt: Mere tid kan kun gives, før testene begynder, og kun hvor opgaver har en tidsgrænse. Har du brug for hjælp, så skriv til dem, der inviterede dig.
more-time-waits = Du bad om mere tid den { $date }. { $company } har ikke svaret endnu. Når svaret kommer, får du en e-mail; vent med testene indtil da.
without-more-time = Begynd uden mere tid?
without-more-time-lead = Hvis du begynder nu, er din anmodning trukket tilbage, og du har den sædvanlige tid til hver opgave. Derefter kan du ikke bede om mere tid.
without-more-time-no = Vent på svaret
without-more-time-yes = Begynd uden mere tid
questions = Spørgsmål? { $contact }
agree = Jeg er indforstået, begynd

# Practice and tasks
practice = Øvelse { $number } af { $of }
practice-lead = Se på hver række og derefter på hver kolonne: Hvad er ens, og hvad ændrer sig? Øvelsen tæller ikke og har ingen tidsgrænse.
practice-right = Rigtigt. Sådan hænger det sammen:
practice-wrong = Ikke den. Sådan hænger det sammen:
practice-shown = Sådan hænger det sammen:
practice-answer = Svaret
practice-options = Svarmulighederne
practice-right-one = Den rigtige
practice-own = Dit valg
practice-next = Fortsæt
practice-more = Øv mere
practice-on = Vis svaret
task = Opgave { $number } af { $of }
task-question = Hvilken hører til i det tomme felt?
task-check = Tjek
task-answer = Svar
task-pass = Spring opgaven over
task-larger = Større figurer
task-pause = Svar og hold pause
paused-text = Dine svar er gemt. Den næste opgave og dens tid begynder, når du går videre.
task-choose = Vælg først en af mulighederne, eller spring opgaven over.
time-left = Tid tilbage
time-warning = 20 sekunder tilbage
time-minutes = { $minutes } min { $seconds } s
time-over = Tiden til den opgave var gået, så den tæller som ikke løst. Den næste har sin egen tid.
time-over-away = Du var væk, og tiden til en opgave løb ud. Den tæller som ikke løst. Her er den næste.
resumed = Du var væk. Her er en anden opgave i stedet, med ny tid.
ready = Øvelsen er slut
ready-lead = Fra nu af tæller dine svar.
ready-rules = Der er højst { $of } opgaver. Hver har { $minutes } minutter; er du færdig før, så svar og gå videre. De bliver sværere, når du løser dem, og lettere, når du ikke gør: Alle synes, at nogle er svære.
ready-rules-untimed = Der er højst { $of } opgaver, uden tidsgrænse. De bliver sværere, når du løser dem, og lettere, når du ikke gør: Alle synes, at nogle er svære.
ready-pilots = { $count ->
    [one] En af opgaverne bliver kun afprøvet og tæller ikke. Den er ikke markeret.
   *[other] { $count } af opgaverne bliver kun afprøvet og tæller ikke. De er ikke markeret.
    }
ready-quiet = Find et roligt sted. Du kan holde pause mellem to opgaver ved at lukke siden, men tiden for en opgave, du ser, løber videre.
ready-quiet-untimed = Find et roligt sted. Du kan holde pause når som helst ved at lukke siden.
ready-start = Start den første opgave
ready-figures = Vis opgaverne som figurer i stedet
ready-described = Beskriv figurerne i ord, til skærmlæsere
ready-words = Vis opgaverne som ord og tal i stedet

offline = Der er ingen forbindelse lige nu. Dit svar bliver på siden og sendes, så snart forbindelsen er tilbage.
day-mark = .
decimal-mark = ,

# Statements
statements = Personlighed, side { $page } af { $of }
statements-only = Denne test har ingen tidsgrænse.
statements-lead = Hvor enig er du i hvert udsagn om dig selv? Tænk på, hvordan du er i almindelighed; den første tanke er ofte den bedste.
statements-lead-neo = Hvor godt passer hvert udsagn på dig? Tænk på, hvordan du er i almindelighed; den første tanke er ofte den bedste.
statements-first = Logiktesten er færdig. Nu den anden og sidste del, uden tidsgrænse.
statements-missing = Nogle udsagn mangler svar. Det, du har valgt, er gemt.
statements-missing-one = Vælg et svar.
statements-save = Gem og fortsæt
statements-back = En side tilbage
statements-done = { $done } af { $of } besvaret

# The result
result = Dit resultat
result-lead = Tak. { $company } har nu dit resultat og fortæller dig, hvordan det går videre.
result-how = Resultaterne går fra 1 til 10; 5,5 er det gennemsnit, som testene går ud fra. Ingen test er præcis: Dit sande resultat ligger med 95 % sikkerhed i det interval, der står ved siden af.
result-care = Gennemsnittene er antaget, ikke målt: Ingen normgruppe har endnu taget disse test. Intet resultat siger, hvor mange der ligger over eller under dig.
result-care-logic = I logik er gennemsnittet antaget, ikke målt: Ingen normgruppe har endnu taget den test, og resultatet siger ikke, hvor mange der ligger over eller under dig.
result-care-personality = I personlighed er gennemsnittene antaget, ikke målt: Ingen normgruppe har endnu taget den test, og resultaterne siger ikke, hvor mange der ligger over eller under dig.
result-alone = Ingen bør beslutte alene ud fra disse resultater.
result-neo = Personlighedstesten er IPIP-NEO-120. Dens gennemsnit kommer fra offentliggjorte svar fra mennesker mellem 21 og 40 år, de fleste i USA.
result-applicants = I personlighed sammenlignes du med ansøgere: Gennemsnittene er flyttet derhen, hvor ansøgere ligger ifølge offentliggjorte undersøgelser, fordi ansøgere viser sig fra en bedre side end andre. Intet resultat siger dér, hvor mange der ligger over eller under dig.
result-words = Du tog logiktesten i ord. At den er lige så svær som testen med figurer, er en antagelse.
result-people = Ud af 100 personer, der har taget testen, ligger omkring { $people } lavere; med 95 % sikkerhed er det { $low } til { $high }.
result-logic = Logik
result-personality = Personlighed
result-no-better = I personlighed er ingen ende af en skala den bedste: Hver har sine styrker.
result-details = Alle tal
result-scale = Skala
result-score = Resultat
result-range = Interval
result-cautions = Om hvordan testene blev taget
result-cautions-lead = { $company } ser også disse bemærkninger. De kan have harmløse forklaringer og beviser ikke noget.
comment = Gik noget galt, eller var noget usædvanligt? { $company } læser det ved siden af dit resultat.
comment-save = Gem kommentaren
comment-kept = Din kommentar er gemt.
not-yet = Intet blev gemt: Det kan du, når testene er færdige.
result-keep = Siden bliver under det samme link. Udskriv den, eller gem den, hvis du vil have den.
result-pdf = Gem resultatet som PDF

# Det kan kandidater bede om
data-download = Hent mine data
review-heading = Er resultatet forkert?
review-lead = Du kan bede { $company } om, at et menneske ser på dit resultat og svarer dig.
review-text = Hvad skal de se på? (frivilligt)
review-ask = Bed om en gennemgang
review-sent = Din anmodning er sendt.
review-late = Din anmodning blev ikke sendt igen: Nogen har allerede set på dit resultat. Har du et andet spørgsmål, så skriv til dem, der inviterede dig.
review-asked = Du bad om en gennemgang den { $date }. { $company } svarer dig.
review-done = Du bad om en gennemgang den { $date }, og { $company } oplyser, at et menneske har set på dit resultat.
groups-heading = Er testene fair over for alle?
groups-lead = { $company } tæller, hvordan testene falder ud for forskellige grupper. Det er frivilligt. Dit svar tælles kun: Hverken dit navn eller dit resultat gemmes sammen med det, og det har ingen betydning for din ansøgning.
groups-sex = Køn
groups-woman = Kvinde
groups-man = Mand
groups-another = Andet
groups-age = Alder
groups-under-40 = Under 40
groups-from-40 = 40 eller ældre
groups-none = Vil ikke oplyse
groups-send = Send
groups-thanks = Tak.
groups-late = Intet blev talt: Du har allerede svaret, eller der spørges ikke længere.

# En anden logiktest under opsyn
verify = Verificeringstest for { $company }
verify-why = { $company } beder dig tage logiktesten én gang til, her og nu, med nye opgaver. Du ser intet resultat bagefter.
verify-noted = Det noteres, hvor lang tid du bruger på hver opgave, og om siden forlades imens.
verify-data = { $company } sammenligner begge resultater. Ingen afvises automatisk af det. Begynd ikke, hvis du ikke vil deltage: Sig det bare.
verify-done = Det var det hele
verify-over = Tak. { $company } har resultatet. Du kan lukke siden.

# Withdrawing
withdraw = Træk dig og slet
withdraw-lead = Dine svar og resultater slettes med det samme og fjernes fra Lever. Det kan ikke fortrydes, og dette link holder op med at virke.
decline-lead = Du er ikke begyndt, så der er intet at slette. { $company } ser, at du ikke deltager, du får ikke flere påmindelser, og dette link holder op med at virke. Det kan ikke fortrydes.
decline-yes = Jeg deltager ikke
decline-no = Tilbage
withdraw-rest = Dit navn, din adresse og din ansøgning bliver hos { $company }, som havde dem i forvejen. Bed { $company } om at slette dem, hvis de også skal slettes.
withdraw-yes = Træk dig og slet alt
withdraw-no = Tilbage til dine test

# Links that lead nowhere
shut-unknown = Dette link findes ikke
shut-unknown-text = Det er måske ufuldstændigt: Åbn det fra e-mailen igen, eller kopiér det hele. Virker det stadig ikke, så spørg der, hvor du blev inviteret.
shut-expired = Invitationen er udløbet
shut-expired-text = Tiden til at begynde er gået. Vil du stadig deltage, så bed { $company } om en ny invitation.
shut-cancelled = Testene er ikke længere nødvendige
shut-cancelled-text = { $company } har afsluttet invitationen. Du behøver ikke gøre noget.
shut-replaced = Der er sendt et nyere link
shut-replaced-text = { $company } har skrevet til dig igen med et nyt link. Åbn den nyeste e-mail; testene fortsætter der. Kan du ikke finde den, så spørg { $company }.
shut-withdrawn = Du deltager ikke længere
shut-withdrawn-text = Ingen svar og ingen resultater fra dig er gemt. { $company } ser, at du ikke deltager, og intet resultat.
stale = Prøv det en gang til
stale-text = Siden har været åben meget længe, eller din browser gemmer ikke cookies. Intet blev ændret, og alle dine tidligere svar er gemt. Sker det igen, så tillad cookies for dette websted.
stale-back = Tilbage til dine test

# Mails
mail-invitation-subject = { $company } inviterer dig til { $tests }
mail-invitation-body =
    Hej { $name }

    { $company } inviterer dig til { $tests } i forbindelse med { $posting }. Regn med cirka { $minutes } minutter i alt. Du kan begynde, når det passer dig.

    Linket er personligt og virker indtil { $until }.

    Spørgsmål? { $support }
mail-reminder-subject = Påmindelse fra { $company }: { $posting }
mail-reminder-body =
    Hej { $name }

    { $company } har inviteret dig til { $tests } i forbindelse med { $posting }. Regn med cirka { $minutes } minutter i alt.

    Linket virker indtil { $until }. Er du ikke længere interesseret, behøver du ikke gøre noget.

    Spørgsmål? { $support }
mail-time-subject = Din tid til testene: { $posting }
mail-time-body =
    Hej { $name }

    { $company } har svaret på din anmodning om mere tid.

    Du kan tage { $tests }, når det passer dig. Regn med cirka { $minutes } minutter i alt.

    Linket virker indtil { $until }.

    Spørgsmål? { $support }
mail-time-more = Til hver opgave i logiktesten har du { $percent } % mere tid end sædvanligt.
mail-time-usual = Til hver opgave i logiktesten har du den sædvanlige tid.
mail-time-none = Opgaverne i logiktesten har ingen tidsgrænse for dig.
mail-tests-both = to korte test af logik og personlighed
mail-tests-logic = en kort logiktest
mail-tests-personality = en kort personlighedstest
mail-no-posting = din ansøgning
mail-started = Du er begyndt, og testene fortsætter der.
mail-button = Gå til dine test
mail-continue = Fortsæt dine test
month-1 = januar
month-2 = februar
month-3 = marts
month-4 = april
month-5 = maj
month-6 = juni
month-7 = juli
month-8 = august
month-9 = september
month-10 = oktober
month-11 = november
month-12 = december
