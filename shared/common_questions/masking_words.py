"""Words that are no names although they are written with a capital letter. Data."""

_TITLES = "mr mrs ms dr prof herr frau sir madame señor señora"
_TRADE = """
chf eur gbp usd
ai api arr b2b bant cac ceo cfo cio cmo coo cpq crm cro cto erp faq gdpr hr i i'd i'll i'm i've icp iso it kpi
linkedin ltv meddic meddpicc mql mrr nda nps ok okr poc qbr rfi rfp rfq roi saas saml sdr sla sow spin sql sso tco
usp
"""
_OPENERS = """
a about account accounts after again agree all also an and another answer any anything are arrange as ask at be
before beginner being best better between block both brief bring budget build but buyer by calculate call can cases
check choose claim coach coaching cold commission compare competitor competitors confirm contact contract correct
could create customer customers data deadline deal deals decide delegate demo describe did differences discount
distance do does draft during each email escalate estimate evaluate every exercise expand explain extend fill find
first follow for forecast from get give good handle has have hello help her hey hi his hotel how however identify
if improve in include increase into invite involve is it its just justify keep last leads learn legal let list log
look lost lower made make many map may maybe me meeting more most motivation must my need negotiate negotiation
never new next no nobody not now objection of offer often on onboarding one opening or organise our out outline
overview partner payment persuade pilot pipeline pitch plan play please post practice practise prepare present
pretend price pricing prioritise privacy procurement product proposal propose prospect prospects purchase put
qualify quick quota radio ramp rank reasons recommend rehearse remind renewal rep rephrase reply reps reschedule
research respond review rewrite roadmap role sales save schedule scope score security sell see send shall share she
shorten should show sign silence simplify simulate since sketch so some somebody someone speed split spot start
structure stuck suggest summarise summarize support suppose talk target teach team teams tell test thanks that the
their them then there these they this those time to today tomorrow too track train training translate travel trial
try turn understand until update use verify warn was we were what when where which while who whom whose why will
win with won would write yes yesterday you your
"""

TITLES = frozenset(_TITLES.split())
"""What stands in front of a name."""
TRADE = frozenset(_TRADE.split())
"""Abbreviations and products of the trade that name nobody."""
OPENERS = frozenset(_OPENERS.split())
"""Words that begin a sentence."""
