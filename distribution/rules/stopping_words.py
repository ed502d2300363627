"""The mail both ends get when a point stops: what each of them has to do. One text, so that they read the same."""

from distribution.rules.mail_text import MailTemplate

BODY = """Dag collega's van {{afhaalpunt}}

{stops} stopt als afhaalpunt van de Lerarenkaart {{jaar}}. Wie daar zijn kaart zou halen,
haalt ze voortaan bij {follows}.

{what}

Voor {stops}
Tot de laatste kaart vertrokken is, mogen jullie ze nog gewoon afgeven. Daarna tellen jullie
nog één keer, bij Tellen: dan klopt de afrekening.

Voor {follows}
Zeg bij Overdrachten dat de kaarten er zijn zodra ze aankomen. Vanaf dan wijst de
website de leraren naar jullie.

Jullie balie:
{{link}}

Bedankt, en bel of mail ons als er iets niet duidelijk is
het team van de Lerarenkaart
"""
NO_CARDS = "Er liggen geen kaarten die moeten verhuizen."


def mail(*, stops: str, follows: str, cards: int) -> MailTemplate:
    """With the fill-ins of rules.mail_text; the names of the points are in it already."""
    stops, follows = _plain(stops), _plain(follows)
    many = (
        f"Er wachten daar nog {cards} kaarten. Ze verhuizen" if cards > 1 else "Er wacht daar nog 1 kaart. Ze verhuist"
    )
    what = f"{many} samen, in één doos. {stops} zegt bij Overdrachten wanneer ze vertrekken." if cards else NO_CARDS
    return MailTemplate(f"{stops} stopt als afhaalpunt"[:150], BODY.format(stops=stops, follows=follows, what=what))


def _plain(name: str) -> str:
    """A brace in a name is no fill-in."""
    return name.replace("{", "(").replace("}", ")")
