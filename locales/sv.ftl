# Kandidatens sidor.

skip = Hoppa till innehållet
languages = Språk
about-withdraw = Dra tillbaka och radera mina svar
go-on = Fortsätt

# Före testen
invited = Test för { $company }
invited-lead = { $company } bjuder in dig till { $tests ->
    [one] ett kort test
   *[other] två korta test
} för tjänsten ”{ $posting }”.
invited-lead-plain = { $company } bjuder in dig till { $tests ->
    [one] ett kort test
   *[other] två korta test
}.
what-heading = Det här ska du göra
what-logic = Logik, { $from } till { $to } minuter: hitta figuren som saknas i ett mönster. Högst { $tasks } uppgifter; var och en har { $minutes } minuter. Hur lång tid var och en tar dig, och om sidan lämnas under tiden, antecknas.
what-logic-untimed = Logik: hitta figuren som saknas i ett mönster. Högst { $tasks } uppgifter, utan tidsgräns. Hur lång tid var och en tar dig, och om sidan lämnas under tiden, antecknas.
what-personality = Personlighet, omkring 10 minuter: säg hur väl { $count } påståenden beskriver dig. Det finns ingen tidsgräns och inget rätt eller fel.
what-practice = Du börjar med att öva och kan sluta när som helst: dina svar finns kvar, och samma länk tar dig tillbaka dit du var.
what-pauses = Du kan sluta när som helst: dina svar finns kvar, och samma länk tar dig tillbaka dit du var.
improve = Mina svar får hjälpa till att förbättra testen
improve-help = Frivilligt, och ändrar inget för dig. Svaren används utan ditt namn, tillsammans med svar från minst 29 andra, och raderas när dina resultat raderas.
improve-help-pilots = { $count ->
    [one] Frivilligt. Logiktestet får då en uppgift till, någonstans bland de andra. Den prövas bara ut: den räknas inte och syns inte i ditt resultat.
   *[other] Frivilligt. Logiktestet får då { $count } uppgifter till, inblandade bland de andra. De prövas bara ut: de räknas inte och syns inte i ditt resultat.
    } Svaren används utan ditt namn, tillsammans med svar från minst 29 andra, och raderas när dina resultat raderas.
fair-heading = Rent spel
fair-text = När du börjar lovar du att göra testen själv, utan hjälp av andra människor eller program, och att inte kopiera eller sprida uppgifterna.
what-report = När du är klar ser du direkt ditt eget resultat.
data-heading = Det här händer med dina uppgifter
data-what = { $company } sparar dina svar och de poäng som räknas ut från dem för att bedöma din ansökan. Poängen går också till Lever, systemet där { $company } har sina ansökningar.
data-controller = { $company } ansvarar för dina uppgifter. Vänd dig till { $company } med alla frågor om dem.
data-controller-contact = { $company } ansvarar för dina uppgifter. Frågor om dem går till { $contact }.
data-recipients = Uppgifterna behandlas också av de leverantörer som driver den här portalen och dess e-post åt { $company }. { $company } berättar vilka de är, var de finns och vilken den rättsliga grunden är, om du frågar.
data-privacy = Så hanterar { $company } personuppgifter
data-mark = Om du drar dig tillbaka efter att ha sett ditt resultat sparas bara en markering: din adress som en oläsbar kod, och datumet. { $company } avgör då om du bjuds in igen.
data-rights = Du kan läsa och ladda ner det som sparas om dig, få det rättat eller raderat, be att en människa tittar på ditt resultat och klaga hos dataskyddsmyndigheten.
data-automated = Ingen avvisas automatiskt av testen: en människa beslutar.
data-not = Testen frågar inte om din ålder, ditt kön, ditt ursprung, din tro eller din hälsa.
data-groups = Efter testen kan du, om du vill, säga vilket kön och vilken åldersgrupp du tillhör: svaret räknas och glöms, står inte bredvid något resultat och har ingen betydelse för din ansökan.
data-care = Testen har ännu inte prövats på en normgrupp, och { $company } uppmanas att inte besluta enbart efter poängen.
data-care-logic = Logiktestet har ännu inte prövats på en normgrupp, och { $company } uppmanas att inte besluta enbart efter poängen.
data-care-personality = Personlighetstestet har ännu inte prövats på en normgrupp, och { $company } uppmanas att inte besluta enbart efter poängen.
data-care-normed = { $company } uppmanas att inte besluta enbart efter poängen.
data-long = { $months ->
    [one] Allt raderas senast en månad efter din senaste inbjudan.
   *[other] Allt raderas senast { $months } månader efter din senaste inbjudan.
}
data-reuse = { $months ->
    [one] Söker du igen hos { $company } inom en månad gäller samma poäng även där.
   *[other] Söker du igen hos { $company } inom { $months } månader gäller samma poäng även där.
}
data-withdraw = Du kan när som helst dra dig tillbaka, här och utan att ange skäl. Då raderas dina svar och poäng genast.
begin-until = Du kan börja till och med { $date }.
decline = Jag vill inte delta
form-heading = Hur vill du se logikuppgifterna?
form-figures = Som ritade figurer
form-described = Som ritade figurer med beskrivningar, för skärmläsare
form-words = Som ord och tal i en tabell, för den som inte kan se bilder
form-help = Uppgifter i ord har halva tiden till. De följer samma regler, men ingen har ännu visat att båda slagen är lika svåra; resultatet säger vilket slag du gjorde. Båda fungerar med tangentbord, och med skärmläsare om du väljer beskrivningar eller ord. Du kan ändra dig fram till den första uppgiften som räknas.
more-time = Behöver du mer tid eller hjälp? Fråga innan du börjar: { $contact }
more-time-plain = Behöver du mer tid eller hjälp? Fråga { $company } innan du börjar.
more-time-ask = Be om mer tid
more-time-sent = Din begäran är skickad. Du behöver inte säga varför.
more-time-late = Din begäran skickades inte: mer tid kan bara ges innan testen börjar, och bara där uppgifter har en tidsgräns. Om du behöver hjälp, skriv till dem som bjöd in dig.
more-time-waits = Du bad om mer tid den { $date }. { $company } har inte svarat än. När svaret kommer får du ett mejl; vänta med testen tills dess.
without-more-time = Börja utan mer tid?
without-more-time-lead = Om du börjar nu återkallas din begäran och du har den vanliga tiden för varje uppgift. Efter det kan du inte be om mer tid.
without-more-time-no = Vänta på svaret
without-more-time-yes = Börja utan mer tid
questions = Frågor? { $contact }
agree = Jag samtycker, börja

# Övning och uppgifter
practice = Övning { $number } av { $of }
practice-lead = Se på varje rad och sedan på varje kolumn: vad är lika, och vad ändras? Övningen räknas inte och har ingen tidsgräns.
practice-right = Rätt. Så här hänger det ihop:
practice-wrong = Inte den. Så här hänger det ihop:
practice-shown = Så här hänger det ihop:
practice-answer = Svaret
practice-options = Alternativen
practice-right-one = Det rätta
practice-own = Ditt
practice-next = Fortsätt
practice-more = Öva mer
practice-on = Visa svaret
task = Uppgift { $number } av { $of }
task-question = Vilken hör hemma i den tomma rutan?
task-check = Kontrollera
task-answer = Svara
task-pass = Hoppa över uppgiften
task-larger = Större figurer
task-pause = Svara och pausa
paused-text = Dina svar är sparade. Nästa uppgift, och dess tid, börjar när du fortsätter.
task-choose = Välj först ett av alternativen, eller hoppa över uppgiften.
time-left = Tid kvar
time-warning = 20 sekunder kvar
time-minutes = { $minutes } min { $seconds } s
time-over = Tiden för den uppgiften var slut, så den räknas som inte löst. Nästa har sin egen tid.
time-over-away = Du var borta och tiden för en uppgift gick ut. Den räknas som olöst. Här är nästa.
resumed = Du var borta. Här är en annan uppgift i stället, med ny tid.
ready = Övningen är slut
ready-lead = Från och med nu räknas dina svar.
ready-rules = Det är högst { $of } uppgifter. Var och en har { $minutes } minuter; är du klar tidigare, så svara och gå vidare. De blir svårare när du löser dem och lättare när du inte gör det: alla tycker att några är svåra.
ready-rules-untimed = Det är högst { $of } uppgifter, utan tidsgräns. De blir svårare när du löser dem och lättare när du inte gör det: alla tycker att några är svåra.
ready-pilots = { $count ->
    [one] En av uppgifterna prövas bara ut och räknas inte. Den är inte markerad.
   *[other] { $count } av uppgifterna prövas bara ut och räknas inte. De är inte markerade.
    }
ready-quiet = Sätt dig i lugn och ro. Du kan göra paus mellan två uppgifter genom att stänga sidan, men tiden för en uppgift som du ser går vidare.
ready-quiet-untimed = Sätt dig i lugn och ro. Du kan göra paus när som helst genom att stänga sidan.
ready-start = Starta den första uppgiften
ready-figures = Visa uppgifterna som figurer i stället
ready-described = Beskriv figurerna i ord, för skärmläsare
ready-words = Visa uppgifterna som ord och tal i stället

offline = Det finns ingen uppkoppling just nu. Ditt svar stannar på sidan och skickas så snart den är tillbaka.
day-mark = { "" }
decimal-mark = ,

# Påståenden
statements = Personlighet, sida { $page } av { $of }
statements-only = Det här testet har ingen tidsgräns.
statements-lead = Hur väl instämmer du i varje påstående om dig? Tänk på hur du är i allmänhet; den första tanken är ofta den bästa.
statements-lead-neo = Hur väl stämmer varje påstående in på dig? Tänk på hur du är i allmänhet; den första tanken är ofta den bästa.
statements-first = Logiktestet är klart. Nu den andra och sista delen, utan tidsgräns.
statements-missing = Några påståenden saknar svar. Det du har valt finns kvar.
statements-missing-one = Välj ett svar.
statements-save = Spara och fortsätt
statements-back = En sida tillbaka
statements-done = { $done } av { $of } besvarade

# Resultatet
result = Ditt resultat
result-lead = Tack. { $company } har nu ditt resultat och berättar hur det går vidare.
result-how = Poängen går från 1 till 10; 5,5 är det genomsnitt som testen utgår från. Inget test är exakt: din sanna poäng ligger med 95 % säkerhet inom det intervall som står bredvid.
result-care = Genomsnitten är antagna, inte uppmätta: ingen normgrupp har ännu gjort testen. Ingen poäng säger hur många som ligger över eller under dig.
result-care-logic = I logik är genomsnittet antaget, inte uppmätt: ingen normgrupp har ännu gjort det testet, och poängen säger inte hur många som ligger över eller under dig.
result-care-personality = I personlighet är genomsnitten antagna, inte uppmätta: ingen normgrupp har ännu gjort det testet, och poängen säger inte hur många som ligger över eller under dig.
result-alone = Ingen bör besluta enbart efter poängen.
result-neo = Personlighetstestet är IPIP-NEO-120. Dess medelvärden kommer från publicerade svar av människor mellan 21 och 40 år, de flesta i USA.
result-applicants = I personlighet jämförs du med sökande: genomsnitten har flyttats dit där sökande ligger enligt publicerade studier, eftersom sökande visar upp en bättre sida än andra. Ingen poäng där säger hur många som ligger över eller under dig.
result-words = Du gjorde logiktestet i ord. Att det är lika svårt som testet med figurer är ett antagande.
result-people = Av 100 personer som har gjort testet får ungefär { $people } lägre poäng; med 95 % säkerhet är det { $low } till { $high }.
result-logic = Logik
result-personality = Personlighet
result-no-better = I personlighet är ingen ände av en skala den bättre: båda har sina styrkor.
result-details = Alla tal
result-scale = Skala
result-score = Poäng
result-range = Intervall
result-cautions = Om hur testen gjordes
result-cautions-lead = { $company } ser också dessa anmärkningar. De kan ha ofarliga förklaringar och bevisar ingenting.
comment = Gick något fel, eller var något ovanligt? { $company } läser det bredvid ditt resultat.
comment-save = Spara kommentaren
comment-kept = Din kommentar är sparad.
not-yet = Inget sparades: det går när testen är klara.
result-keep = Sidan finns kvar under samma länk. Skriv ut den eller spara den som fil om du vill ha den.
result-pdf = Spara resultatet som PDF

# Vad kandidater kan be om
data-download = Ladda ner mina uppgifter
review-heading = Stämmer inte resultatet?
review-lead = Du kan be { $company } att låta en människa titta på ditt resultat och svara dig.
review-text = Vad ska de titta på? (frivilligt)
review-ask = Be om granskning
review-sent = Din begäran är skickad.
review-late = Din begäran skickades inte igen: någon har redan tittat på ditt resultat. Om du har en annan fråga, skriv till dem som bjöd in dig.
review-asked = Du bad om granskning den { $date }. { $company } svarar dig.
review-done = Du bad om granskning den { $date }, och { $company } uppger att en människa har tittat på ditt resultat.
groups-heading = Är testen rättvisa mot alla?
groups-lead = { $company } räknar hur testen faller ut för olika grupper. Det är frivilligt. Ditt svar räknas bara: varken ditt namn eller ditt resultat sparas med det, och det spelar ingen roll för din ansökan.
groups-sex = Kön
groups-woman = Kvinna
groups-man = Man
groups-another = Annat
groups-age = Ålder
groups-under-40 = Under 40
groups-from-40 = 40 eller äldre
groups-none = Vill inte uppge
groups-send = Skicka
groups-thanks = Tack.
groups-late = Inget räknades: du har redan svarat, eller så frågas det inte längre.

# Ett andra logiktest under uppsikt
verify = Verifieringstest för { $company }
verify-why = { $company } ber dig göra logiktestet en gång till, här och nu, med nya uppgifter. Du ser inget resultat efteråt.
verify-noted = Hur lång tid varje uppgift tar dig, och om sidan lämnas under tiden, antecknas.
verify-data = { $company } jämför båda resultaten. Ingen avvisas automatiskt av det. Börja inte om du inte vill delta: säg bara till.
verify-done = Det var allt
verify-over = Tack. { $company } har resultatet. Du kan stänga sidan.

# Dra sig tillbaka
withdraw = Dra tillbaka och radera
withdraw-lead = Dina svar och poäng raderas genast och tas bort från Lever. Det går inte att ångra, och den här länken slutar fungera.
decline-lead = Du har inte börjat, så det finns inget att radera. { $company } ser att du inte deltar, du får inga fler påminnelser, och den här länken slutar fungera. Det går inte att ångra.
decline-yes = Jag deltar inte
decline-no = Tillbaka
withdraw-rest = Ditt namn, din adress och din ansökan finns kvar hos { $company }, som hade dem före. Vill du ha även dem raderade, fråga { $company }.
withdraw-yes = Dra tillbaka och radera allt
withdraw-no = Tillbaka till bedömningen

# Länkar som inte leder någonstans
shut-unknown = Den här länken fungerar inte
shut-unknown-text = Den kan vara ofullständig: öppna den en gång till från mejlet, eller kopiera hela. Fungerar den ändå inte, fråga den som bjöd in dig.
shut-expired = Den här inbjudan har gått ut
shut-expired-text = Tiden för att börja är slut. Vill du ändå delta, be { $company } om en ny inbjudan.
shut-cancelled = Bedömningen behövs inte längre
shut-cancelled-text = { $company } har avslutat inbjudan. Du behöver inte göra något.
shut-replaced = En nyare länk har mejlats
shut-replaced-text = { $company } har skrivit till dig igen, med en ny länk. Öppna det nyaste mejlet; testen går vidare där. Om du inte hittar det, fråga { $company }.
shut-withdrawn = Du deltar inte längre
shut-withdrawn-text = Inga svar och inga poäng från dig finns kvar. { $company } ser att du inte deltar, och inget resultat.
stale = Försök en gång till
stale-text = Sidan hade varit öppen mycket länge, eller så sparar din webbläsare inga kakor. Inget ändrades, och alla dina tidigare svar finns kvar. Om det här händer igen, tillåt kakor för den här webbplatsen.
stale-back = Tillbaka till bedömningen

# Mejl.
mail-invitation-subject = { $company } bjuder in dig till { $tests }
mail-invitation-body =
    Hej { $name },

    { $company } bjuder in dig till { $tests } för { $posting }. Räkna med omkring { $minutes } minuter totalt. Du kan börja när det passar dig.

    Länken är personlig och gäller till och med { $until }.

    Frågor? { $support }
mail-reminder-subject = Påminnelse från { $company }: { $posting }
mail-reminder-body =
    Hej { $name },

    { $company } har bjudit in dig till { $tests } för { $posting }. Räkna med omkring { $minutes } minuter totalt.

    Länken gäller till och med { $until }. Om du inte längre är intresserad behöver du inte göra något.

    Frågor? { $support }
mail-time-subject = Din tid för testen: { $posting }
mail-time-body =
    Hej { $name },

    { $company } har svarat på din begäran om mer tid.

    Du kan börja med { $tests } när det passar dig. Räkna med omkring { $minutes } minuter totalt.

    Länken gäller till och med { $until }.

    Frågor? { $support }
mail-time-more = Till varje uppgift i logiktestet har du { $percent } % mer tid än vanligt.
mail-time-usual = Till varje uppgift i logiktestet har du den vanliga tiden.
mail-time-none = Uppgifterna i logiktestet har ingen tidsgräns för dig.
mail-tests-both = två korta test i logik och personlighet
mail-tests-logic = ett kort logiktest
mail-tests-personality = ett kort personlighetstest
mail-no-posting = din ansökan
mail-started = Du har börjat, och testen går vidare där.
mail-button = Gå till dina test
mail-continue = Fortsätt med dina test
month-1 = januari
month-2 = februari
month-3 = mars
month-4 = april
month-5 = maj
month-6 = juni
month-7 = juli
month-8 = augusti
month-9 = september
month-10 = oktober
month-11 = november
month-12 = december
