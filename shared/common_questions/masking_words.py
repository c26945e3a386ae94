"""Words that are no names although they are written with a capital letter. Data."""

_TITLES = """
mr mrs ms dr prof herr herrn frau sir madame monsieur mme señor señora sr sra signor signora senhor senhora dhr
mevrouw pan pani
"""
_TRADE = """
chf eur gbp usd ai api arr b2b bant cac ceo cfo cio cmo coo cpq crm cro cto erp faq gdpr hr i i'd i'll i'm i've icp
iso it kpi linkedin ltv meddic meddpicc mql mrr nda nps ok okr poc qbr rfi rfp rfq roi saas saml sdr sla sow spin sql
sso tco usp
"""
_OPENERS = """
a about account accounts after again agree all also an and another answer any anything are arrange as ask at be before
beginner being best better between block both brief bring budget build but buyer by calculate call can cases check
choose claim coach coaching cold commission compare competitor competitors confirm contact contract correct could
create customer customers data deadline deal deals decide delegate demo describe did differences discount distance do
does draft during each email escalate estimate evaluate every exercise expand explain extend fill find first follow
for forecast from get give good handle has have hello help her hey hi his hotel how however identify if improve in
include increase into invite involve is it its just justify keep last leads learn legal let list log look lost lower
made make many map may maybe me meeting more most motivation must my need negotiate negotiation never new next no
nobody not now objection of offer often on onboarding one opening or organise our out outline overview partner payment
persuade pilot pipeline pitch plan play please post practice practise prepare present pretend price pricing prioritise
privacy procurement product proposal propose prospect prospects purchase put qualify quick quota radio ramp rank
reasons recommend rehearse remind renewal rep rephrase reply reps reschedule research respond review rewrite roadmap
role sales save schedule scope score security sell see send shall share she shorten should show sign silence simplify
simulate since sketch so some somebody someone speed split spot start structure stuck suggest summarise summarize
support suppose talk target teach team teams tell test thanks that the their them then there these they this those
time to today tomorrow too track train training translate travel trial try turn understand until update use verify
warn was we were what when where which while who whom whose why will win with won would write yes yesterday you your
"""

# Only what is no name anywhere: articles, pronouns, prepositions, question words, auxiliaries, and how people ask.
_OPENERS_ELSEWHERE = """
a a-t-il aan aber agli aide aidez aiuta aiutami ajuda ajude alla alle als alternativ am anche ante antes ao aos après
aqui aquí as-tu assim así att até au auch aucun aucune auf aunque aus aussi aux außerdem av avant avec avez-vous ayuda
ayúdame bei beim ben bez bij bitte bonjour buenas buenos być cada car casi ce ces cet cette che chez ci ciao co com
combien come comme comment como compare comparez con cos'è cosa cuál cuáles cuándo cuánta cuántas cuánto cuántos czy
czym cómo d'après da dag dal dalla damit dann dans das dass dat de debe debería debo dei dein deine del della delle
dello dem den denn depois der desde deshalb det detta devo deze die dies diese diesem diesen dieser dieses dimmi
dis-moi dit dla dlaczego do dobbiamo doch dois-je doit-on donc donde donne donnez door dopo dos dove dovrei du dzień
där dónde e ecco een efter ein eine einem einen einer eines ela ele eles elles ellos em en entonces entre então er era
eres erkläre erklären erstell erstelle es es-tu escreva escribe escríbeme ese esse est-ce esta este estos estou estoy
está están et ett eu existe existe-t-il explica explique expliquez explícame fasse faut-il foi från fue för für gdy
gdzie geef gib gibt gilt gli gracias grazie guten ha hab habe haben hace hacia hallo har hast hasta hat hay heb hebben
heeft hej het heute hier hij hilf hjälp hoe hoeveel hola hur hvad hvem hvilken hvor hvordan hvorfor há i ich ihm ihr
ihre ik il ile ils im immer in io is isso ist j'ai j'aimerais ja jag jak jaka jaki jakie jako je jede jeder jeg jest
jetzt jeśli jij jusqu'où já kan kann kannst kein keine keinen kiedy kto która które który kun kunnen kunt können könnt
könnte könnten la laquelle las laut le lequel leur lo loro lors lorsque los lub maak maar mach machen mag mais maken
mam mas masz me med mein meine meinem meinen meiner men mes met meu mi mijn min minha mis mit moet moeten mogę moja
mon morgen może możesz muchas muchos muito muss muy my mój möchte müssen na naar nach nada nas nasz nasza ne nein nel
nella nelle nem nenne ni nicht nie niet ningún no noch nog non nos nosotros nossa nosso nostra nostro notre nous nu
nuestra nuestro nun nur não när nós o ob obrigado obwohl och od oder of og ogni ohne olá omdat onde ons onze ook op os
ou over où par para parce pas pela pelo pendant perché perciò pero però peut-on peux-tu più po pod pode podemos
poderia poi pomóż por porque possiamo posso pour pourquoi pouvez-vous pracuję prima przed przez przy puede pueden
puedes puedo puis-je puoi på qu'est-ce quais qual quale quali quand quando quanta quante quanti quanto que quel quelle
quelles quels quem questa queste questi questo qui quién quiénes quoi qué redacta rédige rédigez s'il sa sans schreib
schreibe schrijf scrivi se según sei seit selon sem senza ser ses seu si sie sim sin sind się ska skal skriv sobald
sobre soll sollen sollte sollten som son sono sont soy spiega spiegami sua sul sulla sur sus são sí są ta también
também te tegen tem temos ten tenemos tengo tenho tiene til to todas todo todos toen tot tous tout toute toutes tra
tras trotz tutti tutto ty uit um uma un una und under une uno uns unser unsere unserem unseren unserer unter usted
ustedes vad vale van var varför ved vem vergelijk vergleiche vilka vilken vilket você vocês voi von voor vor vorrei
vos votre vous w waar waarmee waarom waarop wann wanneer warum was wat we wegen weil welche welchem welchen welcher
welches welk welke wem wenn wer weshalb wie wieso wieviel wij wil wir wo wofür womit worauf worden worin worüber wozu
wurde wyjaśnij wäre würde y ya yo z za zal ze zeig zeige zijn zo zonder zou zouden zu zum zur à är è écris écrivez
über że
"""
# Of German sales talk, without their endings; what ends in one (`Kundentermin`) is one too.
_NOUNS = """
abschluss abteilung agenda akquise aktion alternative analyse anfrage angebot ansatz ansprechpartner anteil antwort
arbeit argument aspekt aufgabe auftrag aufwand auswahl bedarf bedenken beispiel berater bericht bestand besuch betrag
betreff branche brief budget chance chef datum deal demo details dienst dokument einkauf einkäufer einstieg einwand
einwänd e-mail email ende entscheider erfolg ergebnis fall feedback fehler ferien firma folge form formular frage frist
führungskraft gefühl gegenargument gegner geld geschäft geschäftsführer gespräch gesprächspartner gewinn gremium grund
gruppe hersteller hilfe hinweis idee inhalt interesse interessent jahr kaltakquise kauf kennzahl kollege kollegin
konditionen konkurrent konkurrenz kontakt kontext konto kosten kritik kunde kundin lead leitfaden leute lieferant
lieferzeit liste lösung mail manager marge material meeting mehrwert mensch merkmal methode mitarbeiter mitbewerber
monat muster nachfass nachlass nachricht notiz nutzen partner person phase pilot pipeline plan platz position praxis
preis problem produkt projekt provision prozent prozess punkt quartal quote rabatt rahmen reaktion rechnung referenz
regel reihe risiko rolle satz schritt schulung software strategie stunde stück summe system szenario tag team teil
telefon telefonat termin text thema ticket tipp tonfall training umsatz unterlagen unternehmen unterschied urlaub
verband verfahren vergleich verkauf verkäufer verlauf vertrag vertrieb vertriebler verwendung vorgehen vorgehensweise
vorgesetzte vorlage vorschlag vorteil web weg wert wettbewerb wettbewerber widerstand woche wort wunsch zahl zeit ziel
zielgruppe zugang zusage zusammenhang zustimmung zweck zweifel
"""
_NOUN_ENDINGS = "ung ungen heit heiten keit keiten schaft schaften tion tionen ität itäten ment mente ismus nisse"
_DETERMINERS = """
aller alle alles ans am aufs beide beiden beim das dein deine deinem deinen deiner dem den der des die dies diese
diesem diesen dieser dieses ein eine einem einen einer eines einige einigen euer eure etwas für's im ihr ihre ihrem
ihren ihrer ihres ins jede jedem jeden jeder jedes kein keine keinem keinen keiner keines manche manchen mehr mehrere
mehreren mein meine meinem meinen meiner meines sein seine seinem seinen seiner solche solchen unser unsere unserem
unseren unserer unseres viel viele vielen vom welche welchem welchen welcher welches wenig wenige wieviel zum zur
"""
# Pronouns of politeness, which German writes with a capital letter.
_POLITE = "sie ihnen ihr ihre ihrem ihren ihrer ihres"
_LEGAL_FORMS = "ab ag as bv co corp gmbh inc kg kgaa llc ltd nv ohg oy plc sa sarl sas se spa srl ug"
_PARTICLES = "da de del della den der des di do dos du e el la le les ten ter van vom von y zu zum zur"
_GERMAN = """
aber auf aus bei beim das dass dem den der die ein eine einem einen einer für ich ihr im ist kann kein keine können
mein meine mit nach nicht oder sich sie sind soll über und unser unsere vom von vor wann warum wenn wer welche welchen
wie wir wird zu zum zur
"""
_ENGLISH = """
a and are at can do does for from have how i in is it my of on or our that the their this to we what when which who
why with you your
"""

TITLES = frozenset(_TITLES.split())
"""What stands in front of a name."""
TRADE = frozenset(_TRADE.split())
"""Abbreviations and products of the trade that name nobody."""
OPENERS = frozenset(_OPENERS.split()) | frozenset(_OPENERS_ELSEWHERE.split())
"""Words that begin a sentence, in English and other languages of Latin script."""
NOUNS = frozenset(_NOUNS.split())
"""What German writes with a capital letter although it names nobody, without endings."""
NOUN_ENDINGS = tuple(_NOUN_ENDINGS.split())
"""How other such words end."""
DETERMINERS = frozenset(_DETERMINERS.split())
"""What stands in front of such words, and seldom in front of names."""
POLITE = frozenset(_POLITE.split())
LEGAL_FORMS = frozenset(_LEGAL_FORMS.split())
"""What stands behind the name of a company."""
PARTICLES = frozenset(_PARTICLES.split())
"""Parts of people's names that are words of their language as well."""
GERMAN, ENGLISH = frozenset(_GERMAN.split()), frozenset(_ENGLISH.split())
"""Words by which a text is known to be German, or English."""
