"""The fixed material of the seed: companies, names, and the phrases deals and activities are made of."""

from typing import NamedTuple


class Company(NamedTuple):
    name: str
    industry: str
    country: str
    currency: str
    employees: int
    is_customer: bool


COMPANIES = (
    Company("Contoso", "Manufacturing", "United States", "USD", 12400, True),
    Company("Fabrikam", "Industrial equipment", "Germany", "EUR", 8600, True),
    Company("Adventure Works", "Sporting goods", "United States", "USD", 3100, True),
    Company("Tailspin Toys", "Consumer goods", "United Kingdom", "GBP", 1450, True),
    Company("Litware", "Software", "United States", "USD", 900, False),
    Company("Wingtip Toys", "Consumer goods", "Canada", "CAD", 640, False),
    Company("Proseware", "Professional services", "Netherlands", "EUR", 2200, True),
    Company("Fourth Coffee", "Food and drink", "United States", "USD", 5200, True),
    Company("Graphic Design Institute", "Education", "France", "EUR", 410, False),
    Company("Humongous Insurance", "Insurance", "United States", "USD", 21500, True),
    Company("Lucerne Publishing", "Media", "Switzerland", "CHF", 780, True),
    Company("Margie's Travel", "Travel", "Ireland", "EUR", 350, False),
    Company("Trey Research", "Life sciences", "United Kingdom", "GBP", 1900, True),
    Company("Wide World Importers", "Wholesale", "Australia", "AUD", 4300, True),
    Company("Woodgrove Bank", "Banking", "United Kingdom", "GBP", 16800, True),
    Company("VanArsdel", "Furniture", "Sweden", "SEK", 2700, False),
    Company("Alpine Ski House", "Hospitality", "Austria", "EUR", 520, True),
    Company("Blue Yonder Airlines", "Airlines", "United States", "USD", 33000, True),
    Company("City Power & Light", "Utilities", "United States", "USD", 7400, True),
    Company("Coho Winery", "Food and drink", "Italy", "EUR", 160, False),
    Company("Consolidated Messenger", "Logistics", "Belgium", "EUR", 9800, True),
    Company("A. Datum Corporation", "Software", "United States", "USD", 1250, False),
    Company("School of Fine Art", "Education", "France", "EUR", 300, False),
    Company("Southridge Video", "Media", "Canada", "CAD", 870, True),
    Company("Relecloud", "Telecommunications", "India", "USD", 6100, True),
    Company("Bellows College", "Education", "United Kingdom", "GBP", 1100, False),
    Company("Best For You Organics", "Retail", "Germany", "EUR", 2050, True),
    Company("Munson's Pickles", "Food and drink", "United States", "USD", 480, False),
    Company("Nod Publishers", "Media", "Denmark", "EUR", 390, False),
    Company("The Phone Company", "Telecommunications", "Spain", "EUR", 14200, True),
    Company("Bj\u00f8rnsen Logistikk", "Logistics", "Norway", "NOK", 3300, True),
    Company("M\u00fcller & S\u00f6hne Maschinenbau", "Industrial equipment", "Germany", "EUR", 1750, False),
    Company("S\u00e3o Gabriel Energia", "Utilities", "Brazil", "BRL", 5900, True),
    Company("Sakura Seiki \u685c\u7cbe\u6a5f", "Manufacturing", "Japan", "JPY", 4100, False),
    Company("Caf\u00e9 de l'\u00c9toile", "Food and drink", "France", "EUR", 230, False),
    Company("Kestrel Mutual", "Insurance", "Ireland", "EUR", 2600, False),
    Company("Harbourline Shipping", "Logistics", "Singapore", "USD", 7700, True),
    Company("Oakfield Health", "Healthcare", "United States", "USD", 10900, True),
    Company("Meridian Diagnostics", "Healthcare", "Switzerland", "CHF", 1600, False),
    Company("Stonebridge Councils Partnership", "Public sector", "United Kingdom", "GBP", 13500, True),
    Company("Pinnacle Outdoor", "Retail", "Canada", "CAD", 980, False),
)

OWNERS = ("Ada Winter", "Ben Okafor", "Grace Ito", "Leo Marchetti", "Priya Nair")

# Units of a currency that buy about what one US dollar buys, for amounts of a realistic size.
PER_DOLLAR = {
    "USD": 1.0,
    "EUR": 0.92,
    "GBP": 0.79,
    "CHF": 0.88,
    "CAD": 1.36,
    "AUD": 1.5,
    "SEK": 10.4,
    "NOK": 10.6,
    "BRL": 5.1,
    "JPY": 150.0,
}

FIRST_NAMES = (
    "Amara",
    "Bj\u00f6rn",
    "Carla",
    "Dmitri",
    "Elif",
    "Fatima",
    "Gavin",
    "Hana",
    "Ines",
    "Jonas",
    "Keiko",
    "Liam",
    "Mei",
    "Nadia",
    "Oscar",
    "Paula",
    "Quentin",
    "Rosa",
    "Sven",
    "Tom\u00e1s",
    "Uma",
    "Viktor",
    "Wanda",
    "Yusuf",
)
LAST_NAMES = (
    "Abbott",
    "Bianchi",
    "Castellanos",
    "Dupont",
    "Eriksen",
    "Fischer",
    "Garc\u00eda",
    "Haddad",
    "Ivanova",
    "Jansen",
    "Kowalski",
    "Lef\u00e8vre",
    "Mbeki",
    "Novak",
    "O'Brien",
    "Petersen",
    "Rossi",
    "Suzuki",
    "Tanaka",
    "Vasquez",
)
BUYERS = (
    ("Chief Information Officer", "Economic buyer"),
    ("Head of Platform Engineering", "Champion"),
    ("Director of Procurement", "Procurement"),
    ("Chief Financial Officer", "Economic buyer"),
    ("Head of Information Security", "Technical evaluator"),
    ("VP Operations", "User buyer"),
    ("Data and Analytics Lead", "Champion"),
    ("IT Service Manager", "User buyer"),
)

PRODUCTS = (
    ("Cloud Platform", 1.0),
    ("Analytics Workspace", 0.6),
    ("Security Suite", 0.5),
    ("Integration Hub", 0.45),
    ("Disaster Recovery", 0.35),
    ("Premium Support", 0.25),
)
MOTIONS_CUSTOMER = ("expansion", "renewal", "upgrade", "new division")
MOTIONS_PROSPECT = ("pilot", "first purchase", "replacement project")

# Stage and how often it occurs, per hundred.
STAGE_SHARES = (
    ("Prospecting", 16),
    ("Discovery", 19),
    ("Evaluation", 17),
    ("Proposal", 14),
    ("Negotiation", 9),
    ("Closed Won", 15),
    ("Closed Lost", 10),
)

NEXT_STEPS = {
    "Prospecting": ("Reach the IT lead by phone", "Send the industry brief", "Ask the partner for an introduction"),
    "Discovery": (
        "Interview two users about the current process",
        "Agree on the cost of the problem with finance",
        "Meet the economic buyer",
    ),
    "Evaluation": ("Demo on their own data", "Security questionnaire back by Friday", "Agree pilot criteria"),
    "Proposal": ("Walk the CFO through the business case", "Send proposal with two options", "Get procurement dates"),
    "Negotiation": (
        "Trade a longer term for the discount asked",
        "Legal review of the data annex",
        "Signature meeting with the sponsor",
    ),
    "Closed Won": ("Hand over to customer success",),
    "Closed Lost": ("Check back in two quarters",),
}

RISKS = {
    "Prospecting": ("No named contact yet",),
    "Discovery": ("Single-threaded: one contact only", "No budget confirmed", "Status quo is comfortable"),
    "Evaluation": ("Cirrus Systems is also piloting", "Security review not started", "Champion changes jobs"),
    "Proposal": ("Economic buyer has not seen the business case", "Competitor quoted a lower price", "Budget freeze"),
    "Negotiation": ("Procurement asks for 20% off", "Legal backlog may slip the date"),
}

LOST_BECAUSE = ("Chose to do nothing", "Lost to Cirrus Systems on price", "Project cancelled")

NOTES = {
    "call": (
        "{contact} confirmed that {product} stays on this year's list; budget holder still to be met.",
        "{contact} says reporting takes two people a week every month; wants it halved.",
        "Short call with {contact}: timing moves because of a reorganisation.",
    ),
    "email": (
        "Sent {contact} the one-page summary of {product} and asked for the date of the next steering meeting.",
        "{contact} asked how pricing changes with a three-year term; answered with two options.",
        "No reply from {contact} to the second message; will try the phone.",
    ),
    "meeting": (
        "Met {contact}: agreed three success criteria for {product} and who signs what.",
        "Quarterly review with {contact}: adoption is up, support answers are slower than wished.",
        "{contact} brought finance along; they want the business case in their own template.",
    ),
    "demo": (
        "Demo of {product} for {contact} on sample data; questions on single sign-on and export.",
        "Second demo for {contact}'s team on their own data; two of three criteria met.",
    ),
    "note": (
        "{contact} mentioned an offer from Cirrus Systems about 15% below ours, without support.",
        "Org chart updated: {contact} now reports to the chief financial officer.",
    ),
    "task": ("Prepare mutual closing plan for {contact}.", "Find a reference in the same industry for {contact}."),
}
